"""Answers to the equality questions. A row names nobody: its key is a keyed hash of an application's number.

There is no date and no running number on purpose: neither the day nor the order of answering may tell who answered.
"""

from __future__ import annotations

from django.db import models


class Gender(models.TextChoices):
    WOMAN = "woman", "Woman"
    MAN = "man", "Man"
    ANOTHER = "another", "Another description"
    SECRET = "secret", "Prefer not to say"


class Ethnicity(models.TextChoices):
    ASIAN = "asian", "Asian or Asian British"
    BLACK = "black", "Black, Black British, Caribbean or African"
    MIXED = "mixed", "Mixed or multiple ethnic groups"
    WHITE = "white", "White"
    OTHER = "other", "Other ethnic group"
    SECRET = "secret", "Prefer not to say"


class Disability(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    SECRET = "secret", "Prefer not to say"


class Age(models.TextChoices):
    UNDER_30 = "under_30", "Under 30"
    THIRTIES = "thirties", "30 to 39"
    FORTIES = "forties", "40 to 49"
    FROM_50 = "from_50", "50 and over"
    SECRET = "secret", "Prefer not to say"


class EqualityAnswer(models.Model):
    """One person in one cohort. Each question may stay without an answer."""

    token = models.CharField(
        max_length=64, primary_key=True, help_text="Keyed hash; see `mentoring.equality.services`."
    )
    cohort = models.ForeignKey("mentoring.Cohort", on_delete=models.CASCADE, related_name="+")
    gender = models.CharField("gender", max_length=8, choices=Gender, blank=True)
    ethnicity = models.CharField("ethnic group", max_length=8, choices=Ethnicity, blank=True)
    disability = models.CharField("disabled or a long-term condition", max_length=8, choices=Disability, blank=True)
    age = models.CharField("age", max_length=8, choices=Age, blank=True)

    def __str__(self) -> str:
        return "equality answer"


#: Questions in the order in which they are asked: field and its choices.
QUESTIONS: dict[str, type[models.TextChoices]] = {
    "gender": Gender,
    "ethnicity": Ethnicity,
    "disability": Disability,
    "age": Age,
}
