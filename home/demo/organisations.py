"""Who takes part in the demo. The three trust primaries and all borough schools are invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mentoring.people.models import Organisation, OrganisationKind, Phase

BOROUGH = "London Borough of Tower Hamlets"
THAMES = "Tower Hamlets Arts and Music Education Service"
HALF_MOON = "Half Moon Theatre"
WHITECHAPEL = "Whitechapel Gallery"
TRUST = "South West Essex Community Trust"
LARKFIELD = "Larkfield Primary School"
ESTUARY = "Estuary View Primary School"
MILL_LANE = "Mill Lane Primary School"
WEAVERS = "Weavers Lane Primary School"
LIMEHOUSE = "Limehouse Basin School"
BOW = "Bow Wharf Academy"
POPLAR = "Poplar Row Nursery School"
SHADWELL = "Shadwell Green Children’s Centre"
ACORNS = "Two Acorns Childminding"
WHARF = "Lock Keeper’s School"


@dataclass(frozen=True)
class Entry:
    """One organisation: easting and northing in metres on the British National Grid."""

    name: str
    kind: OrganisationKind
    parent: str = ""
    phase: str = ""
    postcode: str = ""
    easting: int | None = None
    northing: int | None = None


K = OrganisationKind
ENTRIES = (
    Entry(BOROUGH, K.LOCAL_AUTHORITY, postcode="E1 1BJ", easting=534800, northing=181700),
    Entry(THAMES, K.ARTS_ORG, BOROUGH, postcode="E1 1BJ", easting=534850, northing=181750),
    Entry(HALF_MOON, K.ARTS_ORG, postcode="E1 0HX", easting=535900, northing=181000),
    Entry(WHITECHAPEL, K.ARTS_ORG, postcode="E1 7QX", easting=533950, northing=181450),
    Entry(TRUST, K.TRUST, postcode="RM17 6SL", easting=561500, northing=177900),
    Entry(LARKFIELD, K.SCHOOL, TRUST, Phase.PRIMARY, "RM17 5ZZ", 562100, 178500),
    Entry(ESTUARY, K.SCHOOL, TRUST, Phase.PRIMARY, "RM18 7ZZ", 564200, 176100),
    Entry(MILL_LANE, K.SCHOOL, TRUST, Phase.PRIMARY, "RM16 2ZZ", 560800, 179900),
    Entry(WEAVERS, K.SCHOOL, BOROUGH, Phase.PRIMARY, "E2 6ZZ", 534400, 182600),
    Entry(LIMEHOUSE, K.SCHOOL, BOROUGH, Phase.SECONDARY, "E14 7ZZ", 536400, 181100),
    Entry(BOW, K.SCHOOL, BOROUGH, Phase.SECONDARY, "E3 4ZZ", 537200, 182900),
    Entry(POPLAR, K.NURSERY, BOROUGH, Phase.EARLY_YEARS, "E14 0ZZ", 537700, 180900),
    Entry(SHADWELL, K.CHILDRENS_CENTRE, BOROUGH, Phase.EARLY_YEARS, "E1 2ZZ", 535100, 180900),
    Entry(ACORNS, K.CHILDMINDER, BOROUGH, Phase.EARLY_YEARS, "E1 4ZZ", 535700, 182100),
    Entry(WHARF, K.SCHOOL, BOROUGH, Phase.SPECIAL, "E3 5ZZ", 536600, 183300),
)


def load(*, today: date) -> None:
    """Organisations by name; parents stand before their children."""
    for entry in ENTRIES:
        Organisation.objects.get_or_create(
            name=entry.name,
            defaults={
                "kind": entry.kind,
                "parent": Organisation.objects.get(name=entry.parent) if entry.parent else None,
                "phase": entry.phase,
                "postcode": entry.postcode,
                "easting": entry.easting,
                "northing": entry.northing,
            },
        )


def organisation(name: str) -> Organisation:
    """The one with this name."""
    return Organisation.objects.get(name=name)
