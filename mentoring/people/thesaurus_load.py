"""Brings the thesaurus files into the database, again and again, and never over an editor's change.

Each row remembers what the files said when it was last loaded (`loaded`). A field that still says so follows the
files; a field that an editor changed stays. Lists are merged entry by entry: what an editor added stays, what an
editor removed stays away. Rows that left the files stay too; people's profiles point at them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from .models import Interest, RoleLevel
from .names import fold
from .thesaurus_files import RoleEntry, ThesaurusData, ThesaurusError, TopicEntry, read


@dataclass
class LoadReport:
    """Counts, and a sentence for everything that was left as an editor made it."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.created} created, {self.updated} updated, {self.unchanged} unchanged"


@transaction.atomic
def load_thesaurus(data: ThesaurusData | None = None) -> LoadReport:
    """Loads `data`, by default the files that come with the plugin. Idempotent. Raises `ThesaurusError`."""
    data = data or read()
    report = LoadReport()
    _load_topics(data.topics, report)
    _load_roles(data.roles, report)
    return report


def _load_topics(entries: dict[str, TopicEntry], report: LoadReport) -> None:
    rows = {topic.pk: topic for topic in Interest.objects.select_for_update().order_by("pk")}
    by_slug = _by_file_slug(rows.values())
    by_label = {(topic.group, fold(topic.label)): topic for topic in rows.values()}
    found: dict[str, Interest] = {}
    for slug, entry in _parents_first(entries):
        row = by_slug.get(slug) or by_label.get((entry.group, fold(entry.label)))
        new = row is None
        row = row or Interest(slug=slug)
        before = _state(row, "label", "group", "synonyms", "active", "parent_id")
        for name in ("label", "group", "active"):
            _scalar(row, name, getattr(entry, name), new, report)
        row.synonyms = merge_lists(row.synonyms, row.loaded.get("synonyms", []), entry.synonyms)
        parent = found[entry.parent] if entry.parent else None
        _set_parent(row, parent, rows, report)
        remembered = {
            "slug": slug,
            "label": entry.label,
            "group": entry.group,
            "active": entry.active,
            "synonyms": list(entry.synonyms),
            "parent": parent.slug if parent else "",
        }
        changed = before != _state(row, "label", "group", "synonyms", "active", "parent_id")
        found[slug] = row
        _save(row, new, changed, remembered, report)
        rows[row.pk] = row


def _set_parent(row: Interest, parent: Interest | None, rows: dict[int, Interest], report: LoadReport) -> None:
    """An editor's own parent stays, also where the files' parent would close a circle with it."""
    current = rows[row.parent_id].slug if row.parent_id else ""
    wanted = parent.slug if parent else ""
    if row.loaded.get("parent", None if row.loaded else "") != current:
        report.kept.append(f"Topic “{row}”: the wider topic that an editor chose stays.")
    elif current != wanted:
        if parent is not None and row.pk is not None and _leads_to(parent, row, rows):
            report.kept.append(f"Topic “{row}”: “{parent}” lies below it here, so it does not become its parent.")
        else:
            row.parent = parent


def _parents_first(entries: dict[str, TopicEntry]) -> list[tuple[str, TopicEntry]]:
    """The files may name a parent before or after its children; rows need it to exist first."""

    def depth(entry: TopicEntry) -> int:
        return 1 + depth(entries[entry.parent]) if entry.parent else 0

    return sorted(entries.items(), key=lambda item: depth(item[1]))


def _load_roles(entries: dict[str, RoleEntry], report: LoadReport) -> None:
    rows = list(RoleLevel.objects.select_for_update().order_by("pk"))
    by_slug = _by_file_slug(rows)
    by_label = {fold(level.label): level for level in rows}
    found: dict[str, RoleLevel] = {}
    last: dict[str, list[str]] = {}
    for slug, entry in entries.items():
        row = by_slug.get(slug) or by_label.get(fold(entry.label))
        new = row is None
        row = row or RoleLevel(slug=slug)
        before = _state(row, "label", "family", "rank", "aliases", "active")
        for name in ("label", "family", "rank", "active"):
            _scalar(row, name, getattr(entry, name), new, report)
        row.aliases = merge_lists(row.aliases, row.loaded.get("aliases", []), entry.aliases)
        found[slug] = row
        # In both directions, so that either entry of the files may name the other.
        named = {*entry.equivalents, *(other for other, e in entries.items() if slug in e.equivalents)}
        remembered = {
            "slug": slug,
            "label": entry.label,
            "family": entry.family,
            "rank": entry.rank,
            "active": entry.active,
            "aliases": list(entry.aliases),
            "equivalents": sorted(named),
        }
        last[slug] = row.loaded.get("equivalents", [])
        changed = before != _state(row, "label", "family", "rank", "aliases", "active")
        _save(row, new, changed, remembered, report)
    linked: dict[int, list[str]] = {row.pk: [] for row in found.values()}
    file_slugs = {row.pk: slug for slug, row in found.items()}
    for one, other in RoleLevel.equivalents.through.objects.values_list("from_rolelevel_id", "to_rolelevel_id"):
        linked.get(one, []).append(file_slugs.get(other, ""))
    for slug, row in found.items():
        current = [other for other in linked[row.pk] if other]
        merged = merge_lists(current, last[slug], row.loaded["equivalents"])
        row.equivalents.add(*(found[other] for other in merged if other not in current))
        row.equivalents.remove(*(found[other] for other in current if other not in merged))


def merge_lists(current: Sequence[str], last: Sequence[str], now: Sequence[str]) -> list[str]:
    """Three-way: the files' entries in their order, less what an editor removed, then what an editor added."""
    have = {fold(text) for text in current}
    removed = {fold(text) for text in last} - have
    merged = [text for text in now if fold(text) not in removed]
    in_files = {fold(text) for text in (*last, *now)}
    return [*merged, *(text for text in current if fold(text) not in in_files)]


def _scalar(row: Interest | RoleLevel, name: str, value: Any, new: bool, report: LoadReport) -> None:
    current = getattr(row, name)
    if new or row.loaded.get(name) == current:
        setattr(row, name, value)
    elif current != value:
        report.kept.append(f"“{row}”: {name} stays “{current}”, as an editor set it.")


def _save(row: Interest | RoleLevel, new: bool, changed: bool, remembered: dict[str, Any], report: LoadReport) -> None:
    """Writes the row if it is new, differs, or the files say something else than last time."""
    if new:
        report.created += 1
    elif changed:
        report.updated += 1
    else:
        report.unchanged += 1
        if row.loaded == remembered:
            return
    same: dict[str, Any] = {"label__iexact": row.label}
    if isinstance(row, Interest):
        same["group"] = row.group
    if (new or changed) and type(row)._default_manager.filter(**same).exclude(pk=row.pk).exists():
        raise ThesaurusError([f"“{row.label}” is already the label of another entry here; rename one of the two."])
    row.loaded = remembered
    row.save()


def _by_file_slug(rows: Iterable[Any]) -> dict[str, Any]:
    """Rows by the slug the files know them by, which an editor may have changed on the row itself."""
    found = {row.slug: row for row in rows if not row.loaded}
    return found | {row.loaded["slug"]: row for row in rows if row.loaded}


def _state(row: Interest | RoleLevel, *names: str) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in names)


def _leads_to(start: Interest, goal: Interest, rows: dict[int, Interest]) -> bool:
    seen: set[int] = set()
    pk: int | None = start.pk
    while pk is not None and pk not in seen:
        if pk == goal.pk:
            return True
        seen.add(pk)
        pk = rows[pk].parent_id
    return False
