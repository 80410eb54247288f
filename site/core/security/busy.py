"""A database that is busy is no fault of the person who waits: say so, and that nothing was lost."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

log = logging.getLogger(__name__)

RETRY_AFTER = "5"  # seconds
# PostgreSQL's conditions that pass by themselves: lock_not_available, deadlock_detected, serialization_failure.
PASSING = {"55P03", "40P01", "40001"}


def is_passing(error: BaseException) -> bool:
    """Whether a database error means "somebody else is at it": trying again will do."""
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) in PASSING:
        return True
    return isinstance(error, OperationalError) and "database is locked" in str(error)


class BusyDatabaseMiddleware:
    """Answers 503 "try again" when the database gave up waiting for a lock. The transaction was rolled back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        if not is_passing(exception):
            return None
        log.warning("The database was busy: %s %s: %s", request.method, request.path, exception)
        response = render(request, "503.html", {"method": request.method}, status=503)
        response.headers["Retry-After"] = RETRY_AFTER
        return response
