"""The last look before the web server answers anybody."""

from __future__ import annotations

from django.core.checks import ERROR, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections


def refuse_unsafe_start() -> None:
    """Raises ImproperlyConfigured when a system check finds an error, on the live database connection too."""
    errors = [message for message in run_checks(databases=list(connections)) if message.is_serious(ERROR)]
    connections.close_all()  # opened before the workers fork: theirs must be their own
    if errors:
        raise ImproperlyConfigured(
            "This site refuses to start:\n" + "\n".join(f"  * {error.msg} ({error.id})" for error in errors)
        )
