"""The thesaurus as files: reading `mentoring/data/*.toml` and finding what is wrong with them. No database here."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mentoring.errors import MentoringError

from .models import TOPIC_GROUPS, InterestGroup, RoleFamily
from .names import fold

DATA = Path(__file__).resolve().parent.parent / "data"

#: File name → group of its topics.
TOPIC_FILES = {
    "topics-leadership.toml": InterestGroup.LEADERSHIP,
    "topics-subjects.toml": InterestGroup.SUBJECT,
    "topics-art-forms.toml": InterestGroup.ART_FORM,
    "topics-phases.toml": InterestGroup.PHASE,
    "topics-settings.toml": InterestGroup.SETTING,
    "topics-context.toml": InterestGroup.CONTEXT,
    "topics-careers.toml": InterestGroup.CAREER,
}
ROLE_FILE = "roles.toml"

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TOPIC_FIELDS = {"label", "synonyms", "parent", "active"}
_ROLE_FIELDS = {"label", "family", "rank", "aliases", "equivalents", "active"}


class ThesaurusError(MentoringError):
    """The data files contradict themselves; `faults` holds a sentence for each place. Nothing was loaded."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("The thesaurus files need mending:\n" + "\n".join(f"- {fault}" for fault in self.faults))


@dataclass(frozen=True, kw_only=True)
class TopicEntry:
    slug: str
    label: str
    group: str
    parent: str = ""
    synonyms: tuple[str, ...] = ()
    active: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        return (self.label, *self.synonyms)


@dataclass(frozen=True, kw_only=True)
class RoleEntry:
    slug: str
    label: str
    family: str
    rank: int
    aliases: tuple[str, ...] = ()
    equivalents: tuple[str, ...] = ()
    active: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        return (self.label, *self.aliases)


@dataclass(frozen=True, kw_only=True)
class ThesaurusData:
    """What the files say. `shared`: titles that may mean more than one role, so that nobody guesses."""

    topics: dict[str, TopicEntry]
    roles: dict[str, RoleEntry]
    shared: frozenset[str] = field(default_factory=frozenset)


def read(folder: Path = DATA) -> ThesaurusData:
    """Reads and checks all files. Raises `ThesaurusError` with every fault found, not only the first."""
    faults: list[str] = []
    topics: dict[str, TopicEntry] = {}
    for name, group in TOPIC_FILES.items():
        for slug, row in _tables(folder / name, _TOPIC_FIELDS, faults).items():
            if slug in topics:
                faults.append(f"{name}: “{slug}” stands in two files; a slug names one topic.")
                continue
            topics[slug] = TopicEntry(
                slug=slug,
                label=str(row.get("label", "")).strip(),
                group=group.value,
                parent=str(row.get("parent", "")),
                synonyms=_texts(row, "synonyms", f"{name}: {slug}", faults),
                active=bool(row.get("active", True)),
            )
    shared_rows: dict[str, Any] = {}
    roles: dict[str, RoleEntry] = {}
    for slug, row in _tables(folder / ROLE_FILE, _ROLE_FIELDS, faults, extra=shared_rows).items():
        rank = row.get("rank")
        if not isinstance(rank, int) or not 0 <= rank <= 1000:
            faults.append(f"{ROLE_FILE}: “{slug}” needs a rank, a whole number from 0 to 1000.")
            rank = 0
        roles[slug] = RoleEntry(
            slug=slug,
            label=str(row.get("label", "")).strip(),
            family=str(row.get("family", "")),
            rank=rank,
            aliases=_texts(row, "aliases", f"{ROLE_FILE}: {slug}", faults),
            equivalents=_texts(row, "equivalents", f"{ROLE_FILE}: {slug}", faults),
            active=bool(row.get("active", True)),
        )
    data = ThesaurusData(
        topics=topics, roles=roles, shared=frozenset(fold(text) for text in shared_rows.get("shared", ()))
    )
    faults += check(data)
    if faults:
        raise ThesaurusError(faults)
    return data


def check(data: ThesaurusData) -> list[str]:
    """Sentences for what cannot be: empty labels, unknown parents, circles, one name for two entries."""
    faults: list[str] = []
    for slug, topic in data.topics.items():
        if not topic.label:
            faults.append(f"Topic “{slug}” has no label.")
        if topic.parent and topic.parent not in data.topics:
            faults.append(f"Topic “{slug}”: its parent “{topic.parent}” is not in the files.")
    for slug, role in data.roles.items():
        if not role.label:
            faults.append(f"Role “{slug}” has no label.")
        if role.family not in RoleFamily.values:
            faults.append(
                f"Role “{slug}”: “{role.family}” is not a family; choose from {', '.join(RoleFamily.values)}."
            )
        for other in role.equivalents:
            if other not in data.roles:
                faults.append(f"Role “{slug}”: its equivalent “{other}” is not in the files.")
            elif data.roles[other].family == role.family:
                faults.append(f"Role “{slug}”: “{other}” is of the same family; their ranks compare already.")
    every: list[TopicEntry | RoleEntry] = [*data.topics.values(), *data.roles.values()]
    for entry in every:
        if not _SLUG.fullmatch(entry.slug):
            faults.append(f"“{entry.slug}” is not a slug: small letters, figures and single hyphens only.")
        faults.extend(f"“{entry.slug}” has a name of more than 120 characters." for n in entry.names if len(n) > 120)
    faults += _circles({slug: topic.parent for slug, topic in data.topics.items()})
    about = [topic for topic in data.topics.values() if topic.group in TOPIC_GROUPS]
    for_whom = [topic for topic in data.topics.values() if topic.group not in TOPIC_GROUPS]
    faults += _twice(about, frozenset()) + _twice(for_whom, frozenset())  # "theatre": the art form, and the building
    faults += _twice(data.roles.values(), data.shared)
    return faults


def _tables(
    file: Path, known: set[str], faults: list[str], extra: dict[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    try:
        rows = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.append(f"{file.name} is missing.")
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(f"{file.name} cannot be read: {error}.")
        return {}
    tables: dict[str, dict[str, Any]] = {}
    for slug, row in rows.items():
        if isinstance(row, dict):
            tables[slug] = row
            faults.extend(
                f"{file.name}: “{slug}” has a field “{name}”, which means nothing." for name in row.keys() - known
            )
        elif extra is not None and slug == "shared":
            extra[slug] = row
        else:
            faults.append(f"{file.name}: “{slug}” stands outside any entry.")
    return tables


def _texts(row: dict[str, Any], name: str, where: str, faults: list[str]) -> tuple[str, ...]:
    texts = row.get(name, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
        faults.append(f"{where}: “{name}” must be a list of texts.")
        return ()
    return tuple(text.strip() for text in texts)


def _circles(parents: dict[str, str]) -> list[str]:
    faults: list[str] = []
    settled: set[str] = set()
    for start in parents:
        way: list[str] = []
        slug = start
        while slug and slug in parents and slug not in settled:
            if slug in way:
                circle = [*way[way.index(slug) :], slug]
                faults.append(f"Parents go in a circle: {' → '.join(circle)}.")
                break
            way.append(slug)
            slug = parents[slug]
        settled.update(way)
    return faults


def _twice(entries: Iterable[TopicEntry | RoleEntry], shared: frozenset[str]) -> list[str]:
    owners: dict[str, str] = {}
    faults: list[str] = []
    for entry in entries:
        for key, text in {fold(name): name for name in entry.names}.items():
            owner = owners.setdefault(key, entry.slug)
            if owner != entry.slug and key not in shared:
                faults.append(f"“{text}” names both “{owner}” and “{entry.slug}”; keep it in one of them.")
    return faults
