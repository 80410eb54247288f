"""For somebody who has lost phone and recovery codes: takes their second factor away. First make sure who is asking."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.accounts import services
from core.models import User


class Command(BaseCommand):
    help = "Takes all second factors away from one person, signs them out and tells them by mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address that the person signs in with")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"Nobody signs in as {email}.")
        count = services.reset_second_factor(user=user, actor=None)
        self.stdout.write(f"{count} taken away from {user}. They set up a new one when they next sign in.")
