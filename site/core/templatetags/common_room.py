"""Template tags of the site: what surrounds a page, and small helpers for components."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.template.context import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from core.design.chrome import Chrome, Crumb
from core.pages.models import BasePage

register = template.Library()

# What would end the block or start markup within it; as JSON escapes they mean the same.
JSON_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


@register.simple_tag(takes_context=True)
def chrome(context: Context) -> Chrome:
    """`{% chrome as chrome %}`: header, footer and breadcrumbs' data for this request and page."""
    page = context.get("page")
    return Chrome(request=context.get("request"), page=page if hasattr(page, "get_ancestors") else None)


@register.filter
def as_crumbs(value: Any) -> list[Crumb]:
    """Breadcrumbs from what a view gives: `Crumb`s, or pairs of title and address."""
    return [crumb if isinstance(crumb, Crumb) else Crumb(*crumb) for crumb in value or []]


@register.simple_tag
def json_ld(data: Any) -> SafeString:
    """A data block for search engines. `data` is a dict (or a list of dicts) that JSON can hold."""
    text = json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False).translate(JSON_ESCAPES)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 - escaped above


@register.filter
def clock_time(value: dt.datetime | dt.time | None) -> str:
    """A time as people write it: 4pm, 4.30pm, midday, midnight. Datetimes are shown in the site's time zone."""
    if value is None or value == "":
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    if value.minute == 0 and value.hour in (0, 12):
        return "midday" if value.hour else "midnight"
    minutes = f".{value.minute:02}" if value.minute else ""
    return f"{value.hour % 12 or 12}{minutes}{'am' if value.hour < 12 else 'pm'}"


@register.simple_tag(takes_context=True)
def structured_data(context: Context) -> SafeString:
    """What the page tells search engines about itself, one script element for each description."""
    page, request = context.get("page"), context.get("request")
    if not isinstance(page, BasePage) or request is None:
        return mark_safe("")
    return mark_safe("".join(json_ld(data) for data in page.structured_data(request)))  # noqa: S308 - escaped by json_ld


@register.filter
def first_option_id(bound_field: Any) -> str:
    """The id that an error's link leads to: the input, or the first of several radios or checkboxes."""
    found = bound_field.id_for_label
    if found:
        return found
    options = list(bound_field.subwidgets) if bound_field.use_fieldset else []
    if len(options) > 1 or (options and options[0].id_for_label):
        return options[0].id_for_label or bound_field.auto_id
    return bound_field.auto_id


@register.filter
def widget_kind(bound_field: Any) -> str:
    """A class name for the field's layout: text, textarea, select, radios, checkboxes, checkbox, file, date ..."""
    widget = bound_field.field.widget
    name = type(widget).__name__
    kinds = {
        "CheckboxInput": "checkbox",
        "CheckboxSelectMultiple": "checkboxes",
        "RadioSelect": "radios",
        "Textarea": "textarea",
        "Select": "select",
        "SelectMultiple": "select",
        "NullBooleanSelect": "select",
        "FileInput": "file",
        "ClearableFileInput": "file",
        "SelectDateWidget": "date-parts",
        "SplitDateTimeWidget": "date-parts",
    }
    for base in type(widget).__mro__:
        if base.__name__ in kinds:
            return kinds[base.__name__]
    return getattr(widget, "input_type", None) or name.lower()
