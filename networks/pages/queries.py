"""Reads for the pages: which sessions come next, what was, what belongs together. All derived, nothing typed twice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Value
from django.utils import timezone
from wagtail.models import Page

from mentoring.editors.intakes import intakes_of
from mentoring.people.models import Organisation

from .cards import Card, Occasion, occasion, with_parents
from .contacts import Contact
from .exhibition import Artwork, ExhibitionPage
from .library import ResourceKind, ResourcePage, ResourceVersion
from .network import NetworkConvenor, NetworkKind, NetworkPage
from .pathway import PathwayPage, PathwayStagePage
from .programme import ProgrammePage
from .school_year import Term, term_of
from .session import SessionDate, SessionMaterial, SessionPage
from .visible import visible

PAST_SHOWN = 6  # past meetings on a network's page
UNSAVED = 0  # no row has this id: what belongs to a page that is previewed before it is saved


def dates_of_visible_sessions() -> QuerySet[SessionDate]:
    """Dates of public sessions with their page, in order of time."""
    # Bodies and private links are not for lists.
    some_free = SessionPage.free_for.field.remote_field.through.objects.filter(sessionpage_id=OuterRef("page_id"))
    rows = SessionDate.objects.select_related("page").defer("page__body", "page__online_link")
    return visible(rows.annotate(free_for_some=Exists(some_free)), page="page__")


def upcoming_dates(*, until: datetime | None = None) -> QuerySet[SessionDate]:
    """Dates that are not over."""
    found = dates_of_visible_sessions().filter(end__gte=timezone.now())
    return found.filter(start__lt=until) if until else found


def this_week(*, most: int = 6) -> list[Occasion]:
    """What is on in the next seven days, cancelled dates left out; two queries."""
    tomorrow_in_a_week = datetime.combine(timezone.localdate() + timedelta(days=8), time.min)
    rows = upcoming_dates(until=timezone.make_aware(tomorrow_in_a_week)).filter(cancelled=False)[:most]
    return with_parents(rows)


def next_dates(*, most: int = 6) -> list[Occasion]:
    """The next dates, whenever they are; two queries."""
    return with_parents(upcoming_dates().filter(cancelled=False)[:most])


def below(page: Page, model: type[Page]) -> QuerySet[Any]:
    """Public pages of one type anywhere below a page."""
    return visible(model.objects.filter(path__startswith=page.path, depth__gt=page.depth))


def children(page: Page, model: type[Page]) -> QuerySet[Any]:
    """Public pages of one type right below a page, in the editors' order."""
    return visible(model.objects.filter(path__startswith=page.path, depth=page.depth + 1)).order_by("path")


def organisations_of(page: Any, *names: str) -> dict[str, list[str]]:
    """Names of the organisations behind several many-to-many fields of a page, in one query; drafts from themselves."""
    draft = getattr(page, "_cluster_related_objects", None) or {}
    if not page.pk or any(name in draft for name in names):
        return {name: [row.name for row in getattr(page, name).all()] for name in names}
    found: dict[str, list[str]] = {name: [] for name in names}
    queries = []
    for name in names:
        relation = getattr(type(page), name).field
        own = f"{relation.m2m_field_name()}_id"
        queries.append(
            relation.remote_field.through.objects.filter(**{own: page.pk})
            .order_by()
            .values_list(Value(name), F("organisation__name"))
        )
    rows = queries[0].union(*queries[1:], all=True) if len(queries) > 1 else queries[0]
    for name, organisation in rows:
        found[name].append(organisation)
    return {name: sorted(rows) for name, rows in found.items()}


