"""The file of a run repeats it, without the site's people; a file that was changed is found out."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from mentoring.errors import MentoringError
from mentoring.models import Enrolment, MatchRun, Proposal
from mentoring.proposals import queries
from mentoring.proposals.runs import execute_due, start_run
from mentoring.reports.packs import repeat
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db


def packed() -> dict[str, Any]:
    scene = scenes.ready_to_match(6, 4, capacity=2)
    run = start_run(cohort=scene.cohort, actor=scene.coordinator, objective="fairest_floor")
    execute_due()
    run.refresh_from_db()
    content: dict[str, Any] = json.loads(queries.pack(run))
    return content


def test_repeat__people_gone_from_the_site__gives_the_same_pairs(django_assert_num_queries: Any) -> None:
    pack = packed()
    Proposal.objects.all().delete()
    MatchRun.objects.all().delete()
    Enrolment.objects.all().delete()

    with django_assert_num_queries(0):
        found = repeat(pack)

    assert found.agrees and found.same_pairs and found.same_version
    assert len(found.result.pairs) == len(pack["pairs"]) == 6


def test_repeat__one_weight_changed__is_found_out(tmp_path: Path) -> None:
    pack = packed()
    file = tmp_path / "run.json"
    file.write_text(json.dumps(pack), encoding="utf-8")
    said = io.StringIO()
    call_command("repeat_run", str(file), stdout=said)
    assert "outcome: the same" in said.getvalue()

    pack["config"]["weights"]["interests"] = 1
    file.write_text(json.dumps(pack), encoding="utf-8")
    with pytest.raises(CommandError, match="cannot be repeated"):
        call_command("repeat_run", str(file), stdout=said)
    assert "people and settings: DIFFERENT" in said.getvalue()


@pytest.mark.parametrize("pack", [[], {}, {"config": {}}, "text", None])
def test_repeat__another_file__is_refused_with_a_sentence(pack: Any) -> None:
    with pytest.raises(MentoringError, match="not the file of a run"):
        repeat(pack)


def test_repeat__file_with_a_hole__is_refused_with_a_sentence() -> None:
    pack = packed()
    pack["inputs"]["mentees"][0].pop("name")
    pack["inputs"]["mentees"][0]["nickname"] = "Bo"
    with pytest.raises(MentoringError, match="cannot be read"):
        repeat(pack)


@pytest.mark.parametrize("text", ["", "{", "\x00\x01"])
def test_command__no_json__says_so(text: str, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_text(text)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("repeat_run", str(file))
