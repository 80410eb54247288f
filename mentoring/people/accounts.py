"""The one door to the site's user model, whatever it is: found by address, made without a password."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models.functions import Lower

from .models import Profile

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def fold_email(address: str) -> str:
    """One spelling per person: `Ann@Example.org ` is `ann@example.org`."""
    return address.strip().casefold()


def email_of(user: Any) -> str:
    return str(getattr(user, user.get_email_field_name(), "") or "")


def by_email(addresses: Iterable[str]) -> dict[str, AbstractBaseUser]:
    """Users by folded address. Where two share one (a site that allows it), the older counts."""
    model: Any = get_user_model()
    field = model.get_email_field_name()
    wanted = {fold_email(address) for address in addresses if address}
    found: dict[str, AbstractBaseUser] = {}
    ordered = sorted(wanted)
    for start in range(0, len(ordered), 500):
        block = ordered[start : start + 500]
        # Lower() on both sides: addresses may have been stored with capitals by another part of the site.
        users = model._default_manager.alias(folded=Lower(field)).filter(folded__in=block).order_by("-pk")
        found.update({fold_email(email_of(user)): user for user in users})
    return found


def create(*, email: str, name: str) -> AbstractBaseUser:
    """A user who can sign in only after setting a password by the usual reset mail. No permission is given."""
    model: Any = get_user_model()
    fields: dict[str, Any] = {model.get_email_field_name(): fold_email(email)}
    username = model.USERNAME_FIELD
    if username not in fields:
        fields[username] = fold_email(email)[: model._meta.get_field(username).max_length]
    if any(f.name == "name" for f in model._meta.fields):
        fields["name"] = name
    user: AbstractBaseUser = model(**fields)
    user.set_unusable_password()
    user.save()
    return user


def profiles_by_email(addresses: Iterable[str]) -> dict[str, Profile]:
    users = by_email(addresses)
    profiles = {
        profile.user_id: profile
        for profile in Profile.objects.filter(user__in=users.values()).select_related("organisation", "role_level")
    }
    return {email: profiles[user.pk] for email, user in users.items() if user.pk in profiles}
