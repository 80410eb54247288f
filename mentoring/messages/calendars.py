"""iCalendar objects as mail carries them."""

from __future__ import annotations

import re

from icalendar import Calendar

from mentoring import conf

_METHOD = re.compile(r"^METHOD:([A-Z]+)\s*$", re.MULTILINE)


def method_of(calendar: str) -> str:
    """What the object asks a mail program to do: REQUEST, CANCEL, PUBLISH.

    Raises:
        ValueError: it is no iCalendar object, or names no METHOD; mail programs would show a file without a meaning.
    """
    found = _METHOD.search(calendar)
    if not calendar.startswith("BEGIN:VCALENDAR") or found is None:
        raise ValueError("A calendar object begins with BEGIN:VCALENDAR and names its METHOD.")
    return found[1]


def with_crlf(calendar: str) -> str:
    """The object with the line ends that RFC 5545 asks for, however it was stored."""
    return "\r\n".join(calendar.splitlines()) + "\r\n"


def host() -> str:
    """The part after the @ of identities: the site's own name."""
    return conf.base_url().partition("://")[2].partition("/")[0].partition(":")[0] or "mentoring.invalid"


def new_calendar(method: str, *, about: str) -> Calendar:
    """An empty object with what RFC 5545 and RFC 5546 ask for."""
    calendar = Calendar()
    calendar.add("prodid", f"-//wagtail-mentoring//{about}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    return calendar
