"""Schools from an extract of the national register (GIAS): streamed, compared in blocks, written in bulk.

The register is right about what it says of a school; what the site adds to it (aliases, parents that are no trusts)
stays. A closed school becomes inactive and is never deleted. A school that the site knew without its number is
recognised by name and postcode.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mentoring.people.import_models import RowFate
from mentoring.people.models import Organisation, OrganisationKind, Phase
from mentoring.people.names import fold

from .plan import Change, Planned, batched
from .reader import Row, Unreadable

BLOCK = 1_000

#: Our name → the register's heading. Those of REQUIRED must be there; order and other columns do not matter.
HEADINGS = {
    "urn": "URN",
    "name": "EstablishmentName",
    "type": "TypeOfEstablishment (name)",
    "status": "EstablishmentStatus (name)",
    "phase": "PhaseOfEducation (name)",
    "postcode": "Postcode",
    "trust": "Trusts (name)",
    "local_authority": "LA (name)",
    "easting": "Easting",
    "northing": "Northing",
    "head_title": "HeadTitle (name)",
    "head_first": "HeadFirstName",
    "head_last": "HeadLastName",
}
REQUIRED = ("urn", "name", "status")

_PHASES = {
    "nursery": Phase.EARLY_YEARS,
    "primary": Phase.PRIMARY,
    "middle deemed primary": Phase.PRIMARY,
    "secondary": Phase.SECONDARY,
    "middle deemed secondary": Phase.SECONDARY,
    "all-through": Phase.ALL_THROUGH,
    "all through": Phase.ALL_THROUGH,
    "16 plus": Phase.POST_16,
}
_SPECIAL = ("special", "pupil referral", "alternative provision", "secure unit")
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)\s*([0-9][A-Z]{2})")

_FIELDS = {
    "name": "Name",
    "kind": "Kind",
    "phase": "Phase",
    "postcode": "Postcode",
    "local_authority": "Local authority",
    "easting": "Easting",
    "northing": "Northing",
    "head_name": "Head",
    "active": "Active",
}
_WRITTEN = [*_FIELDS, "name_key", "aliases", "parent"]


def guess_mapping(headings: list[str]) -> dict[str, str]:
    """Our names → the file's headings, whatever their capitals. Raises `Unreadable` if a needed one is missing."""
    found = {fold(heading): heading for heading in headings}
    mapping = {name: found[fold(heading)] for name, heading in HEADINGS.items() if fold(heading) in found}
    missing = [HEADINGS[name] for name in REQUIRED if name not in mapping]
    if missing:
        raise Unreadable(
            f"This does not look like an extract of the register: the column {', '.join(missing)} is missing. "
            f"The file has {', '.join(headings[:6])}{' …' if len(headings) > 6 else ''}."
        )
    return mapping


@dataclass(slots=True)
class School:
    """A row of the register in our words. `parent_name` is the trust; "" for a school that has none."""

    urn: str
    values: dict[str, Any]
    parent_name: str
    known: Organisation | None = None


