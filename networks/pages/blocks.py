"""What the body of a page is made of. Each block says what it is for and shows what it will look like."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

from core.blocks.shared import SharedBlocks
from mentoring.blocks import ApplyBlock, InvolvesBlock, MentorsWantedBlock

TEXT_FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"]
SHORT_FEATURES = ["bold", "italic", "link", "ol", "ul"]
PREVIEW = "networks/blocks/preview.html"


class TextBlock(blocks.RichTextBlock):
    class Meta:
        icon = "pilcrow"
        label = "Text"
        group = "Words"
        description = "Paragraphs, headings, lists and links."
        template = "networks/blocks/text.html"
        preview_template = PREVIEW
        preview_value = (
            "<h2>What happens at a meeting</h2><p>We try one activity, talk about how it went, and swap what works.</p>"
        )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(features=TEXT_FEATURES, **{k: v for k, v in kwargs.items() if k != "features"})


class QuoteBlock(blocks.StructBlock):
    quote = blocks.TextBlock(max_length=400, help_text="Without quotation marks: the page adds them.")
    role = blocks.CharBlock(
        max_length=120, required=False, label="Who said it", help_text="A role: “Reception teacher, Tower Hamlets”."
    )

    class Meta:
        icon = "openquote"
        label = "Quote"
        group = "Words"
        description = "A sentence that somebody said, with their role."
        template = "networks/blocks/quote.html"
        preview_template = PREVIEW
        preview_value = {
            "quote": "I left with three ideas and used the first one the next morning.",
            "role": "Nursery practitioner",
        }


class CalloutBlock(blocks.StructBlock):
    tone = blocks.ChoiceBlock(
        choices=[("note", "Good to know"), ("important", "Important")],
        default="note",
        help_text="Use “important” rarely.",
    )
    heading = blocks.CharBlock(max_length=100)
    text = blocks.RichTextBlock(features=SHORT_FEATURES)

    class Meta:
        icon = "info-circle"
        label = "Callout"
        group = "Words"
        description = "A box for the one thing that must not be overlooked."
        template = "networks/blocks/callout.html"
        preview_template = PREVIEW
        preview_value = {
            "tone": "note",
            "heading": "Cover is paid",
            "text": "<p>Your school can claim half a day of supply cover for each meeting.</p>",
        }


class FactBlock(blocks.StructBlock):
    term = blocks.CharBlock(max_length=60, label="What")
    detail = blocks.CharBlock(max_length=200, label="Answer")


class FactsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=100, required=False)
    facts = blocks.ListBlock(FactBlock(), min_num=1, max_num=12)

    class Meta:
        icon = "list-ul"
        label = "Facts"
        group = "Words"
        description = "A short list of facts: a word on the left, its answer on the right."
        template = "networks/blocks/facts.html"
        preview_template = PREVIEW
        preview_value = {
            "heading": "At a glance",
            "facts": [{"term": "Where", "detail": "In a different school each term"}],
        }


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(max_length=160)
    answer = blocks.RichTextBlock(features=SHORT_FEATURES)


class QuestionsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=100, default="Questions we are asked")
    questions = blocks.ListBlock(QuestionBlock(), min_num=1)

    class Meta:
        icon = "help"
        label = "Questions and answers"
        group = "Words"
        description = "Questions that open to show their answer."
        template = "networks/blocks/questions.html"
        preview_template = PREVIEW
        preview_value = {
            "heading": "Questions we are asked",
            "questions": [{"question": "Do I need experience?", "answer": "<p>None at all.</p>"}],
        }


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=100)
    text = blocks.TextBlock(max_length=400)


class StepsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=100, required=False)
    steps = blocks.ListBlock(StepBlock(), min_num=2, max_num=9)

    class Meta:
        icon = "list-ol"
        label = "Steps"
        group = "Words"
        description = "Things to do in order, numbered."
        template = "networks/blocks/steps.html"
        preview_template = PREVIEW
        preview_value = {
            "heading": "How to join",
            "steps": [
                {"title": "Write to us", "text": "Say where you work and with which age."},
                {"title": "Come along", "text": "The next date is on this page."},
            ],
        }


class PictureBlock(blocks.StructBlock):
    image = ImageBlock(label="Picture")
    caption = blocks.CharBlock(max_length=250, required=False)

    class Meta:
        icon = "image"
        label = "Picture"
        group = "Pictures and files"
        description = "One picture with its alternative text, and a caption if it needs one."
        template = "networks/blocks/picture.html"


class FilesBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=100, default="Downloads")
    files = blocks.ListBlock(DocumentChooserBlock(), min_num=1)

    class Meta:
        icon = "doc-full"
        label = "Files"
        group = "Pictures and files"
        description = "Documents to download, each with its kind and size."
        template = "networks/blocks/files.html"


class ActionBlock(blocks.StructBlock):
    """A link that deserves a button: to a page or to an address elsewhere, never both."""

    label = blocks.CharBlock(max_length=60, help_text="Say what happens: “See the dates”, never “Click here”.")
    page = blocks.PageChooserBlock(required=False)
    url = blocks.URLBlock(required=False, label="or an address elsewhere")

    class Meta:
        icon = "link"
        label = "Button"
        group = "Links"
        description = "A link that deserves a button. One on a page is plenty."
        template = "networks/blocks/action.html"
        preview_template = PREVIEW
        preview_value = {"label": "See the dates", "url": "https://example.org/"}

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if bool(cleaned.get("page")) == bool(cleaned.get("url")):
            words = "Choose a page or give an address: one of the two."
            raise StructBlockValidationError(block_errors={"page": ValidationError(words)})
        return cleaned


class BodyBlock(SharedBlocks):
    """The body of every page that editors write freely."""

    text = TextBlock()
    quote = QuoteBlock()
    callout = CalloutBlock()
    facts = FactsBlock()
    questions = QuestionsBlock()
    steps = StepsBlock()
    picture = PictureBlock()
    files = FilesBlock()
    action = ActionBlock()
    apply_to_pathway = ApplyBlock()
    mentors_wanted = MentorsWantedBlock()
    mentoring_involves = InvolvesBlock()


class StageSessionBlock(blocks.StructBlock):
    session = blocks.PageChooserBlock(page_type="networks.SessionPage")
    note = blocks.CharBlock(max_length=200, required=False, help_text="Why it stands here, in one sentence.")

    class Meta:
        icon = "calendar"
        label = "Session"
        group = "Parts of a stage"
        description = "A session to come to. Its dates are shown, and stay right when they move."
        template = "networks/blocks/stage_session.html"


class StageReadingBlock(blocks.StructBlock):
    resource = blocks.PageChooserBlock(page_type="networks.ResourcePage")
    note = blocks.CharBlock(max_length=200, required=False, help_text="What to look for while reading.")

    class Meta:
        icon = "doc-full-inverse"
        label = "Reading"
        group = "Parts of a stage"
        description = "A resource of the library to read or try out."
        template = "networks/blocks/stage_reading.html"


class StageMentoringBlock(blocks.StructBlock):
    meetings = blocks.IntegerBlock(min_value=1, max_value=20, default=2, label="How many meetings")
    about = blocks.CharBlock(max_length=250, help_text="What mentor and mentee talk about in this stage.")

    class Meta:
        icon = "group"
        label = "Mentoring"
        group = "Parts of a stage"
        description = "Meetings with the mentor in this stage."
        template = "networks/blocks/stage_mentoring.html"
        preview_template = PREVIEW
        preview_value = {"meetings": 2, "about": "Choose one thing to lead this term, and plan the first month."}


class StageShadowingBlock(blocks.StructBlock):
    days = blocks.DecimalBlock(min_value=0.5, max_value=10, decimal_places=1, default=1, label="How many days")
    about = blocks.CharBlock(max_length=250, help_text="What to watch for, and in whose school.")

    class Meta:
        icon = "view"
        label = "Work-shadowing"
        group = "Parts of a stage"
        description = "A visit to a colleague in another school."
        template = "networks/blocks/stage_shadowing.html"
        preview_template = PREVIEW
        preview_value = {"days": "1.0", "about": "A day beside a deputy head in another school of the trust."}


class StageEvidenceBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=120)
    about = blocks.TextBlock(max_length=500, help_text="What to write or show, how long, and who reads it.")

    class Meta:
        icon = "edit"
        label = "Evidence"
        group = "Parts of a stage"
        description = "What the participant writes or shows at the end."
        template = "networks/blocks/stage_evidence.html"
        preview_template = PREVIEW
        preview_value = {
            "title": "One page of reflection",
            "about": "What changed, and how you know. Your mentor reads it.",
        }


class StagePartsBlock(blocks.StreamBlock):
    """What one stage of a pathway holds, in the order in which it is done."""

    session = StageSessionBlock()
    reading = StageReadingBlock()
    mentoring = StageMentoringBlock()
    shadowing = StageShadowingBlock()
    evidence = StageEvidenceBlock()
