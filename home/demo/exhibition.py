"""The exhibition of THAT: invented works by invented pupils, each with a consent record."""

from __future__ import annotations

from datetime import date, timedelta

from home.demo.organisations import organisation
from networks.models import Artwork, ExhibitionPage

from .library import network_at
from .pages import put, rich
from .pictures import draw, find
from .pictures.works import WORKS


def load(*, today: date) -> None:
    page, _ = put(
        network_at("that"),
        ExhibitionPage,
        "exhibition",
        title="Loud, quiet, loud",
        summary="Paint, paper, print and one patient cat: work by young artists from Tower Hamlets schools.",
        place="Foyer, Half Moon Theatre",
        opens=today - timedelta(days=12),
        closes=today + timedelta(days=47),
        intro=rich(
            "Chosen by their teachers, framed by the caretaker, and looked at by everybody who waits for a show."
        ),
        about="secondary exhibitions visual-arts art-and-design",
        picture="frames",
    )
    for order, work in enumerate(WORKS):
        if find(work.name) is None:
            Artwork.objects.create(
                exhibition=page,
                image=draw(work.name, work.title, work.alt, work.draw()),
                title=work.title,
                alt=work.alt,
                first_name=work.first_name,
                age_band=work.age_band,
                school=organisation(work.school),
                medium=work.medium,
                consent_on=today - timedelta(days=60),
                consent_where="School office, consent folder",
                order=order,
            )
