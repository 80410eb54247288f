"""A message as it will read: from the words that editors published, or else from the files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils.html import escape, format_html_join, urlize
from django.utils.safestring import SafeString, mark_safe

from mentoring import conf

from . import tokens
from .catalogue import KINDS
from .wording_models import Wording

if TYPE_CHECKING:
    from mentoring.programmes.models import Programme


@dataclass(frozen=True)
class Letter:
    """What somebody would get. `wording`: the revision of the words, None where they come from the files."""

    subject: str
    text: str
    html: str
    wording: int | None = None


def words_for(template: str, programme: Programme | None) -> Wording | None:
    """The published words: the programme's own, else those for every programme, else None."""
    if template not in KINDS:
        return None
    found = Wording.objects.filter(name=template, live=True).filter(Q(programme=programme) | Q(programme__isnull=True))
    return found.order_by(F("programme").asc(nulls_last=True)).first()


def compose(
    template: str, context: dict[str, Any], *, reply_to: str = "", programme: Programme | None = None
) -> Letter:
    """Renders one message. Writes nothing: `queue` and every dry run call it."""
    context = {**context, "base_url": conf.base_url(), "reply_to": reply_to}
    words = words_for(template, programme)
    if words is not None:
        return _letter(words, tokens.values(template, context), context)
    subject, _, text = render_to_string(f"mentoring/email/{template}.txt", context).lstrip().partition("\n\n")
    subject = subject.strip()
    html = render_to_string(f"mentoring/email/{template}.html", {**context, "subject": subject})
    return Letter(subject, text.strip() + "\n", html)


def example_letter(words: Wording) -> Letter:
    """What the words make of invented people, for the preview and the test message."""
    values = tokens.example(words.name)
    return _letter(words, values, {"programme": words.programme, "reply_to": values["contact"]})


def _letter(words: Wording, values: dict[str, str], context: dict[str, Any]) -> Letter:
    subject = " ".join(tokens.fill(words.subject, values).split())
    body = tokens.fill(words.text, values)
    text = f"{body}\n{render_to_string('mentoring/email/footer.txt', context)}".strip() + "\n"
    html = render_to_string("mentoring/email/wording.html", {**context, "subject": subject, "body": as_html(body)})
    return Letter(subject, text, html, words.live_revision_id)


def as_html(text: str) -> SafeString:
    """Paragraphs, lists of lines that begin with an asterisk, and addresses as links. Everything else is escaped."""
    parts = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = paragraph.splitlines()
        if all(line.startswith("* ") for line in lines):
            items = format_html_join("", "<li>{}</li>", ((_linked(line[2:]),) for line in lines))
            parts.append(f"<ul>{items}</ul>")
        else:
            parts.append(f"<p>{'<br>'.join(_linked(line) for line in lines)}</p>")
    return mark_safe("\n".join(parts))  # noqa: S308 - each line was escaped by urlize


def _linked(line: str) -> SafeString:
    return mark_safe(urlize(line, autoescape=True)) if line else escape("")  # noqa: S308 - escaped by urlize
