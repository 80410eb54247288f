"""Rows become people. A cell that cannot be understood is a fault with its line; nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from mentoring.matching.door.config import Columns, Config
from mentoring.matching.door.tables import Row, Table, heading
from mentoring.matching.errors import Fault, InvalidInput
from mentoring.matching.people import Mentee, Mentor, check_people, person_key, windows
from mentoring.matching.vocabulary import Role

P = TypeVar("P", Mentee, Mentor)

_YES = frozenset({"yes", "y", "true", "1", "ja", "x"})
_NO = frozenset({"no", "n", "false", "0", "nein"})
_FORMATS = {
    "online": "online", "remote": "online", "in person": "in_person", "in-person": "in_person",
    "in_person": "in_person", "face to face": "in_person", "either": "either", "both": "either",
}  # fmt: skip


@dataclass(frozen=True)
class Read(Generic[P]):
    """Everybody who can be read, a fault for each cell that cannot, a note for each row that was left out."""

    people: list[P]
    faults: list[Fault]
    notes: list[Fault]


def mentees_from(table: Table, config: Config) -> Read[Mentee]:
    return _people(table, config, config.mentee_columns, Mentee)


def mentors_from(table: Table, config: Config) -> Read[Mentor]:
    return _people(table, config, config.mentor_columns, Mentor)


def _people(table: Table, config: Config, columns: Columns, kind: type[P]) -> Read[P]:
    named = {heading(column) for column in columns["key"]}
    if not named <= set(table.headings):
        raise InvalidInput(
            f"{table.name}: no column “{', '.join(columns['key'])}” for the key of each person; "
            f"the columns are {', '.join(table.headings)}"
        )
    faults = [
        Fault(f"{table.name} has no such column; it has {', '.join(table.headings)}", field=f"{name} = “{column}”")
        for name, wanted in columns.items()
        for column in wanted
        if column in config.named and heading(column) not in table.headings
    ]
    people: list[P] = []
    notes: list[Fault] = []
    first_line: dict[str, int] = {}
    for row in table.rows:
        reader = _Reader(row, columns, config)
        person = kind(**reader.fields(mentor=kind is Mentor))
        faults += reader.faults
        key = person_key(person.key)
        if not key:
            faults.append(Fault("this row has no key", field="key", row=row.line))
        elif key in first_line:
            notes.append(Fault(f"the same person as in row {first_line[key]}; left out", person.key, "", row.line))
            continue
        if not reader.faults:
            try:
                check_people([person])
            except InvalidInput as error:
                faults += [Fault(f.sentence, f.person, f.field, row.line) for f in error.faults]
                continue
            first_line[key] = row.line
            people.append(person)
    return Read(people, faults, notes)


class _Reader:
    """The cells of one row, by field."""

    def __init__(self, row: Row, columns: Columns, config: Config) -> None:
        self.row, self.columns, self.config, self.faults = row, columns, config, list[Fault]()

    def fields(self, *, mentor: bool) -> dict[str, Any]:
        role = self._parsed("role", self._role)
        found: dict[str, Any] = {
            "key": self._text("key"),
            "name": " ".join(self._cells("name")),
            "organisation": self._text("organisation"),
            "organisation_path": tuple(filter(None, (self._text("trust"), self._text("organisation")))),
            "line_managers": frozenset(self._list("line_managers")),
            "role_family": role.family if role else "",
            "rank": role.rank if role else None,
            "interests": self._interests(),
            "phases": frozenset(self._list("phases")),
            "contexts": frozenset(self._list("contexts")),
            "text": "\n".join(self._cells("text")),
            "formats": self._parsed("formats", _format),
            "place": self._spot("latitude", "longitude"),
            "position": self._spot("easting", "northing"),
            "max_travel_minutes": self._parsed("max_travel_minutes", _number),
            "availability": self._parsed("availability", windows) or frozenset(),
            "prior_partners": frozenset(self._list("prior_partners")),
            "wants_again": frozenset(self._list("wants_again")),
            "not_this_person": frozenset(self._list("not_this_person")),
            "eligible": self._parsed("eligible", _yes_no, True),
            "paused": self._parsed("paused", _yes_no, False),
            "consent_current": self._parsed("consent", _yes_no, True),
        }
        if mentor:
            return found | {
                "capacity": self._parsed("capacity", _whole, 1),
                "committed": self._parsed("committed", _whole, 0),
                "trained": self._parsed("trained", _yes_no, True),
            }
        aim = self._parsed("aspiration", self._role)
        return found | {
            "aspiration_rank": aim.rank if aim and role and aim.family == role.family else None,
            "demand": self._parsed("demand", _whole, 1),
            "preferences": tuple(self._list("preferences")),
            "waiting_weeks": self._parsed("waiting_weeks", _number, 0.0),
        }

    def _role(self, title: str) -> Role:
        return self.config.ladder.find(title) or _raise(f"the role “{title}” is on no ladder of [roles]")

    def _cells(self, field: str) -> list[str]:
        cells = (self.row.cells.get(heading(column), "") for column in self.columns[field])
        return [cell for cell in cells if cell]

    def _text(self, field: str) -> str:
        return " ".join(self._cells(field))

    def _list(self, field: str) -> list[str]:
        return [part.strip() for cell in self._cells(field) for part in re.split(r"[;,|\n]", cell) if part.strip()]

    def _parsed(self, field: str, parse: Callable[[str], Any], blank: Any = None) -> Any:
        text = self._text(field)
        if not text:
            return blank
        try:
            return parse(text)
        except ValueError as error:
            self.faults.append(Fault(str(error), self._text("key"), field, self.row.line))
            return blank

    def _interests(self) -> Mapping[str, int]:
        """`drama: 3; maths` is drama with strength 3 and maths with strength 2."""
        found: dict[str, int] = {}
        for part in self._list("interests"):
            name, _, strength = (piece.strip() for piece in part.rpartition(":")) if ":" in part else (part, "", "2")
            if strength not in ("1", "2", "3"):
                sentence = f"the strength of “{name}” must be 1, 2 or 3, not “{strength}”"
                self.faults.append(Fault(sentence, self._text("key"), "interests", self.row.line))
                continue
            slug = self.config.thesaurus.find(name) or name  # an unlisted word keeps its spelling
            found[slug] = max(int(strength), found.get(slug, 0))
        return found

    def _spot(self, *fields: str) -> tuple[float, float] | None:
        a, b = (self._parsed(field, _number) for field in fields)
        return None if a is None or b is None else (a, b)


def _raise(sentence: str) -> Any:
    raise ValueError(sentence)


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        raise ValueError(f"write a number, not “{text}”") from None


def _whole(text: str) -> int:
    if not re.fullmatch(r"\d+", text):
        raise ValueError(f"write a whole number from 0 upwards, not “{text}”")
    return int(text)


def _yes_no(text: str) -> bool:
    if text.casefold() in _YES | _NO:
        return text.casefold() in _YES
    raise ValueError(f"write yes or no, not “{text}”")


def _format(text: str) -> str:
    return _FORMATS.get(text.casefold()) or _raise(f"write online, in person or either, not “{text}”")
