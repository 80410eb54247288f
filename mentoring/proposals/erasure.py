"""Takes a person out of what runs and proposals keep of them, and leaves the record of what was decided."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Q

from mentoring.people.models import Profile

from .gathering import person_key
from .models import MatchRun, Override, Proposal
from .problems import forget_all

FORMER = "Former participant"
#: What a frozen person is left without: their words, where and when they could meet, whom they wished for or did not.
BLANK: dict[str, Any] = {
    "name": FORMER,
    "text": "",
    "availability": [],
    "place": None,
    "position": None,
    "max_travel_minutes": None,
    "preferences": [],
    "wants_again": [],
    "not_this_person": [],
    "line_managers": [],
}
NO_WORDS = "Both wrote about similar things."


def forget(profile: Profile) -> int:
    """Replaces the person's name and drops their words in runs, proposals and words on pairs. Says how many rows.

    Call it while the profile still has its name and its enrolments. Pairs, scores and both hashes of a run stay: they
    are the record of what was decided. The run's inputs name the engine's keys that were emptied under "forgotten", so
    that whoever repeats the run from its file knows why the input no longer gives the recorded hash. Twice is once.
    """
    renamed = _renamer(profile.display_name)
    changed = 0
    with transaction.atomic():
        held = MatchRun.objects.select_for_update(of=("self",), no_key=True)
        runs = held.filter(cohort__in=profile.enrolments.values("cohort"))
        for run in runs.order_by("pk"):
            changed += _forget_in_run(run, person_key(profile.pk), renamed)
        pairs = Proposal.objects.filter(Q(mentee__profile=profile) | Q(mentor__profile=profile))
        for pair in pairs.select_for_update(of=("self",), no_key=True).order_by("pk"):
            changed += _forget_in_pair(pair, renamed)
        for word in Override.objects.filter(Q(mentee__profile=profile) | Q(mentor__profile=profile)):
            reason = renamed(word.reason)
            if reason != word.reason:
                changed += Override.objects.filter(pk=word.pk).update(reason=reason)
    forget_all()
    return changed


def _renamer(name: str) -> Callable[[str], str]:
    """Replaces a name, whole or in parts of three letters and more, whatever its capitals."""
    if name == FORMER:
        return lambda text: text
    parts = [name, *(part for part in name.split() if len(part) >= 3)]
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(part)}(?!\w)" for part in parts), re.IGNORECASE)
    return lambda text: pattern.sub(FORMER, text)


def _deep(value: Any, renamed: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return renamed(value)
    if isinstance(value, list):
        return [_deep(item, renamed) for item in value]
    if isinstance(value, dict):
        return {key: _deep(item, renamed) for key, item in value.items()}
    return value


def _forget_in_run(run: MatchRun, key: str, renamed: Callable[[str], str]) -> bool:
    inputs = dict(run.inputs or {})
    if key in inputs.get("forgotten", ()):
        return False
    touched = False
    for side in ("mentees", "mentors"):
        people = inputs.get(side, [])
        if any(row["key"] == key for row in people):
            touched = True
            inputs[side] = [
                {**row, **{name: value for name, value in BLANK.items() if name in row}} if row["key"] == key else row
                for row in people
            ]
    if inputs.get("visits"):
        touched |= _forget_in_visits(inputs, key)
    if touched:
        inputs["forgotten"] = sorted({*inputs.get("forgotten", ()), key})
        run.inputs = inputs
    unmatched, warnings, message = _deep(run.unmatched, renamed), _deep(run.warnings, renamed), renamed(run.message)
    if not touched and (unmatched, warnings, message) == (run.unmatched, run.warnings, run.message):
        return False
    run.unmatched, run.warnings, run.message = unmatched, warnings, message
    run.save(update_fields=["inputs", "unmatched", "warnings", "message"])
    return True


def _forget_in_visits(inputs: dict[str, Any], key: str) -> bool:
    """The same of a joint plan's visitors; what is on record between them and others goes, too."""
    block = dict(inputs["visits"])
    if all(row["key"] != key for row in block["visitors"]):
        return False
    block["visitors"] = [
        {**row, **{name: value for name, value in BLANK.items() if name in row}} if row["key"] == key else row
        for row in block["visitors"]
    ]
    block["exclusions"] = [row for row in block["exclusions"] if key not in row]
    block["shut"] = {who: days for who, days in block.get("shut", {}).items() if who != key}
    inputs["visits"] = block
    return True


def _forget_in_pair(pair: Proposal, renamed: Callable[[str], str]) -> bool:
    """What both wrote about goes, from the part that says it and from the reasons that repeat it."""
    told = _deep(pair.explanation, renamed)
    said = {part["sentence"] for part in told.get("components", ()) if part.get("key") in ("goals", "meaning")}
    if said:
        for part in told["components"]:
            part["sentence"] = NO_WORDS if part["sentence"] in said else part["sentence"]
        told["reasons"] = [NO_WORDS if reason in said else reason for reason in told.get("reasons", ())]
        for name in ("caution", "unknown"):
            told[name] = "" if told.get(name) in said else told.get(name, "")
    note = renamed(pair.note)
    if (told, note, "") == (pair.explanation, pair.note, pair.refusal_text):
        return False
    pair.explanation, pair.note, pair.refusal_text = told, note, ""
    pair.save(update_fields=["explanation", "note", "refusal_text"])
    return True
