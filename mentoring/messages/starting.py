"""The files' words with tokens in the places of what they fill in: something to start from."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace
from typing import Any

from django.template.loader import render_to_string

from .catalogue import KINDS
from .tokens import next_of

# Dates are formatted by the files, so a day that nobody uses stands for each token and is exchanged afterwards.
_DAYS = {
    token: dt.datetime(1801, 1, number)  # no moment that anybody meets
    for number, token in enumerate(
        ("cohort_start", "answer_by", "sign_by", "due", "until", "last_day", "when", "times"), start=1
    )
}


def _written(token: str) -> str:
    return "{{ " + token + " }}"


def starting_words(name: str) -> tuple[str, str]:
    """Subject and text of a mail as the site writes it, for editors to copy. Where the file chooses, one choice."""
    tokens = {token: _written(token) for token in KINDS[name].all_tokens}
    person = SimpleNamespace(
        display_name=_written("person"), job_title=_written("person_job"), organisation=_written("person_place")
    )
    context: dict[str, Any] = {
        **tokens,
        "programme": SimpleNamespace(
            title=_written("programme"), owner_org=_written("organisation"), keep_notes_months=_written("keep_months")
        ),
        "cohort": SimpleNamespace(name=_written("cohort"), start=_DAYS["cohort_start"], end=_DAYS["cohort_start"]),
        "other": SimpleNamespace(display_name=_written("partner"), job_title=_written("partner_work"), organisation=""),
        "other_role": _written("partner_role"),
        "other_email": _written("partner_email"),
        "reasons": [_written("reasons")],
        **{token: _DAYS[token] for token in ("answer_by", "due", "until", "last_day")},
        "pair": SimpleNamespace(turn_due=_DAYS["sign_by"], expected_end=_DAYS["last_day"]),
        "stage": SimpleNamespace(title=_written("stage")),
        "tasks": [SimpleNamespace(title=_written("tasks"))],
        "words": _written("words"),
        "start": "" if "times" in tokens else _DAYS["when"],
        "times": [_DAYS["times"]],
        "text": _written("wrote"),
        "person": person,
        "visitor": person,
        "offer": SimpleNamespace(
            title=_written("visit"),
            organisation=_written("visit_place"),
            host=SimpleNamespace(display_name=_written("host")),
        ),
        "days": [_written("days")],
        "placement": SimpleNamespace(hold_reason=_written("reason"), questions=[_written("questions")]),
        "base_url": "",
        "path": _written("link"),
        "reply_to": "",
    }
    subject, _, text = render_to_string(f"mentoring/email/{name}.txt", context).lstrip().partition("\n\n")
    if "next" in tokens:
        text = text.replace(next_of(name, context), _written("next"))
    text = text.partition("\n-- \n")[0].strip().replace("* {{ reasons }}", _written("reasons"))
    text = text.replace(_written("partner_work") + ", ", _written("partner_work"))
    for token, day in _DAYS.items():
        text = re.sub(rf"(?:\b\w+day )?\b{day.day} January(?: 1801)?(?: at 00:00)?", _written(token), text)
    text = text.replace("* {{ times }}", _written("times"))
    return subject.strip(), text
