"""What the words of a file mean: organisations, role levels and topics; what is not known is asked, never guessed.

An answer is kept on the job (`ImportJob.choices`: kind → folded text → entry) and, when a site administrator applies
the import, remembered as another name of what was chosen, so that the next file is understood at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q

from mentoring.people.models import Interest, InterestGroup, Organisation, OrganisationKind, RoleFamily, RoleLevel
from mentoring.people.names import fold
from mentoring.people.thesaurus import Thesaurus
from mentoring.trust import audit

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

ORGANISATION, ROLE, TOPIC = "organisation", "role", "topic"
KINDS: dict[str, type[Model]] = {ORGANISATION: Organisation, ROLE: RoleLevel, TOPIC: Interest}
KIND_LABELS = {ORGANISATION: "Organisation", ROLE: "Role level", TOPIC: "Topic"}

_POSTCODE = re.compile(r"(?P<name>.+?)[\s,(]+(?P<postcode>[A-Za-z]{1,2}\d[A-Za-z\d]?\s*\d[A-Za-z]{2})\)?")


@dataclass
class ToMake:
    """Something that applying will create, once, for all rows that name it."""

    kind: str
    text: str
    details: dict[str, Any]

    def __str__(self) -> str:
        return self.text


@dataclass
class Meanings:
    """Looks words up for one pass over a file, and collects what it does not know."""

    choices: dict[str, dict[str, Any]]
    words: Thesaurus = field(default_factory=Thesaurus.load)
    asked: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    _organisations: dict[str, list[Organisation]] = field(default_factory=dict)
    _aliases: dict[str, list[Organisation]] = field(default_factory=dict)
    _urns: dict[str, Organisation] = field(default_factory=dict)
    _chosen: dict[tuple[str, int], Any] = field(default_factory=dict)
    _to_make: dict[tuple[str, str], ToMake] = field(default_factory=dict)

    def prepare(self, organisations: Iterable[str]) -> None:
        """Fetches the organisations that the file may mean; queries grow with the file, not with the register."""
        texts = {text for text in organisations if text}
        keys = sorted({fold(name) for text in texts for name in (text, _without_postcode(text)[0])})
        urns = sorted({text for text in texts if text.isascii() and text.isdigit() and len(text) == 6})
        for start in range(0, len(keys), 500):
            for row in Organisation.objects.filter(active=True, name_key__in=keys[start : start + 500]).order_by("pk"):
                self._organisations.setdefault(row.name_key, []).append(row)
        for start in range(0, len(urns), 500):
            for row in Organisation.objects.filter(active=True, urn__in=urns[start : start + 500]):
                self._urns[row.urn or ""] = row
        for row in Organisation.objects.filter(active=True).exclude(aliases=[]).order_by("pk"):
            for alias in row.aliases:
                self._aliases.setdefault(fold(alias), []).append(row)
        for kind, answers in self.choices.items():
            ids = [entry["choice"]["use"] for entry in answers.values() if (entry.get("choice") or {}).get("use")]
            if kind in KINDS and ids:
                for found in KINDS[kind]._default_manager.filter(pk__in=ids, active=True):
                    self._chosen[kind, found.pk] = found

    # Each answers (meaning, left_empty); meaning None and not left empty: unknown, and now asked.

    def organisation(self, text: str) -> tuple[Organisation | ToMake | None, bool]:
        found = self._urns.get(text)
        if found is not None:
            return found, False
        name, postcode = _without_postcode(text)
        named = self._organisations.get(fold(text)) or self._aliases.get(fold(text)) or []
        if len(named) != 1 and postcode:
            placed = self._organisations.get(fold(name), [])
            named = [row for row in placed if row.postcode.replace(" ", "").upper() == postcode]
        if len(named) == 1:
            return named[0], False
        return self._ask(ORGANISATION, text)

    def role(self, text: str) -> tuple[RoleLevel | ToMake | None, bool]:
        found = self.words.role(text)
        return (found.entry, False) if found.entry is not None else self._ask(ROLE, text)

    def topic(self, text: str) -> tuple[Interest | ToMake | None, bool]:
        found = self.words.topic(text)
        return (found.entry, False) if found.entry is not None else self._ask(TOPIC, text)

    def knows_topic(self, text: str) -> bool:
        answered = self.choices.get(TOPIC, {}).get(fold(text), {}).get("choice")
        return bool(answered) or self.words.topic(text).known

    def _ask(self, kind: str, text: str) -> tuple[Any, bool]:
        key = fold(text) or text
        entry = self.asked.setdefault(kind, {}).setdefault(key, {"text": text[:120], "rows": 0, "choice": None})
        entry["rows"] += 1
        choice = (self.choices.get(kind, {}).get(key) or {}).get("choice")
        entry["choice"] = choice
        if not choice:
            return None, False
        if choice.get("leave"):
            return None, True
        if choice.get("use"):
            return self._chosen.get((kind, choice["use"])), False
        made = self._to_make.setdefault((kind, key), ToMake(kind, text[:120], choice["create"]))
        return made, False

    # --- When applying -------------------------------------------------------------------

    def carry_out(self, actor: AbstractBaseUser | None) -> dict[str, int]:
        """Makes what was to be made and remembers the other names. Call once, before the rows are written."""
        made: dict[tuple[str, str], Model] = {}
        for place, to_make in self._to_make.items():
            row = _make(to_make)
            made[place] = row
            audit.record(
                action=f"mentoring.{row._meta.model_name}.created",
                obj=row,
                actor=actor,
                after={"name": to_make.text, "from": "import"},
            )
        self._made = made
        learned = 0
        # Names are shared by the whole site: what one programme's coordinator meant must not decide for all others.
        may_teach = actor is None or bool(getattr(actor, "is_superuser", False))
        for kind, entries in self.asked.items() if may_teach else ():
            for entry in entries.values():
                chosen = self._chosen.get((kind, (entry["choice"] or {}).get("use") or 0))
                if chosen is not None:
                    learned += _remember(chosen, entry["text"], actor)
        return {"created": len(made), "names_learned": learned}

    def made(self, meaning: Any) -> Any:
        """The row behind a meaning, also where it was only made now."""
        if not isinstance(meaning, ToMake):
            return meaning
        return self._made[meaning.kind, fold(meaning.text) or meaning.text]


def _make(to_make: ToMake) -> Model:
    if to_make.kind == ORGANISATION:
        kind = OrganisationKind(to_make.details["kind"])
        return Organisation.objects.create(name=to_make.text, kind=kind)
    if to_make.kind == ROLE:
        family = RoleFamily(to_make.details["family"])
        return RoleLevel.objects.create(label=to_make.text, family=family, rank=int(to_make.details["rank"]))
    group = InterestGroup(to_make.details["group"])
    return Interest.objects.create(label=to_make.text, group=group, slug=_free_slug(to_make.text))


def _free_slug(label: str) -> str:
    from django.utils.text import slugify

    base = slugify(label)[:70] or "topic"
    taken = set(Interest.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def _remember(row: Any, text: str, actor: AbstractBaseUser | None) -> int:
    name = "synonyms" if isinstance(row, Interest) else "aliases"
    names = getattr(row, name)
    own = row.name if isinstance(row, Organisation) else row.label
    if fold(text) in {fold(other) for other in (own, *names)}:
        return 0
    setattr(row, name, [*names, text])
    row.save(update_fields=[name])
    audit.record(
        action=f"mentoring.{row._meta.model_name}.name_learned",
        obj=row,
        actor=actor,
        after={name: text, "from": "import"},
    )
    return 1


def _without_postcode(text: str) -> tuple[str, str]:
    found = _POSTCODE.fullmatch(text)
    return (found["name"].strip(" ,("), found["postcode"].replace(" ", "").upper()) if found else (text, "")


def organisations_like(text: str, *, limit: int = 8) -> list[Organisation]:
    """Active organisations to choose from: of exactly this name, else with its longer words."""
    key = fold(_without_postcode(text)[0])
    active = Organisation.objects.filter(active=True).select_related("parent")
    exact = list(active.filter(name_key=key)[: limit * 5])
    if exact:
        return exact
    words = sorted((word for word in key.split() if len(word) > 2 and word not in _COMMON), key=len, reverse=True)[:3]
    for some in (words, words[:2], words[:1]):
        if some:
            every = Q()
            for word in some:
                every &= Q(name_key__contains=word)
            found = list(active.filter(every)[:limit])
            if found:
                return found
    return []


_COMMON = frozenset(
    {"school", "primary", "secondary", "academy", "nursery", "the", "and", "infant", "junior", "centre"}
)
