"""What kinds of page a search tells apart, and which page types are which."""

from __future__ import annotations

from django.contrib.contenttypes.models import ContentType
from django.db import models
from wagtail.models import Page, get_page_models


class Kind(models.TextChoices):
    """Kinds in the order in which they are offered. The values stand in addresses: they never change."""

    NETWORK = "network", "Network"
    SESSION = "session", "Session"
    PROGRAMME = "programme", "CPD programme"
    PATHWAY = "pathway", "Pathway"
    RESOURCE = "resource", "Resource"
    EXHIBITION = "exhibition", "Exhibition"
    NEWS = "news", "News"
    PAGE = "page", "Page"


PLURALS = {
    Kind.NETWORK: "Networks",
    Kind.SESSION: "Sessions",
    Kind.PROGRAMME: "CPD programmes",
    Kind.PATHWAY: "Pathways",
    Kind.RESOURCE: "Resources",
    Kind.EXHIBITION: "Exhibitions",
    Kind.NEWS: "News",
    Kind.PAGE: "Other pages",
}

#: Page type -> kind. A type that is not named here is a page like any other.
KIND_OF_TYPE: dict[str, Kind] = {
    "networks.networkpage": Kind.NETWORK,
    "networks.sessionpage": Kind.SESSION,
    "networks.programmepage": Kind.PROGRAMME,
    "networks.pathwaypage": Kind.PATHWAY,
    "networks.pathwaystagepage": Kind.PATHWAY,
    "networks.resourcepage": Kind.RESOURCE,
    "networks.exhibitionpage": Kind.EXHIBITION,
    "home.newspage": Kind.NEWS,
}


def kinds_by_content_type() -> dict[int, Kind]:
    """Content type number -> kind, for every page type. No query once the content types are cached."""
    types = ContentType.objects.get_for_models(*get_page_models(), for_concrete_models=False)
    return {found.pk: kind_of(model) for model, found in types.items()}


def kind_of(model: type[Page]) -> Kind:
    return KIND_OF_TYPE.get(model._meta.label_lower, Kind.PAGE)


def models_of(kind: Kind) -> list[type[Page]]:
    return [model for model in get_page_models() if kind_of(model) is kind]
