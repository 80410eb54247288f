"""How the demo writes a session down, and where sessions happen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from wagtail.models import Page

from home.demo.organisations import organisation
from networks.models import SessionPage

from .pages import dates, put, rich, text

PLACES = {
    "half-moon": ("Studio, Half Moon Theatre", "43 White Horse Road, London", "E1 0ND"),
    "gallery": ("Creative Studio, Whitechapel Gallery", "77 to 82 Whitechapel High Street, London", "E1 7QX"),
    "nursery": ("Garden Room, Poplar Row Nursery School", "Poplar Row, London", "E14 0ZZ"),
    "childrens-centre": ("Family Room, Shadwell Green Children’s Centre", "Shadwell Green, London", "E1 2ZZ"),
    "weavers": ("School hall, Weavers Lane Primary School", "Weavers Lane, London", "E2 6ZZ"),
    "limehouse": ("Art block, Limehouse Basin School", "Basin Approach, London", "E14 7ZZ"),
    "bow": ("Drama studio, Bow Wharf Academy", "Wharf Road, London", "E3 4ZZ"),
    "larkfield": ("Library, Larkfield Primary School", "Larkfield Avenue, Grays", "RM17 5ZZ"),
    "estuary": ("Main hall, Estuary View Primary School", "Marsh Road, Tilbury", "RM18 7ZZ"),
    "mill-lane": ("Training room, Mill Lane Primary School", "Mill Lane, Grays", "RM16 2ZZ"),
}


@dataclass(frozen=True)
class Entry:
    """One session. `place` is a key of `PLACES`; empty means online. `when`: (week from now, weekday, clock, minutes)."""

    slug: str
    title: str
    summary: str
    when: tuple[tuple[int, int, str, int], ...]
    kind: str = "training"
    place: str = ""
    hybrid: bool = False
    leader: str = ""
    audience: str = ""
    about: str = ""
    what: tuple[str, ...] | str = ()
    quote: tuple[str, str] = ("", "")
    bring: str = ""
    notes: tuple[str, ...] | str = ()
    cost: int = 0
    free_for: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    capacity: int | None = None
    minimum: int | None = None
    picture: str = ""
    cancelled: tuple[int, ...] = field(default=())


def _paragraphs(lines: tuple[str, ...] | str) -> tuple[str, ...]:
    return (lines,) if isinstance(lines, str) else lines


def put_session(parent: Page, entry: Entry, *, today: date, about: str = "") -> SessionPage:
    """The session below its network, programme or pathway; `about` adds topics that all of them share."""
    name, address, postcode = PLACES.get(entry.place, ("", "", ""))
    rows = dates(today, *entry.when)
    for number in entry.cancelled:
        rows[number].cancelled = True
    body: list[tuple[str, object]] = [text(*_paragraphs(entry.what))] if entry.what else []
    if entry.quote[0]:
        body.append(("quote", {"quote": entry.quote[0], "role": entry.quote[1]}))
    page, _ = put(
        parent,
        SessionPage,
        entry.slug,
        title=entry.title,
        summary=entry.summary,
        kind=entry.kind,
        format="hybrid" if entry.hybrid else "in_person" if entry.place else "online",
        place_name=name,
        address=address,
        postcode=postcode,
        online_link="" if entry.place and not entry.hybrid else f"https://meet.example.org/{entry.slug}",
        leader=entry.leader,
        audience=entry.audience,
        cost=Decimal(entry.cost),
        capacity=entry.capacity,
        minimum=entry.minimum,
        what_to_bring=entry.bring,
        notes=rich(*_paragraphs(entry.notes)) if entry.notes else "",
        body=body,
        about=f"{about} {entry.about}".strip(),
        picture=entry.picture,
        rows={"dates": rows},
        many={
            "partners": [organisation(name) for name in entry.partners],
            "free_for": [organisation(name) for name in entry.free_for],
        },
    )
    return page
