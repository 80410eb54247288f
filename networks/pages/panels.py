"""The tabs of an editing form, the same on every page type."""

from __future__ import annotations

from typing import Any

from wagtail.admin.panels import ObjectList, Panel, TabbedInterface
from wagtail.models import Page


def tabs(
    content: list[Panel],
    details: list[Panel] | None = None,
    *,
    promote: list[Panel],
    afterwards: list[Panel] | None = None,
    **kwargs: Any,
) -> TabbedInterface:
    """Content, details, (afterwards,) promote, settings: in the order in which an editor meets them."""
    found = [ObjectList(content, heading="Content")]
    if details:
        found.append(ObjectList(details, heading="Details"))
    if afterwards:
        found.append(ObjectList(afterwards, heading="Afterwards"))
    found.append(ObjectList(promote, heading="Promote"))
    found.append(ObjectList(Page.settings_panels, heading="Settings"))
    return TabbedInterface(found, **kwargs)
