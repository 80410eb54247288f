"""Whom to write to: an address that belongs to a role, and stays when the person moves on."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from wagtail.admin.panels import FieldPanel, MultiFieldPanel


@dataclass(frozen=True)
class Contact:
    """A role with its address, as shown to visitors."""

    role: str
    email: str


class ContactMixin(models.Model):
    """One role and its address."""

    contact_role = models.CharField(
        "role",
        max_length=120,
        blank=True,
        help_text="The role, not a name: “Network convenor”, “Head of creative learning”.",
    )
    contact_email = models.EmailField(
        "address of the role",
        blank=True,
        help_text="An address that outlives a change of staff, such as arts@school.example.org.",
    )

    contact_panel = MultiFieldPanel(
        [FieldPanel("contact_role"), FieldPanel("contact_email")],
        "Contact",
        help_text="Leave empty to show the contact of the page above.",
    )

    class Meta:
        abstract = True

    @property
    def own_contact(self) -> Contact | None:
        """The contact written on this page, if there is one."""
        if not self.contact_email:
            return None
        return Contact(role=self.contact_role or "Contact", email=self.contact_email)
