"""Descriptions of sessions for search engines."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from core.pages import structured

from .session import SessionFormat, SessionPage

MODES = {
    SessionFormat.IN_PERSON: "OfflineEventAttendanceMode",
    SessionFormat.ONLINE: "OnlineEventAttendanceMode",
    SessionFormat.HYBRID: "MixedEventAttendanceMode",
}


def events(page: SessionPage, request: HttpRequest) -> list[dict[str, Any]]:
    """One schema.org event for each date that lies ahead. The meeting's link is private: the page stands for it."""
    url = page.get_full_url(request) or ""
    offered_by = page.trail[-1] if page.trail else None
    described = []
    for row in page.upcoming:
        event: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "EducationEvent",
            "name": page.title,
            "description": page.meta_description,
            "url": url,
            "startDate": timezone.localtime(row.start).isoformat(),
            "endDate": timezone.localtime(row.end).isoformat(),
            "eventAttendanceMode": f"https://schema.org/{MODES[SessionFormat(page.format)]}",
            "eventStatus": f"https://schema.org/{'EventCancelled' if row.cancelled else 'EventScheduled'}",
            "location": location(page, url),
            "offers": {"@type": "Offer", "price": f"{page.cost:.2f}", "priceCurrency": "GBP", "url": url},
        }
        if page.cost == 0:
            event["isAccessibleForFree"] = True
        if page.capacity:
            event["maximumAttendeeCapacity"] = page.capacity
        if offered_by is not None:
            event["organizer"] = structured.organisation(offered_by.title, offered_by.get_full_url(request) or "")
        described.append(event)
    return described


def location(page: SessionPage, url: str) -> Any:
    """A place, a virtual one, or both."""
    virtual = {"@type": "VirtualLocation", "url": url}
    if not page.at_a_place:
        return virtual
    place = {
        "@type": "Place",
        "name": page.place_name or "Place to follow",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": page.address,
            "postalCode": page.postcode,
            "addressCountry": "GB",
        },
    }
    return [place, virtual] if page.format == SessionFormat.HYBRID else place
