"""When may an account at Microsoft or Google open one of ours? docs/adr/0011-linking-by-openid-connect.md.

A provider's own id (`sub`) is safe to trust once it is linked. An e-mail address is not: the administrators of any
Entra tenant can write any address into their users' `email` claim. So an address counts only when the provider vouches
that it is proved, by a claim that the tenant cannot write.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Tenants of Microsoft that stand for "any tenant whatever".
ANY_TENANT = frozenset({"", "common", "organizations", "consumers"})


def claims(extra_data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The claims of the ID token, which is signed or came straight from the provider; else of the user-info answer."""
    for source in ("id_token", "userinfo"):
        found = extra_data.get(source)
        if isinstance(found, Mapping):
            return found
    return {}


def said(value: Any) -> bool:
    """A claim that says yes. Providers write true, "true" or 1; the string "false" is not yes."""
    return value is True or value in (1, "1") or (isinstance(value, str) and value.lower() == "true")


def proved_address(provider_id: str, extra_data: Mapping[str, Any]) -> str:
    """The address that the provider vouches for, lower-cased; empty when it does not.

    * Google: `email_verified`, and Google must be the authority for the mailbox: an address of gmail.com, or of a
      Workspace domain (`hd`). For other addresses Google only knows that they were proved once, perhaps long ago.
    * Microsoft: `xms_edov` (an optional claim that the app registration must ask for): the domain of the address is
      verified by the tenant that owns it. Entra sends no `email_verified`.
    * Any other provider: nothing is believed.
    """
    found = claims(extra_data)
    email = str(found.get("email") or "").strip().lower()
    domain = email.rpartition("@")[2]
    if not email or not domain:
        return ""
    if provider_id == "google":
        authority = domain in {"gmail.com", "googlemail.com"} or domain == str(found.get("hd") or "").lower()
        return email if said(found.get("email_verified")) and authority else ""
    if provider_id == "microsoft":
        return email if said(found.get("xms_edov")) else ""
    return ""
