"""Tokens in the words of a mail: `{{ name }}` and nothing more. No template language runs on what editors type."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format

from mentoring.one_line import is_one_line

from .catalogue import KINDS, TOKENS, label_of

TOKEN = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")
_CODE = re.compile(r"\{[{%#]|[}%#]\}")


def _date(value: Any) -> str:
    return date_format(value, "j F Y") if isinstance(value, dt.date) else str(value or "")


def _work(context: Mapping[str, Any]) -> str:
    other = context.get("other")
    return f"{other.job_title}, {other.organisation}" if other is not None else ""


def _moment(value: Any) -> str:
    if not isinstance(value, dt.datetime):
        return str(value or "")
    local = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{date_format(local, 'l j F')} at {date_format(local, 'H:i')}"


def _of(*names: str) -> Callable[[Mapping[str, Any]], Any]:
    """What stands under the first name in the context, then its attributes."""

    def read(context: Mapping[str, Any]) -> Any:
        value = context.get(names[0])
        for name in names[1:]:
            value = getattr(value, name, "")
        return value

    return read


def _person(name: str) -> Callable[[Mapping[str, Any]], Any]:
    return lambda c: getattr(c.get("person") or c.get("visitor"), name, "")


_SOURCES: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "programme": lambda c: getattr(c.get("programme"), "title", ""),
    "organisation": lambda c: getattr(c.get("programme"), "owner_org", ""),
    "contact": lambda c: c.get("reply_to"),
    "cohort": lambda c: getattr(c.get("cohort"), "name", ""),
    "cohort_start": lambda c: _date(getattr(c.get("cohort"), "start", None)),
    "link": lambda c: f"{c.get('base_url', '')}{c['path']}" if c.get("path") else "",
    "partner": lambda c: getattr(c.get("other"), "display_name", ""),
    "partner_role": lambda c: c.get("other_role"),
    "partner_work": _work,
    "partner_email": lambda c: c.get("other_email"),
    "reasons": lambda c: "\n".join(f"* {reason}" for reason in c.get("reasons") or ()),
    "answer_by": lambda c: _date(c.get("answer_by")),
    "sign_by": lambda c: _date(_of("pair", "turn_due")(c)),
    "due": lambda c: _date(c.get("due")),
    "until": lambda c: _date(c.get("until")),
    "last_day": lambda c: _date(c.get("last_day") or _of("pair", "expected_end")(c)),
    "keep_months": _of("programme", "keep_notes_months"),
    "stage": _of("stage", "title"),
    "tasks": lambda c: "; ".join(task.title for task in c.get("tasks") or ()),
    "when": lambda c: _moment(c.get("start")),
    "times": lambda c: "\n".join(f"* {_moment(time)}" for time in c.get("times") or ()),
    "wrote": _of("text"),
    "person": _person("display_name"),
    "person_job": _person("job_title"),
    "person_place": _person("organisation"),
    "visit": _of("offer", "title"),
    "visit_place": _of("offer", "organisation"),
    "host": _of("offer", "host", "display_name"),
    "days": lambda c: "; ".join(str(day) for day in c.get("days") or ()),
    "questions": lambda c: " / ".join(_of("placement", "questions")(c) or ()),
    "reason": _of("placement", "hold_reason"),
}


def next_of(name: str, context: Mapping[str, Any]) -> str:
    """The sentence of this mail that differs by whom it goes to, as its file includes it."""
    return render_to_string(f"mentoring/email/next/{name}.txt", dict(context)).strip()


def values(name: str, context: Mapping[str, Any]) -> dict[str, str]:
    """What each token of this kind of mail stands for in `context`, which is what `queue` was given; "" if unknown."""
    found: dict[str, str] = {}
    for token in KINDS[name].all_tokens:
        source = _SOURCES.get(token)
        value = source(context) if source else context.get(token)
        found[token] = "" if value is None else str(value)
    if "next" in found:
        found["next"] = next_of(name, context)
    return found


def example(name: str) -> dict[str, str]:
    return {token: TOKENS[token][1] for token in KINDS[name].all_tokens}


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its tokens replaced. A paragraph all of whose tokens are empty goes, “They wrote:” included."""
    kept = []
    for paragraph in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        filled = TOKEN.sub(lambda found: values.get(found[1], ""), paragraph)
        found = TOKEN.findall(paragraph)
        if not found or any(values.get(token, "").strip() for token in found):
            kept.append(filled.strip("\n"))
    return "\n\n".join(kept)


def check(name: str, *, subject: str, text: str) -> dict[str, str]:
    """What is wrong with words for this kind of mail: field → sentence. Empty: nothing."""
    kind = KINDS.get(name)
    if kind is None:
        return {"name": "Choose one of the mails in the list."}
    wrong: dict[str, str] = {}
    if not is_one_line(subject):
        wrong["subject"] = "The subject must be one line."
    for field, words, allowed in (
        ("subject", subject, list(kind.subject_tokens)),
        ("text", text, list(kind.all_tokens)),
    ):
        known = ", ".join("{{ " + token + " }}" for token in allowed)
        unknown = sorted(set(TOKEN.findall(words)) - set(allowed))
        if unknown:
            where = "the subject of this mail" if field == "subject" else f"“{label_of(name)}”"
            wrong[field] = f"{{{{ {unknown[0]} }}}} cannot stand in {where}. It may hold {known}."
        elif _CODE.search(TOKEN.sub("", words)):
            wrong[field] = f"Curly brackets only stand around a token, as in {known}. Nothing else is worked out here."
    missing = [token for token in kind.required if token not in TOKEN.findall(text)]
    if missing and "text" not in wrong:
        names = " and ".join(f"{{{{ {token} }}}} ({TOKENS[token][0]})" for token in missing)
        wrong["text"] = f"This mail is of no use without {names}. Please put it back in."
    return wrong
