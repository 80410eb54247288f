"""Another spelling where nothing was found."""

from __future__ import annotations

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import PageViewRestriction

from search.spelling import distance, guess, nearest, vocabulary
from search.words import read

from .conftest import Tree

# What titles and topics of such a site say.
WORDS = vocabulary(
    [
        "Drama Theatre Mathematics Maths Numeracy Phonics Reading Writing Literacy Safeguarding Behaviour Attendance",
        "Assessment Curriculum Wellbeing Workload Leadership Coaching Mentoring Headteacher Deputy Governance Nursery",
        "Childminder Early years Primary Secondary Special Inclusion Dyslexia Autism Science Geography History Music",
        "Dance Sculpture Printmaking Photography Ceramics Exhibition Gallery Museum Network Session Pathway Programme",
        "Resource Workshop Rehearsal Puppets Storytelling Creative Partnership Evaluation Disadvantage Transition",
        "Vocabulary Fractions Languages Computing Citizenship Philosophy Textiles Animation Orchestra Choir",
    ]
)

SLIPS = [
    ("dramma", "drama"),
    ("darma", "drama"),
    ("theater", "theatre"),
    ("theatrre", "theatre"),
    ("mathmatics", "mathematics"),
    ("mathematcis", "mathematics"),
    ("numerasy", "numeracy"),
    ("fonics", "phonics"),
    ("phoncis", "phonics"),
    ("litaracy", "literacy"),
    ("safegaurding", "safeguarding"),
    ("behavior", "behaviour"),
    ("behavoiur", "behaviour"),
    ("attendence", "attendance"),
    ("assesment", "assessment"),
    ("curiculum", "curriculum"),
    ("curriculm", "curriculum"),
    ("welbeing", "wellbeing"),
    ("leadershp", "leadership"),
    ("couching", "coaching"),
    ("mentorng", "mentoring"),
    ("headtaecher", "headteacher"),
    ("governence", "governance"),
    ("nursary", "nursery"),
    ("childmider", "childminder"),
    ("secondry", "secondary"),
    ("dislexia", "dyslexia"),
    ("autisim", "autism"),
    ("sculptur", "sculpture"),
    ("photografy", "photography"),
    ("ceramiks", "ceramics"),
    ("exibition", "exhibition"),
    ("galery", "gallery"),
    ("museam", "museum"),
    ("sesion", "session"),
    ("pathwya", "pathway"),
    ("rehersal", "rehearsal"),
    ("pupets", "puppets"),
    ("creativ", "creative"),
    ("orchestar", "orchestra"),
]
STRANGERS = ["plumbing", "invoice", "parking", "london", "grzegorz", "xqzt", "football", "salary", "kitchen", "menu"]


def test_nearest__forty_common_slips__at_least_38_are_put_right() -> None:
    wrong = {slip: nearest(slip, WORDS) for slip, meant in SLIPS if nearest(slip, WORDS) != meant}
    assert len(wrong) <= 2, wrong


@pytest.mark.parametrize("word", STRANGERS)
def test_nearest__word_that_is_nothing_here__is_left_alone(word: str) -> None:
    assert nearest(word, WORDS) is None


@pytest.mark.parametrize("word", ["art", "2", "12345", "🎭"])
def test_nearest__short_words_and_numbers__are_left_alone(word: str) -> None:
    assert nearest(word, WORDS) is None


def test_guess__one_wrong_word_of_two__is_put_right_and_the_other_stays() -> None:
    better = guess(read("dramma curriculum"), WORDS)
    assert better is not None
    assert better.typed == "drama curriculum"


def test_guess__phrase__stays_a_phrase() -> None:
    better = guess(read('"erly years"'), WORDS)
    assert better is not None
    assert better.typed == '"early years"'


def test_guess__another_form_of_a_known_word__is_no_slip() -> None:
    assert guess(read("rehearsals"), WORDS) is None


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [("ab", "ba", 1), ("drama", "dramma", 1), ("a", "a", 0), ("abc", "xyz", 3), ("", "ab", 2)],
)
def test_distance__pairs__count_slips(one: str, other: str, apart: int) -> None:
    assert distance(one, other, at_most=3) == apart


@given(st.text(alphabet="abc", max_size=7), st.text(alphabet="abc", max_size=7), st.integers(0, 3))
def test_distance__any_pair__is_the_same_both_ways_and_never_beyond_the_limit(one: str, other: str, limit: int) -> None:
    there = distance(one, other, at_most=limit)
    assert there == distance(other, one, at_most=limit)
    assert 0 <= there <= limit + 1
    assert (there == 0) == (one == other)


def test_search__misspelt_word__offers_the_spelling_that_finds_something(tree: Tree, client: Client) -> None:
    response = client.get("/search/?q=dramma&kind=session")
    assert 'Did you mean <a href="?q=drama">drama</a>?' in response.content.decode()


def test_search__results_there__offers_no_other_spelling(tree: Tree, client: Client) -> None:
    tree.page("Dramma is a village")
    assert "Did you mean" not in client.get("/search/?q=dramma").content.decode()


def test_search__correction_that_finds_nothing__is_not_offered(tree: Tree, client: Client) -> None:
    assert "Did you mean" not in client.get("/search/?q=dramma+counting").content.decode()


def test_search__word_of_a_members_page__is_never_a_guess(tree: Tree, client: Client) -> None:
    page = tree.page("Confidential restructuring")
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert "onfidential" not in client.get("/search/?q=confidentail").content.decode().replace("confidentail", "")


def test_search__nothing_near__offers_topics_and_a_network_to_ask(tree: Tree, client: Client) -> None:
    text = client.get("/search/?q=acting+quartz").content.decode()
    assert '<a class="tag tag--link" href="?art-form=drama">Drama</a>' in text
    assert '<a href="/all-networks/stagecraft-network/">Stagecraft Network</a>' in text
    assert "works on Drama" in text


def test_search__filters_that_shut_everything_out__says_so(tree: Tree, client: Client) -> None:
    text = client.get("/search/?q=stagecraft&kind=news").content.decode()
    assert "none of them passes all the filters" in text
    assert 'href="?q=stagecraft">search without filters' in text
