"""Cards that lead to other pages of the site."""

from __future__ import annotations

from wagtail import blocks

from .links import LinkBlock

TONES = [
    ("marigold", "Marigold"),
    ("tomato", "Tomato"),
    ("teal", "Teal"),
    ("lilac", "Lilac"),
    ("leaf", "Leaf"),
]
MOTIFS = [
    ("mugs", "Mugs"),
    ("pinboard", "Pinboard"),
    ("chairs", "Two chairs"),
    ("plant", "Plant"),
    ("steps", "Steps of books"),
    ("stage", "Stage"),
    ("palette", "Palette"),
    ("letters", "Letters"),
]


class CardBlock(blocks.StructBlock):
    """One card. Its words are the link's: the editor's own, or the title of the page or document."""

    link = LinkBlock()
    text = blocks.TextBlock(required=False, max_length=200, rows=2, help_text="One or two sentences.")
    motif = blocks.ChoiceBlock(choices=MOTIFS, required=False, label="Drawing")
    tone = blocks.ChoiceBlock(choices=TONES, default="teal", label="Colour")

    class Meta:
        icon = "doc-empty"
        label = "Card"


class CardsBlock(blocks.StructBlock):
    """A row of two to six cards."""

    heading = blocks.CharBlock(max_length=100)
    cards = blocks.ListBlock(CardBlock(), min_num=2, max_num=6)

    class Meta:
        icon = "grip"
        label = "Cards"
        group = "Links"
        description = "Two to six cards that lead on: to pages, documents or elsewhere."
        template = "blocks/cards.html"
        preview_value = {
            "heading": "Where to go next",
            "cards": [
                {
                    "link": {"label": "Early Years Arts and Music", "url": "https://example.org/1"},
                    "text": "A forum for everyone in an early years setting.",
                    "motif": "palette",
                    "tone": "teal",
                },
                {
                    "link": {"label": "Towards senior leadership", "url": "https://example.org/2"},
                    "text": "Sessions, a mentor and two days of shadowing.",
                    "motif": "steps",
                    "tone": "lilac",
                },
            ],
        }
