"""Is the process alive (/healthz), and can it do its work (/readyz)?"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from wagtail.search.backends import get_search_backend

log = logging.getLogger(__name__)

OLDEST_MAIL = timedelta(minutes=30)


class NotReady(Exception):
    """Carries the sentence that the answer shows: no addresses, no secrets."""


def database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def migrations() -> None:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        raise NotReady(f"{len(waiting)} migrations are not applied")


def shared_cache() -> None:
    key, value = "readyz", secrets.token_hex(8)
    cache.set(key, value, 10)
    if cache.get(key) is None:
        raise NotReady("the cache forgets what it is given")


def search() -> None:
    backend = get_search_backend()
    client = getattr(backend, "es", None)  # the client of a search server; the database backend has none
    if client is not None and not client.ping():
        raise NotReady("the search server does not answer; search uses the database meanwhile")


def mail() -> None:
    """How long the oldest due mail has been waiting; the plugin keeps its outbox in its own table."""
    if not apps.is_installed("mentoring"):
        return
    try:
        outbox = apps.get_model("mentoring", "Outbox")
    except LookupError:
        return
    due = outbox._default_manager.filter(state="queued", due_at__lt=timezone.now() - OLDEST_MAIL).count()
    if due:
        raise NotReady(f"{due} mails have been due for more than half an hour: does the worker run?")


CHECKS: dict[str, Callable[[], None]] = {
    "database": database,
    "migrations": migrations,
    "cache": shared_cache,
    "search": search,
    "mail": mail,
}
# What the site can do without for a while: pages go on, so a load balancer must not take the site away.
OPTIONAL = frozenset({"cache", "search", "mail"})


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers. Touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when all needed parts work, else 503; says of each part "ok" or what is wrong, without addresses."""
    parts: dict[str, str] = {}
    for name, check in CHECKS.items():
        try:
            check()
            parts[name] = "ok"
        except NotReady as reason:
            parts[name] = str(reason)
        except Exception:  # whatever a driver raises means: it does not work
            log.exception("/readyz: %s does not work", name)
            parts[name] = "does not work; the log says why"
    failed = {name for name, state in parts.items() if state != "ok"}
    ready = not failed - OPTIONAL
    state = "ready" if not failed else "degraded" if ready else "not ready"
    return JsonResponse({"state": state, "parts": parts}, status=200 if ready else 503)
