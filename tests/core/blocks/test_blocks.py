"""Blocks that any page may use: described, previewed, careful with what editors type."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from wagtail.blocks import Block
from wagtail.blocks.struct_block import StructBlockValidationError

from core.blocks.links import LinkBlock
from core.blocks.shared import SharedBlocks
from core.blocks.video import VideoBlock

BLOCKS = list(SharedBlocks().child_blocks.values())


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
def test_block__in_the_picker__is_described_grouped_and_previewable(block: Block) -> None:
    assert block.get_description()
    assert block.meta.group
    assert block.meta.icon
    assert block.is_previewable


@pytest.mark.django_db
@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
def test_block__preview_value__renders_without_inline_style(block: Block) -> None:
    html = block.render(block.get_preview_value())

    assert BeautifulSoup(html, "html.parser").get_text(strip=True)
    assert "style=" not in html
    assert "<script" not in html


@pytest.mark.parametrize(
    "url",
    [
        "http://vimeo.com/1",
        "https://evil.example/vimeo.com",
        "https://vimeo.com.evil.example/1",
        "https://user@evil.example/",
    ],
)
def test_video__address_elsewhere__is_refused_beside_the_field(url: str) -> None:
    block = VideoBlock()
    value = block.to_python({"title": "A film", "url": url})

    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(value)
    assert "url" in refused.value.block_errors


def test_video__known_host__says_where_it_is_and_loads_nothing() -> None:
    block = VideoBlock()
    value = block.clean(block.to_python({"title": "A film", "url": "https://www.youtube.com/watch?v=1"}))
    html = block.render(value)

    assert "Watch on YouTube" in html
    assert "iframe" not in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "field"),
    [({}, "page"), ({"url": "https://example.org/"}, "label")],
)
def test_link__without_target_or_words__is_refused_beside_the_field(given: dict[str, str], field: str) -> None:
    block = LinkBlock()
    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(block.to_python(given))
    assert field in refused.value.block_errors


@pytest.mark.django_db
@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
def test_block_preview__in_the_editors_picker__wears_the_sites_clothes(block: Block) -> None:
    html = render_to_string(
        block.get_preview_template(block.get_preview_value()), block.get_preview_context(block.get_preview_value())
    )
    assert "css/common-room.css" in html
    assert "wrap section" in html
