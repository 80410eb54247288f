"""Blocks that any page of the site may use. A page's own stream adds to them by inheriting."""

from wagtail import blocks

from .cards import CardsBlock
from .contact import ContactBlock
from .figures import FiguresBlock
from .video import VideoBlock


class SharedBlocks(blocks.StreamBlock):
    """Cards, figures, a film, a contact."""

    cards = CardsBlock()
    figures = FiguresBlock()
    video = VideoBlock()
    contact = ContactBlock()