def network_context(page: NetworkPage) -> dict[str, Any]:
    """Meetings, sub-networks, resources and exhibitions of a network: five queries."""
    now = timezone.now()
    # Meetings of sub-networks stay on their own pages: only dates of sessions right below.
    dates = list(
        dates_of_visible_sessions()
        .filter(page__path__startswith=page.path, page__depth=page.depth + 1, start__gte=now - timedelta(days=550))
        .order_by("start", "pk")
    )
    upcoming = [occasion(row) for row in dates if row.end >= now]
    past = [occasion(row, notes=row.page.notes) for row in reversed(dates) if row.end < now and not row.cancelled]
    groups, exhibitions, resources = belongings(page)
    return {
        "upcoming": upcoming,
        "past": past[:PAST_SHOWN],
        "past_more": max(0, len(past) - PAST_SHOWN),
        "networks": groups,
        "exhibitions": exhibitions,
        "resources": resources,
        **organisations_of(page, "partners"),
    }


def belongings(page: NetworkPage) -> tuple[list[Card], list[Card], list[Card]]:
    """Groups and exhibitions right below a network, and the resources that it shares: one query for all three."""
    columns = ("title", "url_path", "summary", "order_key", "kind_key")
    queries = [
        children(page, NetworkPage).annotate(order_key=F("path"), kind_key=F("kind")).values_list(Value(0), *columns),
        children(page, ExhibitionPage)
        .annotate(order_key=F("path"), kind_key=Value("exhibition"))
        .values_list(Value(1), *columns),
        visible(ResourcePage.objects.filter(network_id=page.pk or UNSAVED))
        .annotate(order_key=F("title"), kind_key=F("kind"))
        .values_list(Value(2), *columns),
    ]
    words = {**dict(NetworkKind.choices), **dict(ResourceKind.choices), "exhibition": "Exhibition"}
    front = page.trail[0] if page.trail else page.get_ancestors().filter(depth=2).get()
    found: tuple[list[Card], list[Card], list[Card]] = ([], [], [])
    rows = queries[0].order_by().union(queries[1].order_by(), queries[2].order_by(), all=True)
    for place, title, url_path, summary, _, kind in sorted(rows, key=lambda row: row[4].casefold()):
        url = (front.url or "/") + url_path.removeprefix(front.url_path)
        found[place].append(Card(title=title, url=url, summary=summary, kind=str(words.get(kind, ""))))
    return found


def contact_above(page: Page) -> Contact | None:
    """The first contact of a network, programme or pathway by its path: one query for whichever it is."""
    path = page.path[: -Page.steplen]
    columns = ("role", "email")
    of_network = NetworkConvenor.objects.filter(page__path=path).order_by().values_list(*columns)
    of_programme = ProgrammePage.objects.filter(path=path).order_by().values_list("contact_role", "contact_email")
    of_pathway = PathwayPage.objects.filter(path=path).order_by().values_list("contact_role", "contact_email")
    for role, email in of_network.union(of_programme, of_pathway, all=True):
        if email:
            return Contact(role=role or "Contact", email=email)
    return None


def session_context(page: SessionPage) -> dict[str, Any]:
    """Dates, materials, organisations and contact of a session: at most four queries."""
    dates = page.all_dates
    over = any(row.is_over for row in dates) if dates else False
    materials = (
        SessionMaterial.objects.filter(page_id=page.pk or UNSAVED).select_related("resource").order_by("sort_order")
        if over
        else []
    )
    found = organisations_of(page, "partners", "free_for")
    return {
        "dates": dates,
        "upcoming": [row for row in dates if not row.is_over],
        "past": [row for row in dates if row.is_over],
        "next_date": page.next_date,
        "materials": [row.resource for row in materials if row.resource.live],
        "contact": page.own_contact or contact_above(page),
        "partner_names": found["partners"],
        "free_for_names": found["free_for"],
        "offered_by": page.trail[-1] if page.trail else None,
    }


@dataclass
class TermGroup:
    """A term's heading and what stands under it."""

    term: Term
    occasions: list[Occasion] = field(default_factory=list)


