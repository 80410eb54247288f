"""What the gallery shows: invented contents for each component, with empty, long and wrong ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils import timezone

from .facets import Facet

LONG = (
    "A title that goes on for longer than anybody would wish, because editors are people and people sometimes write "
    "Donaudampfschifffahrtsgesellschaftskapitänsmütze"
)
MOTIFS = ["mugs", "pinboard", "chairs", "plant", "steps", "stage", "palette", "kettle", "letters"]
TONES = ["marigold", "tomato", "teal", "lilac", "leaf"]
ROLES = [("head", "Head teacher"), ("lead", "Subject lead"), ("teacher", "Class teacher"), ("other", "Something else")]


class SampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Your name", max_length=100, help_text="As colleagues know you.")
    email = forms.EmailField(label="Work e-mail")
    about = forms.CharField(label="What you hope for", widget=forms.Textarea, required=False, help_text="A few words.")
    role = forms.ChoiceField(label="Your role", choices=[("", "Choose one"), *ROLES])
    phases = forms.MultipleChoiceField(
        label="Phases you work in", choices=ROLES[:3], widget=forms.CheckboxSelectMultiple, help_text="All that apply."
    )
    format = forms.ChoiceField(label="Where", choices=[("in", "In person"), ("on", "Online")], widget=forms.RadioSelect)
    date = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    evidence = forms.FileField(label="A file", required=False, help_text="PDF or Word, up to 10 MB.")
    agree = forms.BooleanField(label="My head teacher knows that I apply", help_text="We ask them before a match.")


def sessions() -> list[dict[str, Any]]:
    start = timezone.make_aware(dt.datetime(2027, 1, 21, 16, 0))
    two_hours = dt.timedelta(hours=2)
    common: dict[str, Any] = {"url": "#sessions", "starts": start, "ends": start + two_hours}
    return [
        {
            **common,
            "title": "Printing without a press",
            "host": "Primary Art and Design Network",
            "place": "Gallery studio, E1",
            "audience": "Primary",
            "cost": "Free for borough staff",
        },
        {
            **common,
            "title": "Stories in motion: drama for early readers",
            "host": "Drama programme",
            "place": "Online",
            "online": True,
            "audience": "Early years · Primary",
            "status": "A few places left",
            "status_kind": "warning",
        },
        {
            **common,
            "title": LONG,
            "host": "Leadership sessions",
            "ends": start + dt.timedelta(days=1),
            "place": "A hall with a name as long as its corridor, Upper North Street, London E14",
            "audience": "Early years · Primary · Secondary · Special · Further education",
            "status": "Cancelled",
            "status_kind": "danger",
        },
        {"title": "Summer exhibition, hanging day", "url": "#sessions", "place": "To be fixed"},
    ]


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything the gallery's template needs."""
    wrong = SampleForm({"name": "", "email": "not an address", "role": "king", "about": "Typed and not lost"})
    wrong.is_valid()
    phase = Facet.of(
        "phase",
        "Phase",
        [("early", "Early years", 4), ("primary", "Primary", 12), ("secondary", "Secondary", 0)],
        ["primary"],
    )
    art = Facet.of("art", "Art form", [("drama", "Drama", 3), ("music", "Music", 5), ("long", LONG, None)], [])
    return {
        "title": "Design system",
        "sample_data": {"@context": "https://schema.org", "@type": "WebSite", "name": "</script><b>Common Room</b>"},
        "breadcrumbs": [("Home", "/"), ("Design system", "")],
        "motifs": MOTIFS,
        "tones": TONES,
        "long": LONG,
        "sessions": sessions(),
        "facets": [phase, art],
        "page_obj": Paginator(range(95), 10).page(4),
        "first_page": Paginator(range(95), 10).page(1),
        "sample_form": SampleForm(prefix="blank"),
        "wrong_form": wrong,
        "facts": [
            ("Organisation", "Invented Primary School"),
            ("Role", "Subject lead", "#facts", "your role"),
            ("Interests", ""),
        ],
        "events": [
            {"when": dt.date(2026, 9, 8), "title": "Applications open", "done": True},
            {"when": dt.date(2026, 11, 2), "title": "Mentors matched", "text": "You hear by e-mail.", "current": True},
            {"when": "Summer term", "title": "Sharing day", "url": "#timeline"},
        ],
        "stages": [
            {
                "title": "Find your footing",
                "when": "Autumn term",
                "state": "done",
                "state_text": "Done",
                "text": "Three sessions and a first conversation.",
                "parts": [
                    {"kind": "Session", "title": "Leading without a title", "url": "#steps", "when": "24 September"},
                    {"kind": "Reading", "title": "Two short papers on coaching"},
                ],
            },
            {
                "title": "See it done",
                "when": "Spring term",
                "state": "current",
                "state_text": "You are here",
                "parts": [{"kind": "Shadowing", "title": "Two days in another school"}],
            },
            {
                "title": "Bring it home",
                "when": "Summer term",
                "parts": [{"kind": "Evidence", "title": "A page on what changed"}],
            },
        ],
        "table_headers": ["School", "Phase", "Booked", "Attended"],
        "table_rows": [["Invented Primary", "Primary", 12, 11], ["Imaginary Nursery", "Early years", 4, 4]],
        "numeric": [2, 3],
        "figures": [
            {"value": "67 %", "label": "of teachers name time as the barrier to training"},
            {"value": "£517", "label": "spent per teacher in the last year counted", "source": "National figure"},
            {"value": "4", "label": "networks that anybody can join"},
        ],
        "questions": [
            {"title": "Who can join?", "body": "Anyone who works in a setting of the borough."},
            {"title": "Does it cost anything?", "body": "No."},
        ],
        "links": [
            {"url": "#links", "text": "Programme for the year", "note": "PDF, 240 KB"},
            {"url": "#links", "text": "All sessions"},
        ],
        "card_meta": ["Termly", "38 members"],
        "card_tags": ["Primary", "Visual art"],
        "hero_meta": ["Early years", "All art forms"],
    }
