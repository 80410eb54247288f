"""Whom to write to: a role, never a person."""

from wagtail import blocks


class ContactBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80, default="Get in touch")
    text = blocks.TextBlock(max_length=300, required=False, rows=2)
    role = blocks.CharBlock(max_length=120, help_text="A role: “Convenor of the network”. No names.")
    email = blocks.EmailBlock(label="Address of the role", help_text="It stays right when the person changes.")

    class Meta:
        icon = "mail"
        label = "Contact"
        group = "Links"
        description = "Whom to write to, with the address of a role."
        template = "blocks/contact.html"
        preview_value = {
            "heading": "Get in touch",
            "text": "Write to join the list or to suggest a theme.",
            "role": "Convenor of the network",
            "email": "early-years-arts@example.org",
        }