def by_term(rows: list[SessionDate]) -> list[TermGroup]:
    """Dates under the headings of their terms, in order."""
    groups: dict[Term, TermGroup] = {}
    for row in rows:
        term = term_of(timezone.localtime(row.start).date())
        groups.setdefault(term, TermGroup(term)).occasions.append(occasion(row))
    return [groups[term] for term in sorted(groups)]


def programme_context(page: ProgrammePage) -> dict[str, Any]:
    """The year by term: two queries."""
    rows = list(dates_of_visible_sessions().filter(page__path__startswith=page.path).order_by("start", "pk"))
    return {
        "terms": by_term(rows),
        "session_count": len({row.page_id for row in rows}),
        "date_count": len(rows),
        "partner_names": organisations_of(page, "partners")["partners"],
        "contact": page.own_contact,
    }


def live_programmes() -> list[ProgrammePage]:
    """Programmes that are not over, the next to end first; one query."""
    found = visible(ProgrammePage.objects.filter(ends__gte=timezone.localdate()))
    return list(found.select_related("provider", "image").order_by("ends", "title").defer("body"))


@dataclass
class StageCard:
    """A stage in the list of its pathway."""

    number: int
    title: str
    url: str
    summary: str
    starts: date | None
    ends: date | None
    parts: list[str]


def stage_cards(page: PathwayPage) -> list[StageCard]:
    """The stages in their order, with what each is made of; one query."""
    return [
        StageCard(
            number=number,
            title=stage.title,
            url=stage.url or "",
            summary=stage.summary,
            starts=stage.starts,
            ends=stage.ends,
            parts=parts_in_words(stage),
        )
        for number, stage in enumerate(children(page, PathwayStagePage), start=1)
    ]


def parts_in_words(stage: PathwayStagePage) -> list[str]:
    """“2 sessions”, “Mentoring”: from the raw stream, so that no page in it is fetched."""
    counted: dict[str, int] = defaultdict(int)
    for part in stage.parts.raw_data:
        counted[part["type"]] += 1
    words = {
        "session": ("session", "sessions"),
        "reading": ("reading", "readings"),
        "mentoring": ("mentoring", "mentoring"),
        "shadowing": ("work-shadowing", "work-shadowing"),
        "evidence": ("piece of evidence", "pieces of evidence"),
    }
    found = []
    for kind, (one, many) in words.items():
        number = counted.get(kind, 0)
        if kind in ("mentoring", "shadowing"):
            found += [one.capitalize()] if number else []
        elif number:
            found.append(f"{number} {one if number == 1 else many}")
    return found


def pathway_context(page: PathwayPage) -> dict[str, Any]:
    """Stages, sessions, cohorts and partners of a pathway: four queries."""
    dates = list(dates_of_visible_sessions().filter(page__path__startswith=page.path).order_by("start", "pk"))
    now = timezone.now()
    return {
        "stages": stage_cards(page),
        "upcoming": [occasion(row) for row in dates if row.end >= now],
        "session_count": len(dates),
        "intakes": intakes_of(page.pk),
        "applications_closed": page.apply_by is not None and page.apply_by < timezone.localdate(),
        "contact": page.own_contact,
        "partner_names": organisations_of(page, "partners")["partners"],
    }


def stage_context(page: PathwayStagePage) -> dict[str, Any]:
    """The stage's place among the others, and its parts with their sessions' dates: three queries."""
    pathway = page.trail[-1] if page.trail else page.get_parent()
    stages = list(
        children(pathway, PathwayStagePage).only("pk", "path", "depth", "title", "slug", "url_path", "locale")
    )
    place = next((number for number, stage in enumerate(stages) if stage.pk == page.pk), 0)
    return {
        "pathway": pathway,
        "number_text": str(place + 1),
        "count_text": str(len(stages)),
        "before": stages[place - 1] if place > 0 else None,
        "after": stages[place + 1] if place + 1 < len(stages) else None,
        "parts": stage_parts(page),
    }


