"""A new key: everything is written again, and the old key can go."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from mentoring.errors import MentoringError
from mentoring.models import Profile
from tests.mentoring import scenes

pytestmark = pytest.mark.django_db


def test_rotate_encryption__then_the_old_key_goes__all_is_readable(settings: Any) -> None:
    settings.MENTORING_ENCRYPTION_KEYS = ["old"]
    pk = scenes.person(adjustments="A quiet room.").pk
    settings.MENTORING_ENCRYPTION_KEYS = ["new"]
    with pytest.raises(MentoringError):
        Profile.objects.get(pk=pk)
    settings.MENTORING_ENCRYPTION_KEYS = ["new", "old"]
    call_command("rotate_encryption", stdout=StringIO())
    settings.MENTORING_ENCRYPTION_KEYS = ["new"]
    assert Profile.objects.get(pk=pk).adjustments == "A quiet room."
