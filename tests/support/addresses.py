"""Every address of the site: what the resolver knows, page types, and the routes inside pages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern
from django.utils.regex_helper import normalize
from wagtail.models import Page, get_page_models

PARAMETER = re.compile(r"<(?:(?P<kind>[^>:]+):)?(?P<name>[^>]+)>")
# What fills a parameter that a row of the matrix says nothing about, by its converter.
BY_KIND = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000", "slug": "x", "path": "x", None: "1", "str": "1"}


@dataclass(frozen=True)
class Address:
    """`route` names it in the matrix: as the resolver writes it, or `page:app.Model` with a route inside the page."""

    route: str
    parts: tuple[URLPattern | URLResolver, ...] = ()

    def path(self, values: Mapping[str, object]) -> str:
        """A path to ask for; parameters without a value get a harmless one of their kind."""
        return "/" + "".join(_fill(part, values) for part in self.parts)


def _fill(part: URLPattern | URLResolver, values: Mapping[str, object]) -> str:
    if isinstance(part.pattern, RegexPattern):
        template, names = normalize(str(part.pattern))[0]
        return template % {name: values.get(name, "1") for name in names}

    def value(found: re.Match[str]) -> str:
        return str(values.get(found["name"], BY_KIND.get(found["kind"], "1")))

    return PARAMETER.sub(value, str(part.pattern))


def resolver_addresses() -> list[Address]:
    """All patterns of the root resolver, Wagtail's own admin included."""

    def walk(resolver: URLResolver, above: tuple[URLPattern | URLResolver, ...]) -> Iterator[Address]:
        for pattern in resolver.url_patterns:
            parts = (*above, pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, parts)
            else:
                yield Address("".join(str(part.pattern) for part in parts), parts)

    return list(walk(get_resolver(), ()))


def page_types() -> list[type[Page]]:
    return [model for model in get_page_models() if model is not Page]


def page_addresses() -> list[Address]:
    """Each page type, and each route inside it other than the page itself (feeds, calendars, archives)."""
    found = []
    for model in page_types():
        name = f"page:{model._meta.label}"
        found.append(Address(name))
        inside = model.get_subpage_urls() if hasattr(model, "get_subpage_urls") else []
        found += [Address(f"{name}/{p.pattern}", (p,)) for p in inside if str(p.pattern) not in {"", "^$"}]
    return found
