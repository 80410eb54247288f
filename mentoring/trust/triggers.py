"""The database itself refuses to change the audit trail: an error in our code cannot rewrite it either."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

#: The trail, and the seals over it.
TABLE = "mentoring_auditevent"
SEALS = "mentoring_auditseal"
REFUSAL = "audit rows are only ever added"


def _statements(table: str) -> dict[str, dict[str, list[str]]]:
    return {
        "sqlite": {
            "install": [
                f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
                for verb in ("UPDATE", "DELETE")
            ],
            "remove": [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for verb in ("update", "delete")],
        },
        "postgresql": {
            "install": [
                f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
                f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}",
                f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_refuse()",
                f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
            ],
            "remove": [
                f"DROP TRIGGER IF EXISTS {table}_no_change ON {table}",
                f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}",
                f"DROP FUNCTION IF EXISTS {table}_refuse()",
            ],
        },
    }


def _run(connection: BaseDatabaseWrapper, what: str, table: str) -> None:
    with connection.cursor() as cursor:
        for statement in _statements(table).get(connection.vendor, {}).get(what, []):
            cursor.execute(statement)


def install(connection: BaseDatabaseWrapper, table: str = TABLE) -> None:
    """Forbids update and delete (and truncate, where the database has it). Safe to repeat."""
    _run(connection, "install", table)


def remove(connection: BaseDatabaseWrapper, table: str = TABLE) -> None:
    """Takes the refusal away: for migrating back, and for test suites that empty every table."""
    _run(connection, "remove", table)
