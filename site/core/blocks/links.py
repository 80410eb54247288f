"""Links that editors set: to a page of the site, to a document, or to an address elsewhere."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock


class LinkValue(blocks.StructValue):
    """A link that knows its address and its words."""

    @property
    def href(self) -> str:
        """The address, or an empty string when the chosen page or document is gone or not public yet."""
        page = self.get("page")
        if page is not None:
            return (page.url or "") if page.live else ""
        document = self.get("document")
        if document is not None:
            return document.url
        return self.get("url") or ""

    @property
    def text(self) -> str:
        """The words: what the editor wrote, otherwise the title of the page or document."""
        target = self.get("page") or self.get("document")
        return self.get("label") or (target.title if target is not None else "") or self.get("url") or ""


class LinkBlock(blocks.StructBlock):
    """One link. Exactly one target; words are needed only for an address elsewhere."""

    label = blocks.CharBlock(
        required=False, max_length=80, help_text="Say where it leads. Empty: the title of the page or document."
    )
    page = blocks.PageChooserBlock(required=False)
    document = DocumentChooserBlock(required=False)
    url = blocks.URLBlock(required=False, label="Address elsewhere", help_text="Begins with https://")

    class Meta:
        icon = "link"
        label = "Link"
        description = "A link to a page, a document or another site."
        group = "Links"
        value_class = LinkValue
        form_classname = "struct-block link-block"
        preview_value = {"label": "See all sessions", "url": "https://example.org/sessions/"}

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        targets = [name for name in ("page", "document", "url") if cleaned.get(name)]
        if len(targets) != 1:
            words = "Choose one target: a page, a document or an address elsewhere."
            raise StructBlockValidationError(
                block_errors={name: ValidationError(words) for name in targets or ["page"]}
            )
        if targets == ["url"] and not cleaned.get("label"):
            words = "Write what the link says: an address is not readable."
            raise StructBlockValidationError(block_errors={"label": ValidationError(words)})
        return cleaned


class LinkGroupBlock(blocks.StructBlock):
    """A titled list of links, as in the footer."""

    title = blocks.CharBlock(max_length=40)
    links = blocks.ListBlock(LinkBlock(), min_num=1, max_num=8)

    class Meta:
        icon = "list-ul"
        label = "Group of links"
        description = "A column of links with a heading."
