"""One spelling for comparison."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentoring.matching.vocabulary import fold as engine_fold
from mentoring.people.names import fold, fold_loose


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  St. Mary’s   C of E ", "st marys c of e"),
        ("D&T", "d and t"),
        ("Kodály", "kodaly"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("مدرسة النور", "مدرسة النور"),
        ("🎭", ""),
        ("", ""),
    ],
)
def test_fold__spellings_of_people__give_one(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=60))
def test_fold__folded_twice__stays(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("text", ["St. Mary’s & St. John's", "Théâtre—drama", "KS2/KS3", "  Head  of School ", "١٢٣"])
def test_fold__any_name__agrees_with_the_engine(text: str) -> None:
    assert fold(text) == engine_fold(text)


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("Learning walk", "learning walks"),
        ("nursery", "Nurseries"),
        ("choir", "Choirs"),
        ("church", "churches"),
        ("class", "class"),
        ("circus", "circus"),
    ],
)
def test_fold_loose__plural__is_the_singular(one: str, many: str) -> None:
    assert fold_loose(one) == fold_loose(many)
