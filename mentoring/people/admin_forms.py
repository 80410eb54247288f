"""Forms for editors of organisations, levels and topics: lists one per line, names that stay unambiguous."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from wagtail.admin.forms.models import WagtailAdminModelForm

from .models import TOPIC_GROUPS, Interest, InterestGroup, Organisation, RoleLevel
from .names import fold


class LinesField(forms.CharField):
    """A list of texts, one per line; blank lines and repeats are dropped."""

    widget = forms.Textarea(attrs={"rows": 6})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        lines = value if isinstance(value, list) else str(value or "").splitlines()
        kept: dict[str, str] = {}
        for line in (str(line).strip() for line in lines):
            if len(line) > 120:
                raise ValidationError(f"“{line[:40]}…” has more than 120 characters.")
            if line:
                kept.setdefault(fold(line) or line, line)
        return list(kept.values())

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial or []) != self.to_python(data)


class OrganisationForm(WagtailAdminModelForm):
    aliases = LinesField(required=False, label="Other names", help_text="One per line, as files may write it.")

    class Meta:
        model = Organisation
        fields = ["name", "kind", "parent", "urn", "phase", "local_authority", "postcode", "easting", "northing",
                  "head_name", "aliases", "active"]  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["parent"]
        # Trusts and authorities only: tens of thousands of schools are nobody's parent and would not fit a list.
        field.queryset = Organisation.objects.filter(kind__in=("trust", "local_authority", "arts_org")).exclude(
            pk=self.instance.pk
        )

    def clean_urn(self) -> str | None:
        return self.cleaned_data.get("urn") or None


class RoleLevelForm(WagtailAdminModelForm):
    aliases = LinesField(required=False, label="Other titles", help_text="One per line. Capitals do not matter.")

    class Meta:
        model = RoleLevel
        fields = ["label", "family", "rank", "aliases", "equivalents", "active"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["equivalents"]
        field.queryset = RoleLevel.objects.exclude(pk=self.instance.pk)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        _refuse_label(self, cleaned, RoleLevel.objects.all())
        same = [level for level in cleaned.get("equivalents") or () if level.family == cleaned.get("family")]
        if same:
            self.add_error("equivalents", f"“{same[0]}” is of the same family; their ranks compare already.")
        return cleaned


class TopicForm(WagtailAdminModelForm):
    synonyms = LinesField(required=False, label="Other words", help_text="One per line. Capitals do not matter.")

    class Meta:
        model = Interest
        fields = ["label", "group", "parent", "synonyms", "active"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        about = cleaned.get("group") in TOPIC_GROUPS
        groups = [group for group in InterestGroup.values if (group in TOPIC_GROUPS) == about]
        others = Interest.objects.filter(group__in=groups).exclude(pk=self.instance.pk)
        taken: dict[str, Interest] = {}
        for topic in others:
            for name in (topic.label, *topic.synonyms):
                taken.setdefault(fold(name), topic)
        for name, words in (("label", [cleaned.get("label", "")]), ("synonyms", cleaned.get("synonyms") or [])):
            for word in words:
                if fold(word) in taken:
                    self.add_error(name, f"“{word}” already means “{taken[fold(word)]}”. One word, one topic.")
        return cleaned


def _refuse_label(form: forms.ModelForm[Any], cleaned: dict[str, Any], rows: Any) -> None:
    label = fold(cleaned.get("label", ""))
    for other in rows.exclude(pk=form.instance.pk):
        if label and label == fold(other.label):
            form.add_error("label", f"“{other}” is there already.")
