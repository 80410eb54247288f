"""How settings read the environment: typed values, service addresses, and refusals in a plain sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

# Why these options: docs/adr/0002-database-settings.md. core.security.checks refuses to start without them.
SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
POSTGRESQL_OPTIONS: dict[str, Any] = {
    "options": "-c lock_timeout=3000 -c default_transaction_isolation=read\\ committed",
}
SEARCH_CLIENTS = {
    "elasticsearch7": "wagtail.search.backends.elasticsearch7",
    "elasticsearch8": "wagtail.search.backends.elasticsearch8",
    "elasticsearch9": "wagtail.search.backends.elasticsearch9",
    "opensearch2": "wagtail.search.backends.opensearch2",
    "opensearch3": "wagtail.search.backends.opensearch3",
}


class Environment(environ.Env):
    """django-environ without its `$NAME` indirection: a secret that happens to start with `$` is just a secret."""

    def get_value(
        self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, parse_default: bool = False
    ) -> Any:
        raw = self.ENVIRON.get(var)
        if raw is not None and raw.startswith("$"):
            return self.parse_value(raw, cast) if cast else raw
        return super().get_value(var, cast=cast, default=default, parse_default=parse_default)


def database(url: str) -> dict[str, Any]:
    """Django's settings for one database address, with the options that keep concurrent work safe."""
    found: dict[str, Any] = environ.Env.db_url_config(url)
    if found["ENGINE"] == "django.db.backends.sqlite3":
        found["OPTIONS"] = {**SQLITE_OPTIONS, **found.get("OPTIONS", {})}
    elif found["ENGINE"] == "django.db.backends.postgresql":
        found["OPTIONS"] = {**POSTGRESQL_OPTIONS, **found.get("OPTIONS", {})}
        found["CONN_MAX_AGE"] = 60
        found["CONN_HEALTH_CHECKS"] = True
    return found


def cache(redis_url: str) -> dict[str, Any]:
    """Redis when an address is given, this process's memory otherwise; the doors' limits lie in neither."""
    if not redis_url:
        return {"BACKEND": "core.accounts.doors.LocalCache"}
    return {
        "BACKEND": "core.accounts.doors.SharedCache",
        "LOCATION": redis_url,
        "KEY_PREFIX": "common-room",
        # A dead Redis must cost a moment, not a worker: pages go on without it.
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }


@dataclass(frozen=True)
class Mail:
    """Where mail goes, as Django's EMAIL_* settings."""

    backend: str
    host: str
    port: int
    user: str
    password: str
    use_tls: bool
    use_ssl: bool


MAIL_SCHEMES = {
    # scheme: backend, port unless given, STARTTLS, TLS from the first byte
    "smtp": ("smtp", 25, False, False),
    "smtp+tls": ("smtp", 587, True, False),
    "smtps": ("smtp", 465, False, True),
    "consolemail": ("console", 0, False, False),
    "memorymail": ("locmem", 0, False, False),
    "dummymail": ("dummy", 0, False, False),
}


def mail(url: str) -> Mail:
    """Reads an address such as `smtp+tls://user:password@mail.example.org:587`.

    Raises ImproperlyConfigured for a scheme that is not known, or a server without a name.
    """
    parts = urlsplit(url)
    if parts.scheme not in MAIL_SCHEMES:
        raise ImproperlyConfigured(f"EMAIL_URL must start with one of: {', '.join(f'{s}://' for s in MAIL_SCHEMES)}.")
    backend, port, use_tls, use_ssl = MAIL_SCHEMES[parts.scheme]
    if backend == "smtp" and not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL names no mail server.")
    return Mail(
        backend=f"django.core.mail.backends.{backend}.EmailBackend",
        host=parts.hostname or "",
        port=parts.port or port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=use_tls,
        use_ssl=use_ssl,
    )


def search(url: str) -> dict[str, dict[str, Any]]:
    """Wagtail's search backends: the database, or a search server such as `opensearch3+https://host:9200/index`.

    The client package of the server (`elasticsearch` or `opensearch-py`, of the same major version) is not among the
    requirements: install it beside them. Raises ImproperlyConfigured for a scheme that is not known.
    """
    # "simple": words as they stand. The search asks for their other forms by name, so that PostgreSQL and SQLite (which
    # does not stem) find the same pages.
    local: dict[str, Any] = {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "simple"}
    if not url:
        return {"default": local}
    parts = urlsplit(url)
    client, _, transport = parts.scheme.partition("+")
    if client not in SEARCH_CLIENTS or transport not in {"", "http", "https"}:
        known = ", ".join(SEARCH_CLIENTS)
        raise ImproperlyConfigured(f"SEARCH_URL must look like CLIENT+https://host:9200/index, CLIENT one of: {known}.")
    server = parts._replace(scheme=transport or "https", path="", query="", fragment="").geturl()
    return {
        "default": {
            "BACKEND": SEARCH_CLIENTS[client],
            "URLS": [server],
            "INDEX_PREFIX": f"{parts.path.strip('/') or 'common-room'}_",
            "TIMEOUT": 5,
        },
        # What answers while the search server does not.
        "database": local,
    }


def object_storage(url: str, *, access_key: str, secret_key: str) -> dict[str, dict[str, Any]]:
    """Public and private file storage on an S3-compatible service.

    `s3://public-bucket?private=private-bucket&region=eu-west-2&endpoint=https://…&domain=media.example.org`. The two
    buckets must differ: private files then cannot be made readable by a rule that was meant for pictures.
    Raises ImproperlyConfigured when the address cannot be used.
    """
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    public, private = parts.netloc, options.pop("private", "")
    unknown = set(options) - {"region", "endpoint", "domain", "prefix"}
    if parts.scheme != "s3" or not public or not private or unknown:
        raise ImproperlyConfigured(
            "STORAGE_URL must look like s3://PUBLIC-BUCKET?private=PRIVATE-BUCKET, with region, endpoint, domain and "
            "prefix if needed."
        )
    if public == private:
        raise ImproperlyConfigured("STORAGE_URL names one bucket for public and private files. It needs two.")
    shared: dict[str, Any] = {
        "access_key": access_key or None,
        "secret_key": secret_key or None,
        "region_name": options.get("region"),
        "endpoint_url": options.get("endpoint"),
        "location": unquote(options.get("prefix", "")),
        "default_acl": None,
        "file_overwrite": False,
        "signature_version": "s3v4",
    }
    backend = "storages.backends.s3.S3Storage"
    return {
        "default": {
            "BACKEND": backend,
            "OPTIONS": {
                **shared,
                "bucket_name": public,
                "custom_domain": options.get("domain"),
                "querystring_auth": False,
            },
        },
        "private": {
            "BACKEND": "core.files.storage.PrivateObjectStorage",
            "OPTIONS": {**shared, "bucket_name": private, "querystring_auth": True},
        },
    }


def picture_origins(url: str) -> list[str]:
    """Where browsers fetch public pictures from when STORAGE_URL is in use, as origins for the content policy."""
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if options.get("domain"):
        return [f"https://{options['domain']}"]
    if options.get("endpoint"):
        endpoint = urlsplit(options["endpoint"])
        return [f"{endpoint.scheme}://{endpoint.netloc}"]
    region = f".{options['region']}" if options.get("region") else ""
    return [f"https://{parts.netloc}.s3{region}.amazonaws.com", f"https://{parts.netloc}.s3.amazonaws.com"]
