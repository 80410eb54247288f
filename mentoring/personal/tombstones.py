"""So that a restored backup does not bring back who was erased: a keyed hash of the address, and the row’s number."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from mentoring import conf
from mentoring.people.accounts import email_of, fold_email
from mentoring.people.models import Profile
from mentoring.trust.seal_models import Tombstone


def hashes_of(email: str) -> list[str]:
    """Under each of the site's keys, the present one first."""
    text = b"tombstone:" + fold_email(email).encode()
    return [hmac.new(key.encode(), text, hashlib.sha256).hexdigest() for key in conf.encryption_keys()]


def put(*, email: str, profile_id: int | None) -> Tombstone:
    """Marks the person as erased. After the commit a line goes into MENTORING_TOMBSTONES, outside the database."""
    row, _ = Tombstone.objects.get_or_create(
        email_hash=hashes_of(email)[0], profile_id=profile_id, defaults={"erased_at": timezone.now()}
    )
    transaction.on_commit(lambda: _note(row), robust=True)
    return row


def _note(row: Tombstone) -> None:
    path = conf.tombstones()
    if path:
        line = {"email_hash": row.email_hash, "profile_id": row.profile_id, "erased_at": row.erased_at.isoformat()}
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def read(path: str) -> int:
    """Brings tombstones of a file, written since the backup was made, into the database; says how many are new."""
    new = 0
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if line.strip():
            given = json.loads(line)
            _, made = Tombstone.objects.get_or_create(
                email_hash=given["email_hash"],
                profile_id=given["profile_id"],
                defaults={"erased_at": given["erased_at"]},
            )
            new += made
    return new


def risen() -> Iterator[Any]:
    """Users who were erased and are here again out of a backup. Whoever registered anew afterwards is left alone."""
    marks = {row.email_hash: row for row in Tombstone.objects.order_by("erased_at")}
    if not marks:
        return
    for user in get_user_model()._default_manager.iterator():
        found = next((marks[digest] for digest in hashes_of(email_of(user)) if digest in marks), None)
        if found is not None and _is_the_same(user, found):
            yield user


def _is_the_same(user: Any, mark: Tombstone) -> bool:
    profile = Profile.objects.filter(user_id=user.pk).first()
    if mark.profile_id is not None and profile is not None:
        return profile.pk == mark.profile_id
    joined = getattr(user, "date_joined", None)
    return joined is None or joined < mark.erased_at
