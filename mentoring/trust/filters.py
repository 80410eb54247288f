"""Choices of filters above lists in the admin: what whoever looks may see, and nothing else."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from mentoring.people.models import Organisation
from mentoring.programmes.models import Cohort

from . import access


def cohorts(request: HttpRequest | None) -> QuerySet[Cohort]:
    return access.cohorts_for(request.user) if request else Cohort.objects.none()


def organisations_in(pairs: QuerySet[Any]) -> QuerySet[Organisation]:
    """Where the two sides of these pairs or proposals work."""
    return Organisation.objects.filter(
        Q(pk__in=pairs.values("mentee__profile__organisation"))
        | Q(pk__in=pairs.values("mentor__profile__organisation"))
    )


def at_organisation(queryset: QuerySet[Any], name: str, value: Organisation) -> QuerySet[Any]:
    """A filter's method: pairs or proposals with a side that works there."""
    return queryset.filter(Q(mentee__profile__organisation=value) | Q(mentor__profile__organisation=value))
