"""A person who is erased leaves no name and no words in runs and proposals; what was decided stays."""

from __future__ import annotations

import json

import pytest

from mentoring.models import MatchRun, Proposal
from mentoring.proposals import queries, services
from mentoring.proposals.desk import Desk
from mentoring.proposals.erasure import FORMER, forget
from mentoring.proposals.models import OverrideKind
from tests.mentoring import scenes
from tests.mentoring.proposals.test_overrides import finished, give, seen

pytestmark = pytest.mark.django_db
WORDS = "Zanzibar choir " * 12


def everything_kept() -> str:
    rows = [*MatchRun.objects.values("inputs", "unmatched", "warnings", "message")]
    rows += [*Proposal.objects.values("explanation", "note", "refusal_text", "displaced")]
    return json.dumps(rows)


def test_forget__name_and_words__are_nowhere_and_the_record_stays() -> None:
    scene = scenes.ready_to_match(2, 2)
    gone = scene.mentees[0]
    gone.profile.display_name, gone.goals = "Xanthippe Quillfeather", WORDS
    gone.profile.save()
    gone.save()
    for row in scene.mentors:
        row.profile.bio = WORDS
        row.profile.save()
    run = finished(scene)
    pair = Proposal.objects.get(mentee=gone)
    services.decline(proposal=pair, actor=scene.coordinator, version=1, note="xanthippe asked for somebody else")
    other = seen(scene, run, OverrideKind.FORBID, scene.mentees[1].pk, scene.mentors[0].pk)
    give(scene, run, other, reason="Quillfeather is in the same choir")
    hashes = (run.input_hash, run.outcome_hash)
    assert "Quillfeather" in everything_kept()
    assert "anzibar" in json.dumps(pair.explanation)

    assert forget(gone.profile) >= 2
    kept = everything_kept()
    assert "uillfeather" not in kept.casefold()
    assert "xanthippe" not in kept.casefold()
    mine = next(row for row in MatchRun.objects.get().inputs["mentees"] if row["name"] == FORMER)
    assert mine["text"] == ""
    declined = Proposal.objects.get(pk=pair.pk)
    assert "anzibar" not in json.dumps(declined.explanation)
    assert declined.note == f"{FORMER} asked for somebody else"
    run.refresh_from_db()
    assert (run.input_hash, run.outcome_hash) == hashes
    assert json.loads(queries.pack(run))["inputs"]["forgotten"] == [mine["key"]]
    assert (declined.score, declined.state) == (pair.score, "rejected")

    assert forget(gone.profile) == 0, "twice is once"


def test_forget__run_can_still_be_asked() -> None:
    scene = scenes.ready_to_match(3, 2)
    run = finished(scene)
    before = Desk(run, scene.coordinator).today.stats["matched"]
    forget(scene.mentees[0].profile)
    run.refresh_from_db()
    assert Desk(run, scene.coordinator).today.stats["matched"] == before


def test_forget__others__keep_their_words() -> None:
    scene = scenes.ready_to_match(2, 2)
    run = finished(scene)
    forget(scene.mentees[0].profile)
    run.refresh_from_db()
    names = {row["name"] for row in run.inputs["mentees"]}
    assert names == {FORMER, scene.mentees[1].profile.display_name}
