"""The TOML file beside the tables: which column means what, the ladders of roles, rules and weights."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from mentoring.matching.errors import Fault, InvalidInput
from mentoring.matching.settings import Ban, Exclusion, Floors, Objective, Overrides, Pin, Rules, Weights
from mentoring.matching.vocabulary import Role, RoleLadder, Thesaurus, Topic

S = TypeVar("S", Rules, Weights)

FIELDS = (
    "key", "name", "organisation", "trust", "line_managers", "role", "aspiration", "interests", "phases", "contexts",
    "text", "formats", "latitude", "longitude", "easting", "northing", "max_travel_minutes", "availability",
    "prior_partners", "wants_again", "not_this_person", "eligible", "paused", "consent", "demand", "preferences",
    "waiting_weeks", "capacity", "committed", "trained",
)  # fmt: skip
"""What a column can mean. Several columns may feed one field."""

Columns = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything the file says."""

    mentee_columns: Columns = field(default_factory=lambda: {name: (name,) for name in FIELDS})
    mentor_columns: Columns = field(default_factory=lambda: {name: (name,) for name in FIELDS})
    named: frozenset[str] = frozenset()  # columns that the file names and that must therefore exist
    rules: Rules = field(default_factory=Rules)
    weights: Weights = field(default_factory=Weights)
    objective: Objective = Objective.BEST_TOTAL
    seed: int = 0
    floors: Floors = field(default_factory=Floors)
    overrides: Overrides = field(default_factory=Overrides)
    thesaurus: Thesaurus = field(default_factory=Thesaurus)
    ladder: RoleLadder = field(default_factory=RoleLadder)


def read_config(path: Path | None) -> Config:
    """Read the file; without one, columns are looked for under the names of the fields.

    Raises:
        InvalidInput: for a file that is missing or no TOML, and for every key that means nothing here.
    """
    if path is None:
        return Config()
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InvalidInput(f"{path}: the file cannot be read") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: {error}") from error
    known = {"objective", "seed", "columns", "mentees", "mentors", "rules", "weights", "floors", "roles",
             "equivalent_roles", "role_step", "topics", "pins", "bans", "exclusions"}  # fmt: skip
    _refuse_unknown(raw, known, "the file")
    both = _columns(raw.get("columns", {}), "columns")
    left = {**both, **_columns(raw.get("mentees", {}), "mentees")}
    right = {**both, **_columns(raw.get("mentors", {}), "mentors")}
    default: Columns = {name: (name,) for name in FIELDS}
    try:
        objective = Objective(raw.get("objective", Objective.BEST_TOTAL))
    except ValueError:
        choices = ", ".join(o.value for o in Objective)
        raise InvalidInput(f"objective: “{raw['objective']}” is none of {choices}") from None
    seed = raw.get("seed", 0)
    if not isinstance(seed, int):
        raise InvalidInput(f"seed: write a whole number, not “{seed}”")
    return Config(
        mentee_columns={**default, **left},
        mentor_columns={**default, **right},
        named=frozenset(column for columns in (*left.values(), *right.values()) for column in columns),
        rules=_filled(Rules, raw.get("rules", {}), "rules"),
        weights=_filled(Weights, raw.get("weights", {}), "weights"),
        objective=objective,
        seed=seed,
        floors=_floors(raw.get("floors", {})),
        overrides=_overrides(raw),
        thesaurus=_thesaurus(raw.get("topics", [])),
        ladder=_ladder(raw),
    )


def _refuse_unknown(table: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(table) - known):
        raise InvalidInput([Fault(f"“{name}” means nothing here; known are {', '.join(sorted(known))}", field=where)
                            for name in unknown])  # fmt: skip


def _columns(table: Mapping[str, Any], where: str) -> Columns:
    _refuse_unknown(table, set(FIELDS), where)
    return {name: tuple(map(str, value)) if isinstance(value, list) else (str(value),) for name, value in table.items()}


def _filled(kind: type[S], table: Mapping[str, Any], where: str) -> S:
    known = {f.name: f.type for f in dataclasses.fields(kind)}
    _refuse_unknown(table, set(known), where)
    values = dict(table)
    for name, value in values.items():
        if "float" in str(known[name]):
            if value == "open" and "None" in str(known[name]):
                values[name] = None
            elif isinstance(value, bool) or not isinstance(value, (int, float)):
                raise InvalidInput([Fault(f"write a number, not “{value}”", field=f"{where}.{name}")])
        if isinstance(value, list):
            values[name] = frozenset(value)
    return kind(**values)


def _floors(table: Mapping[str, Any]) -> Floors:
    _refuse_unknown(table, {"share", "by_organisation"}, "floors")
    return Floors(share=float(table.get("share", 0)), by_organisation=dict(table.get("by_organisation", {})))


def _overrides(raw: Mapping[str, Any]) -> Overrides:
    pins, bans = (_records(raw, name, "mentee", "mentor") for name in ("pins", "bans"))
    return Overrides(
        pins=tuple(Pin(p["mentee"], p["mentor"], frozenset(p.get("waive", ()))) for p in pins),
        bans=tuple(Ban(b["mentee"], b["mentor"]) for b in bans),
        exclusions=tuple(Exclusion(e["a"], e["b"]) for e in _records(raw, "exclusions", "a", "b")),
    )


def _records(raw: Mapping[str, Any], name: str, *needed: str) -> list[dict[str, Any]]:
    records = raw.get(name, [])
    for record in records:
        for key in needed:
            if key not in record:
                raise InvalidInput([Fault(f"each entry needs “{key}”", field=name)])
    return list(records)


def _thesaurus(topics: Any) -> Thesaurus:
    made = []
    for topic in topics:
        _refuse_unknown(topic, {"slug", "label", "parent", "synonyms"}, "topics")
        label = str(topic.get("label", topic.get("slug", "")))
        slug = str(topic.get("slug", "")) or "-".join(label.casefold().split())
        made.append(Topic(slug=slug, label=label, parent=str(topic.get("parent", "")),
                          synonyms=tuple(map(str, topic.get("synonyms", ())))))  # fmt: skip
    return Thesaurus(made)


def _ladder(raw: Mapping[str, Any]) -> RoleLadder:
    """`[roles]`: family = a list from the lowest rung up, each a title or a list of titles that mean the same."""
    step = float(raw.get("role_step", 10))
    roles = []
    for family, rungs in raw.get("roles", {}).items():
        for at, rung in enumerate(rungs, start=1):
            names = [str(n) for n in rung] if isinstance(rung, list) else [str(rung)]
            roles.append(Role(family=str(family), rank=at * step, label=names[0], aliases=tuple(names[1:])))
    ladder = RoleLadder(roles=tuple(roles), step=step)
    same = []
    for pair in raw.get("equivalent_roles", []):
        ends = [ladder.find(str(title)) for title in pair]
        if len(ends) != 2 or None in ends:
            raise InvalidInput([Fault(f"{pair} must name two roles of [roles]", field="equivalent_roles")])
        a, b = (end for end in ends if end is not None)
        same.append(((a.family, a.rank), (b.family, b.rank)))
    return RoleLadder(roles=tuple(roles), equivalents=tuple(same), step=step)