@dataclass
class StagePart:
    """One thing to do in a stage; `page` is the session or resource, if it is one, `dates` the session's."""

    kind: str
    value: Any
    page: Any = None
    dates: list[SessionDate] = field(default_factory=list)


def stage_parts(stage: PathwayStagePage) -> list[StagePart]:
    """The parts with their pages, fetched together; parts whose page is gone or not public are left out."""
    # From the raw stream: its pages are fetched here, all at once, and only those that are public.
    parts = [StagePart(kind=part["type"], value=part["value"]) for part in stage.parts.raw_data]
    sessions = {part.value["session"] for part in parts if part.kind == "session"}
    resources = {part.value["resource"] for part in parts if part.kind == "reading"}
    found: dict[int, Any] = {}
    if sessions:
        dated = Prefetch("dates", SessionDate.objects.order_by("start"), to_attr="dates_in_order")
        found.update(
            {page.pk: page for page in visible(SessionPage.objects.filter(pk__in=sessions)).prefetch_related(dated)}
        )
    if resources:
        found.update({page.pk: page for page in visible(ResourcePage.objects.filter(pk__in=resources))})
    shown = []
    for part in parts:
        chosen = part.value.get("session") or part.value.get("resource")
        if part.kind in ("session", "reading"):
            part.page = found.get(chosen)
            if part.page is None:
                continue
            part.dates = getattr(part.page, "dates_in_order", [])
        shown.append(part)
    return shown


def resource_context(page: ResourcePage) -> dict[str, Any]:
    """Files, and the library's contact for problems: two queries."""
    library = page.trail[-1] if page.trail else page.get_parent()
    contact = library.specific.own_contact
    draft = getattr(page, "_cluster_related_objects", None) or {}
    versions: Any = (
        page.versions.all()
        if "versions" in draft
        else ResourceVersion.objects.filter(page_id=page.pk or UNSAVED)
        .select_related("document")
        .order_by("sort_order")
    )
    return {"versions": list(versions), "contact": contact}


def exhibition_context(page: ExhibitionPage) -> dict[str, Any]:
    """The works that may be shown: two queries."""
    works = Artwork.objects.filter(exhibition_id=page.pk or UNSAVED).with_consent().select_related("image", "school")
    return {"works": list(works.prefetch_related("image__renditions"))}


def network_cards(*, most: int = 6) -> list[Card]:
    """Networks for the front door; one query."""
    found = visible(NetworkPage.objects.filter(depth=4)).select_related("image").defer("body").order_by("path")[:most]
    return [
        Card(
            title=page.title,
            url=page.url or "",
            summary=page.summary,
            kind=page.get_kind_display(),
            image=page.image,
            meta=[page.meets] if page.meets else [],
        )
        for page in found
    ]


def pathway_cards(*, most: int = 4) -> list[Card]:
    """Pathways for the front door; one query."""
    found = visible(PathwayPage.objects.all()).select_related("image", "host").defer("body").order_by("path")[:most]
    return [
        Card(
            title=page.title,
            url=page.url or "",
            summary=page.summary,
            kind="Pathway",
            image=page.image,
            meta=[page.host.name] if page.host else [],
        )
        for page in found
    ]


def sessions_that_depend_on(page: Page) -> int:
    """How many public dates lie ahead on a page and below it: asked before it is unpublished or deleted."""
    return (
        SessionDate.objects.filter(
            Q(page__path__startswith=page.path), page__live=True, end__gte=timezone.now(), cancelled=False
        )
        .distinct()
        .count()
    )


def free_for(organisation: Organisation, page: SessionPage) -> bool:
    """Whether staff of an organisation come for nothing: its own name or that of the trust or authority above it."""
    if not page.cost:
        return True
    chosen = set(page.free_for.values_list("pk", flat=True))
    seen: set[int] = set()
    row: Organisation | None = organisation
    while row is not None and row.pk not in seen:
        if row.pk in chosen:
            return True
        seen.add(row.pk)
        row = row.parent
    return False
