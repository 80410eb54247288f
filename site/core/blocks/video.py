"""A film on a video site, as a link: pages ask no other host for anything, so nobody is followed unasked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

# Hosts whose films editors may link to, with the name that readers know.
PROVIDERS = {
    "www.youtube.com": "YouTube",
    "youtube.com": "YouTube",
    "m.youtube.com": "YouTube",
    "youtu.be": "YouTube",
    "vimeo.com": "Vimeo",
    "player.vimeo.com": "Vimeo",
    "www.bbc.co.uk": "BBC",
}


class VideoValue(blocks.StructValue):
    """A film that knows where it is."""

    @property
    def provider(self) -> str:
        return PROVIDERS.get((urlsplit(self.get("url") or "").hostname or "").lower(), "")


class VideoBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=120, help_text="What the film shows.")
    url = blocks.URLBlock(label="Address", help_text="On YouTube, Vimeo or the BBC; begins with https://")
    length = blocks.CharBlock(max_length=40, required=False, help_text="For example “4 minutes, with subtitles”.")
    transcript = blocks.RichTextBlock(
        features=["bold", "italic", "ol", "ul"],
        required=False,
        help_text="What is said and shown, for people who cannot watch it now.",
    )

    class Meta:
        icon = "media"
        label = "Film"
        group = "Pictures and files"
        description = "A film on YouTube, Vimeo or the BBC: a link with its length, and a transcript."
        template = "blocks/video.html"
        value_class = VideoValue
        preview_value = {
            "title": "A morning in the clay room",
            "url": "https://vimeo.com/1",
            "length": "4 minutes, with subtitles",
            "transcript": "<p>Children press leaves into clay.</p>",
        }

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        where = urlsplit(cleaned["url"])
        if where.scheme != "https" or (where.hostname or "").lower() not in PROVIDERS:
            words = "Films may be on YouTube, Vimeo or the BBC, at an address that begins with https://"
            raise StructBlockValidationError(block_errors={"url": ValidationError(words)})
        return cleaned