@dataclass
class SchoolPlanner:
    """See `plan.Planner`. `mapping` as `guess_mapping` gives it, `headings` of the file in their order."""

    headings: list[str]
    mapping: dict[str, str]
    _lines: dict[str, int] = field(default_factory=dict)
    _adopted: set[int] = field(default_factory=set)
    _trusts: dict[str, Organisation] = field(default_factory=dict)
    _trusts_made: int = 0

    def __post_init__(self) -> None:
        places = {heading: place for place, heading in enumerate(self.headings)}
        self._place = {name: places[heading] for name, heading in self.mapping.items() if heading in places}
        for trust in Organisation.objects.filter(kind=OrganisationKind.TRUST).order_by("-pk"):
            for name in (trust.name, *trust.aliases):
                self._trusts[fold(name)] = trust

    # --- Judging -------------------------------------------------------------------------

    @property
    def places(self) -> Iterable[int]:
        return self._place.values()

    def plan(self, rows: Iterable[Row]) -> Iterator[Planned]:
        for block in batched(rows, BLOCK):
            yield from self._plan_block(block)

    def _plan_block(self, rows: list[Row]) -> Iterator[Planned]:
        planned = [self._read(row) for row in rows]
        schools = [one.work for one in planned if one.work is not None]
        known = {
            row.urn: row
            for row in Organisation.objects.filter(urn__in=[school.urn for school in schools]).select_related("parent")
        }
        unknown = [school for school in schools if school.urn not in known]
        nameless = self._without_number(unknown)
        for one in planned:
            school = one.work
            if school is not None:
                place = (fold(school.values["name"]), school.values["postcode"])
                school.known = known.get(school.urn)
                if school.known is None and place in nameless:
                    school.known = nameless.pop(place)
                    self._adopted.add(school.known.pk)
                    one.messages.append("Recognised by its name and postcode; it had no URN here.")
                self._judge(one, school)
            yield one

    def _without_number(self, schools: list[School]) -> dict[tuple[str, str], Organisation]:
        keys = {fold(school.values["name"]) for school in schools if school.values["postcode"]}
        rows = Organisation.objects.filter(urn__isnull=True, name_key__in=keys).exclude(kind=OrganisationKind.TRUST)
        found: dict[tuple[str, str], Organisation] = {}
        for row in rows.exclude(pk__in=self._adopted).select_related("parent").order_by("-pk") if keys else ():
            postcode = _postcode(row.postcode)
            if postcode:
                found[row.name_key, postcode] = row
        return found

    def _read(self, row: Row) -> Planned:
        cell = {name: row.cells[place] for name, place in self._place.items()}
        one = Planned(row.line, RowFate.ERROR, key=cell["urn"][:254], label=cell["name"][:300], original=row.cells)
        urn = cell["urn"]
        if row.fault:
            one.messages.append(row.fault)
        elif not (len(urn) == 6 and urn.isascii() and urn.isdigit()):
            one.messages.append(f"A URN is six digits, not “{urn[:40]}”." if urn else "The URN is missing.")
        elif not cell["name"]:
            one.messages.append("The name of the school is missing.")
        elif len(cell["name"]) > 255:
            one.messages.append("The name of the school has more than 255 characters.")
        elif urn in self._lines:
            one.fate = RowFate.DUPLICATE
            one.messages.append(f"The same URN stands on line {self._lines[urn]}, which counts.")
        else:
            self._lines[urn] = row.line
            one.original = []
            one.work = self._school(cell, one.messages)
        return one

    def _school(self, cell: dict[str, str], messages: list[str]) -> School:
        kind_text = cell.get("type", "").casefold()
        phase = _PHASES.get(cell.get("phase", "").casefold(), Phase.NOT_APPLICABLE)
        if any(word in kind_text for word in _SPECIAL):
            phase = Phase.SPECIAL
        kind = OrganisationKind.SCHOOL
        if "nursery" in kind_text or phase == Phase.EARLY_YEARS:
            kind = OrganisationKind.NURSERY
        elif "children" in kind_text and "centre" in kind_text:
            kind = OrganisationKind.CHILDRENS_CENTRE
        postcode = _postcode(cell.get("postcode", ""))
        if cell.get("postcode") and not postcode:
            messages.append(f"“{cell['postcode'][:20]}” is not a postcode; left empty.")
        head = " ".join(filter(None, (cell.get("head_title"), cell.get("head_first"), cell.get("head_last"))))
        values = {
            "name": cell["name"],
            "kind": kind.value,
            "phase": phase.value,
            "postcode": postcode,
            "local_authority": cell.get("local_authority", "")[:100],
            "easting": _metres(cell.get("easting", ""), 700_000, "easting", messages),
            "northing": _metres(cell.get("northing", ""), 1_300_000, "northing", messages),
            "head_name": head[:300],
            "active": cell["status"].casefold().startswith("open"),
        }
        return School(cell["urn"], values, cell.get("trust", "")[:255])

    def _judge(self, one: Planned, school: School) -> None:
        row = school.known
        if row is None:
            if not school.values["active"]:
                one.fate = RowFate.LEFT_OUT
                one.messages.append("Not open, and not known here: left out.")
                return
            one.fate = RowFate.NEW
            one.changes = [["Trust", "", school.parent_name]] if school.parent_name else []
            return
        given = {name for name in _FIELDS if name in school.values and self._brings(name)}
        one.changes = [
            [title, _shown(name, getattr(row, name)), _shown(name, school.values[name])]
            for name, title in _FIELDS.items()
            if name in given and getattr(row, name) != school.values[name]
        ]
        if row.urn is None:
            one.changes.append(["URN", "", school.urn])
        one.changes += self._parent_change(row, school)
        one.fate = RowFate.CHANGED if one.changes else RowFate.UNCHANGED

    def _brings(self, name: str) -> bool:
        """Whether the file has the column: a column that is not there empties nothing."""
        needs = {"kind": "type", "active": "status", "head_name": "head_last"}
        return needs.get(name, name) in self._place

    def _parent_change(self, row: Organisation, school: School) -> list[Change]:
        if "trust" not in self._place:
            return []
        parent = row.parent
        if school.parent_name:
            wanted = self._trusts.get(fold(school.parent_name))
            if wanted is None or parent is None or wanted.pk != parent.pk:
                return [["Trust", parent.name if parent else "", school.parent_name]]
        elif parent is not None and parent.kind == OrganisationKind.TRUST:
            return [["Trust", parent.name, ""]]
        return []

    # --- Writing -------------------------------------------------------------------------

    def write(self, batch: list[Planned]) -> None:
        work = [one.work for one in batch if one.fate in (RowFate.NEW, RowFate.CHANGED)]
        self._make_trusts(school.parent_name for school in work if school.parent_name)
        rows: list[Organisation] = []
        for school in work:
            row = self._row(school)
            if school.known is not None and school.known.urn is None:
                row.urn = school.urn
                row.save()
            else:
                rows.append(row)
        # One statement per block, new and changed alike, on both databases.
        Organisation.objects.bulk_create(
            rows, batch_size=500, update_conflicts=True, unique_fields=["urn"], update_fields=_WRITTEN
        )

    def _row(self, school: School) -> Organisation:
        known = school.known
        row = Organisation(urn=school.urn) if known is None or known.urn is not None else known
        for name in _FIELDS:
            brought = known is None or self._brings(name)
            setattr(row, name, school.values[name] if brought else getattr(known, name))
        row.name_key = fold(row.name)[:255]
        row.aliases = list(known.aliases) if known else []
        row.parent_id = known.parent_id if known else None
        if known and known.name != row.name and known.name not in row.aliases:
            row.aliases.append(known.name)  # files of people may still use the old name
        if school.parent_name:
            row.parent_id = self._trusts[fold(school.parent_name)].pk
        elif "trust" in self._place and known and known.parent and known.parent.kind == OrganisationKind.TRUST:
            row.parent_id = None
        return row

    def _make_trusts(self, names: Iterable[str]) -> None:
        missing = {fold(name): name for name in names if fold(name) not in self._trusts}
        for key, name in missing.items():
            self._trusts[key] = Organisation(name=name, name_key=key[:255], kind=OrganisationKind.TRUST)
        made = Organisation.objects.bulk_create(self._trusts[key] for key in missing)
        self._trusts_made += len(made)

    def finish(self) -> dict[str, int]:
        return {"trusts": self._trusts_made}


def _postcode(text: str) -> str:
    found = _POSTCODE.fullmatch(text.upper().strip())
    return f"{found[1]} {found[2]}" if found else ""


def _metres(text: str, most: int, name: str, messages: list[str]) -> int | None:
    if not text or text == "0":
        return None
    try:
        metres = int(float(text))
    except (ValueError, OverflowError):
        metres = -1
    if 0 < metres <= most:
        return metres
    messages.append(f"“{text[:20]}” is not a usable {name}; left empty.")
    return None


def _shown(name: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if name == "active":
        return "yes" if value else "no"
    if name == "kind":
        return str(OrganisationKind(value).label)
    if name == "phase":
        return str(Phase(value).label)
    return str(value)
