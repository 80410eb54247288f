"""Pages that live cohorts lean on: the pathway's page, the privacy notice, what a pair reads at a stage."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from swapper import load_model

from mentoring.errors import MentoringError
from mentoring.programmes.models import Cohort, CohortState, Programme
from mentoring.programmes.stage_models import Stage
from mentoring.relationships.models import RELATIONSHIP_LIVE, Relationship
from mentoring.trust import audit

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from wagtail.models import Page

#: Cohorts whose people may open these pages today or tomorrow.
COHORT_LIVE = frozenset({CohortState.OPEN, CohortState.MATCHING, CohortState.RUNNING, CohortState.CLOSING})


class Role(enum.StrEnum):
    """What a page is to a programme."""

    PATHWAY = "pathway"
    PRIVACY = "privacy"
    STAGE = "stage"


@dataclass(frozen=True)
class Use:
    """One reference from a programme with live cohorts to a page."""

    page_id: int
    page_title: str
    role: Role
    owner: int  # the programme, or the stage
    what: str
    cohorts: int
    pairs: int

    @property
    def must_be_replaced(self) -> bool:
        """People are told to read the privacy notice at every form: it cannot simply go."""
        return self.role == Role.PRIVACY

    @property
    def sentence(self) -> str:
        cohorts = "1 live cohort" if self.cohorts == 1 else f"{self.cohorts} live cohorts"
        pairs = "no pair yet" if self.pairs == 0 else "1 pair" if self.pairs == 1 else f"{self.pairs} pairs"
        return f"{self.what}: {cohorts}, {pairs}."


def _below(pages: Iterable[Page], *, field: str, whole_tree: bool) -> Q:
    wanted = Q(pk__in=[])
    for page in pages:
        wanted |= Q(**{f"{field}__path__startswith": page.path}) if whole_tree else Q(**{field: page.pk})
    return wanted


def _counted(rows: QuerySet[Any], programme: str) -> QuerySet[Any]:
    """Rows of programmes with live cohorts, with how many of those and how many live pairs."""

    def number(queryset: QuerySet[Any], path: str) -> Any:
        counted = queryset.filter(**{path: OuterRef(programme)}).order_by().values(path).annotate(n=Count("pk"))
        return Coalesce(Subquery(counted.values("n")), 0)

    return rows.annotate(
        live_cohorts=number(Cohort.objects.filter(state__in=sorted(COHORT_LIVE)), "programme"),
        live_pairs=number(Relationship.objects.filter(state__in=sorted(RELATIONSHIP_LIVE)), "cohort__programme"),
    ).filter(live_cohorts__gt=0)


def uses_of(pages: Iterable[Page], *, whole_tree: bool = True) -> list[Use]:
    """What would break if these pages were gone, and with `whole_tree` all pages below them. Two queries."""
    pages = list(pages)
    found: list[Use] = []
    inside = _below(pages, field="pathway_page", whole_tree=whole_tree) | _below(
        pages, field="privacy_page", whole_tree=whole_tree
    )
    goes = [(page.path, page.pk) for page in pages]
    programmes = Programme.objects.filter(inside).select_related("pathway_page", "privacy_page").order_by("title")
    for row in _counted(programmes, "pk"):
        for role, page, name in (
            (Role.PATHWAY, row.pathway_page, "Pathway page"),
            (Role.PRIVACY, row.privacy_page, "Privacy notice"),
        ):
            if page and any(page.path.startswith(path) if whole_tree else page.pk == pk for path, pk in goes):
                what = f"{name} of “{row.title}”"
                found.append(Use(page.pk, page.title, role, row.pk, what, row.live_cohorts, row.live_pairs))
    stages = (
        Stage.objects.filter(_below(pages, field="page", whole_tree=whole_tree))
        .select_related("page", "programme")
        .order_by("programme__title", "position")
    )
    for row in _counted(stages, "programme"):
        what = f"Stage {row.position} of “{row.programme.title}”"
        found.append(Use(row.page_id, row.page.title, Role.STAGE, row.pk, what, row.live_cohorts, row.live_pairs))
    return found


def move_references(
    *, uses: Iterable[Use], replacements: Mapping[int, Page | None], actor: AbstractBaseUser
) -> list[Use]:
    """Points each use at the replacement of its page (by the page's id), or at nothing where that is None.

    Raises:
        MentoringError: a privacy notice without a replacement, or a page that nobody can open as replacement.
    """
    uses = list(uses)
    for use in uses:
        page = replacements.get(use.page_id)
        if page is None and use.must_be_replaced:
            raise MentoringError(f"{use.what}: choose the page that takes its place. People must be able to read it.")
        if page is not None and not page.live:
            raise MentoringError(f"“{page.title}” is not published. Choose a page that people can open.")
    with transaction.atomic():
        return [use for use in uses if _move(use, replacements.get(use.page_id), actor)]


def _move(use: Use, page: Page | None, actor: AbstractBaseUser) -> bool:
    """One reference, unless somebody has changed it meanwhile."""
    row: Any
    if use.role == Role.STAGE:
        row = Stage.objects.select_for_update(of=("self",)).select_related("programme").filter(pk=use.owner).first()
        field, programme = "page", row.programme if row else None
    else:
        row = programme = Programme.objects.select_for_update(of=("self",), no_key=True).filter(pk=use.owner).first()
        field = "pathway_page" if use.role == Role.PATHWAY else "privacy_page"
    if row is None or getattr(row, f"{field}_id") != use.page_id:
        return False
    setattr(row, field, page)
    changed = [field]
    if hasattr(row, "version"):
        row.version += 1
        changed.append("version")
    row.save(update_fields=changed)
    audit.record(
        action=f"mentoring.{use.role.value}.page_moved",
        obj=row,
        actor=actor,
        programme=programme,
        before={field: use.page_id},
        after={field: page.pk if page else None},
        reason="The page was to be unpublished or deleted.",
    )
    return True


def fetch_pages(ids: Iterable[int]) -> list[Page]:
    """Pages by id, in the order of the tree."""
    return list(load_model("wagtailcore", "Page").objects.filter(pk__in=list(ids)).order_by("path"))
