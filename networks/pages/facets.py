"""For whom and about what: rows of the one thesaurus, chosen on every page that can be filtered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index

from mentoring.people.models import TOPIC_GROUPS, Interest, InterestGroup

from .facets_read import Facets, Topic, read_facets

#: Name of a page's field -> the groups of the thesaurus it may hold.
FACET_FIELDS: dict[str, frozenset[InterestGroup]] = {
    "phases": frozenset({InterestGroup.PHASE}),
    "setting_kinds": frozenset({InterestGroup.SETTING}),
    "topics": TOPIC_GROUPS,
}


class GroupedChoices:
    """Choices of a topic field under the headings of their groups; one query each time they are shown."""

    def __init__(self, field: forms.ModelMultipleChoiceField) -> None:
        self.field = field

    def __iter__(self) -> Iterator[tuple[str, list[tuple[Any, str]]]]:
        groups: dict[str, list[tuple[Any, str]]] = {}
        for topic in (self.field.queryset or Interest.objects.none()).order_by("group", "label"):
            label = InterestGroup(topic.group).label
            groups.setdefault(str(label), []).append((self.field.prepare_value(topic), topic.label))
        yield from groups.items()


class GroupedCheckboxes(forms.CheckboxSelectMultiple):
    """Checkboxes in groups that fold away, so that a hundred topics stay readable."""

    template_name = "networks/admin/grouped_checkboxes.html"


class FacetPageForm(WagtailAdminPageForm):
    """Offers the topics in use today, and keeps retired ones that the page already has."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, groups in FACET_FIELDS.items():
            field = self.fields.get(name)
            if field is None:
                continue
            chosen = [topic.pk for topic in getattr(self.instance, name).all()]
            field.queryset = Interest.objects.filter(Q(group__in=groups) & (Q(active=True) | Q(pk__in=chosen)))
            if name == "topics":
                field.widget.choices = GroupedChoices(field)


class FacetsMixin(models.Model):
    """Phases, kinds of setting and topics of a page."""

    phases = ParentalManyToManyField(
        Interest,
        blank=True,
        related_name="+",
        limit_choices_to={"group": InterestGroup.PHASE},
        help_text="Whose pupils or children is it about? Leave empty for all.",
    )
    setting_kinds = ParentalManyToManyField(
        Interest,
        blank=True,
        related_name="+",
        limit_choices_to={"group": InterestGroup.SETTING},
        verbose_name="kinds of setting",
        help_text="Where do the people work that it is for? Leave empty for all.",
    )
    topics = ParentalManyToManyField(
        Interest,
        blank=True,
        related_name="+",
        limit_choices_to={"group__in": sorted(TOPIC_GROUPS)},
        help_text="What is it about? Two or three are enough: visitors filter and search by them.",
    )

    facet_search_fields = [
        index.RelatedFields("phases", [index.SearchField("label"), index.FilterField("slug")]),
        index.RelatedFields("setting_kinds", [index.SearchField("label"), index.FilterField("slug")]),
        index.RelatedFields("topics", [index.SearchField("label"), index.FilterField("slug")]),
    ]
    facet_panel = MultiFieldPanel(
        [
            FieldPanel("phases", widget=forms.CheckboxSelectMultiple),
            FieldPanel("setting_kinds", widget=forms.CheckboxSelectMultiple),
            FieldPanel("topics", widget=GroupedCheckboxes),
        ],
        "For whom and about what",
    )

    class Meta:
        abstract = True

    @property
    def list_url(self) -> str:
        """The index page that filters by these facets: the page right below the front door."""
        trail: list[Page] = self.trail  # type: ignore[attr-defined]  # of BasePage, which stands beside this mixin
        return (trail[1].url or "") if len(trail) > 1 else ""

    @cached_property
    def facets(self) -> Facets:
        """Phases, settings and topics in one query; from the draft itself while it is being previewed."""
        draft = getattr(self, "_cluster_related_objects", None) or {}
        if self.pk and not any(name in draft for name in FACET_FIELDS):
            return read_facets(type(self), [self.pk]).get(self.pk) or Facets()
        return Facets(
            **{
                name: [Topic(slug=row.slug, label=row.label, group=row.group) for row in getattr(self, name).all()]
                for name in FACET_FIELDS
            }
        )


def labels(topics: Iterable[Topic]) -> list[str]:
    """Labels for structured data, in the order given."""
    return [topic.label for topic in topics]
