"""A person who can sign in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone


class UserManager(BaseUserManager["User"]):
    """Makes and finds users by e-mail, whatever its capitals."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user with a lower-cased address; without a password nobody can sign in until it is reset."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A superuser whose address counts as proved: whoever runs `createsuperuser` holds the server anyway."""
        from allauth.account.models import EmailAddress  # allauth's models load after this one

        user = self.create_user(email, password, is_superuser=True, **fields)
        EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=True)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Signs in by e-mail. One name field: names are not split into first and last."""

    email = models.EmailField(
        "e-mail address", unique=True, error_messages={"unique": "Somebody already uses this address."}
    )
    name = models.CharField(max_length=300, help_text="As you would like colleagues to see it.")
    is_active = models.BooleanField("active", default=True, help_text="Untick instead of deleting a person.")
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="core_user_email_once",
                violation_error_message="Somebody already uses this address.",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = self.email.strip().lower()

    @property
    def is_staff(self) -> bool:
        """Django's own admin is not mounted; Wagtail asks for a permission instead."""
        return self.is_superuser

    @property
    def first_name(self) -> str:
        """What Wagtail writes beside the menu; without it, it writes the e-mail address."""
        return self.name

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class DoorMark(models.Model):
    """One count, lock or used code at a door (core.accounts.doors). Keys are hashes: nobody can be read from them."""

    key = models.CharField(max_length=64, primary_key=True)
    value = models.TextField(help_text="JSON.")
    expires = models.FloatField(db_index=True, help_text="Seconds since 1970.")

    def __str__(self) -> str:
        return self.key[:8]
