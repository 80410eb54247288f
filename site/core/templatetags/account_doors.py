"""What the log-in pages show in development, and what they offer anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template

from core.accounts import demo
from core.accounts.staff import is_staff

register = template.Library()


@register.simple_tag
def demo_logins() -> Sequence[demo.DemoLogin]:
    """Log-ins of the demo; empty unless developing."""
    return demo.demo_logins()


@register.simple_tag
def demo_code(user: Any = None) -> str:
    """The code of the demo's public authenticator, if this person has it; empty unless developing."""
    if not demo.is_on() or (user is not None and not demo.has_demo_totp(user)):
        return ""
    return demo.current_code()


@register.filter
def opens_admin(user: Any) -> bool:
    """May this person open the Wagtail admin?"""
    return is_staff(user)
