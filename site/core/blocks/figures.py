"""Figures that matter, large."""

from wagtail import blocks


class FigureBlock(blocks.StructBlock):
    value = blocks.CharBlock(max_length=20, help_text="Short: “67 %”, “£517”, “4”.")
    label = blocks.CharBlock(max_length=120, help_text="What it counts, so that it can be read on its own.")
    source = blocks.CharBlock(max_length=120, required=False, help_text="Where it comes from, with the year.")

    class Meta:
        icon = "order"
        label = "Figure"


class FiguresBlock(blocks.StructBlock):
    """Two to four figures side by side."""

    figures = blocks.ListBlock(FigureBlock(), min_num=2, max_num=4)

    class Meta:
        icon = "order"
        label = "Figures"
        group = "Words"
        description = "Two to four numbers worth remembering, each with what it counts."
        template = "blocks/figures.html"
        preview_value = {
            "figures": [
                {"value": "4", "label": "networks that anybody in the borough can join", "source": ""},
                {"value": "67 %", "label": "of teachers name time as the barrier", "source": "National survey"},
            ]
        }
