"""The search page: what it finds, in which order, with which filters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import PageViewRestriction

from .conftest import Tree

Titles = Callable[[str], list[str]]


def test_search__word_in_a_title__finds_the_page(tree: Tree, titles: Titles) -> None:
    assert titles("/search/?q=stagecraft") == ["Stagecraft Network"]


def test_search__word_in_the_text__finds_the_page_and_marks_the_word(tree: Tree, client: Client) -> None:
    response = client.get("/search/?q=mime")
    assert [row.url for row in response.context["rows"]] == ["/library/lesson-of-masks/"]
    assert "Masks &amp; <mark>mime</mark>, for a wet afternoon." in response.content.decode()


@pytest.mark.parametrize("words", ["puppet", "puppets", "PUPPETS", "classrooms puppet"])
def test_search__another_form_of_the_word__finds_the_same_page(tree: Tree, titles: Titles, words: str) -> None:
    assert titles(f"/search/?q={words}") == ["Puppets in the classroom"]


def test_search__several_words__finds_pages_that_hold_all(tree: Tree, titles: Titles) -> None:
    assert titles("/search/?q=drama+games") == ["Voice and movement"]


def test_search__words_in_quotes__must_stand_side_by_side(tree: Tree, titles: Titles) -> None:
    assert titles("/search/?q=%22theatre+makers%22") == ["Stagecraft Network"]
    assert titles("/search/?q=%22makers+theatre%22") == []


def test_search__synonym__finds_the_topic_and_says_so(tree: Tree, titles: Titles, client: Client) -> None:
    assert set(titles("/search/?q=numeracy")) == {"Counting Circle"}
    assert "Also searched for: Mathematics, maths, number work." in client.get("/search/?q=numeracy").content.decode()


def test_search__synonym_of_several_words__finds_the_topic(tree: Tree, titles: Titles) -> None:
    tree.resource("Sounds on cards", topics=["phonics"])
    assert titles("/search/?q=early+reading") == ["Sounds on cards"]


def test_search__topic_added_at_publication__is_found_at_once(tree: Tree, titles: Titles) -> None:
    page = tree.resource("Sounds on cards")
    page.topics = [tree.topic("phonics")]
    page.save_revision().publish()
    assert titles("/search/?q=phonics") == ["Sounds on cards"]
    page.topics = []
    page.save_revision().publish()
    assert titles("/search/?q=phonics") == []


def test_search__page_unpublished__is_gone_at_once(tree: Tree, titles: Titles) -> None:
    page = tree.page("Opening hours")
    assert titles("/search/?q=opening") == ["Opening hours"]
    page.unpublish()
    assert titles("/search/?q=opening") == []


def test_search__draft_of_a_published_page__is_not_searched(tree: Tree, titles: Titles) -> None:
    page = tree.page("Opening hours")
    page.title = "Closing hours"
    page.save_revision()
    assert titles("/search/?q=closing") == []


def test_search__page_deleted__is_gone(tree: Tree, titles: Titles) -> None:
    tree.page("Opening hours").delete()
    assert titles("/search/?q=opening") == []


def test_search__past_session__is_marked_as_over(tree: Tree, client: Client) -> None:
    text = client.get("/search/?q=puppets").content.decode()
    assert '<span class="tag">Over</span>' in text
    assert '<span class="tag">Over</span>' not in client.get("/search/?q=voice").content.decode()


def test_search__cancelled_date__does_not_count_as_to_come(tree: Tree, client: Client) -> None:
    page = tree.session("Clay day", under=tree.network("Makers"), starts=[timezone.now() + timedelta(days=3)])
    page.dates.update(cancelled=True)
    (row,) = client.get("/search/?q=clay").context["rows"]
    assert row.dates is None


def test_facets__counts__are_of_the_results(tree: Tree, client: Client) -> None:
    facets = {facet.name: facet for facet in client.get("/search/?q=drama").context["filters"]}
    counts = {name: {option.value: option.count for option in facet.options} for name, facet in facets.items()}
    assert counts["kind"] == {"network": 1, "session": 2, "resource": 1}
    assert counts["phase"] == {"primary": 2, "secondary": 1}
    assert counts["when"] == {"upcoming": 1, "past": 1}


def test_facets__one_chosen__its_own_counts_stay_and_the_others_follow(tree: Tree, client: Client) -> None:
    response = client.get("/search/?q=drama&kind=session")
    facets = {facet.name: facet for facet in response.context["filters"]}
    assert {option.value: option.count for option in facets["kind"].options} == {
        "network": 1,
        "session": 2,
        "resource": 1,
    }
    assert {option.value: option.count for option in facets["phase"].options} == {"primary": 1, "secondary": 1}
    assert response.context["total"] == 2


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("kind=session&phase=secondary", {"Voice and movement"}),
        ("kind=network&kind=news", {"Stagecraft Network", "Counting Circle", "The spring showcase is coming"}),
        ("art-form=drama&kind=resource", {"Lesson of masks"}),
        ("when=upcoming", {"Voice and movement"}),
        ("topic=mathematics", {"Counting Circle", "Bar models step by step"}),  # fractions lie below mathematics
        ("topic=fractions", {"Bar models step by step"}),
    ],
)
def test_facets__without_words__list_what_passes_all(
    tree: Tree, titles: Titles, query: str, expected: set[str]
) -> None:
    assert set(titles(f"/search/?{query}")) == expected


def test_facets__chosen__can_each_be_removed_by_a_link(tree: Tree, client: Client) -> None:
    response = client.get("/search/?q=drama&kind=session&phase=primary&phase=secondary")
    links = {item.label: item.remove for item in response.context["active"]}
    assert links == {
        "Sessions": "?q=drama&phase=primary&phase=secondary",
        "Primary": "?q=drama&kind=session&phase=secondary",
        "Secondary": "?q=drama&kind=session&phase=primary",
    }
    assert all(f'href="{link.replace("&", "&amp;")}"' in response.content.decode() for link in links.values())


def test_facets__values_nobody_knows__are_left_out_and_said(tree: Tree, client: Client) -> None:
    response = client.get("/search/?q=drama&kind=unicorn&phase=%00&topic=%27--&kind=session")
    assert response.context["total"] == 2
    assert "We left out 3 filters that this site does not know." in response.content.decode()


def test_search__nothing_asked__offers_kinds_without_a_list(tree: Tree, client: Client) -> None:
    response = client.get("/search/")
    assert response.status_code == 200
    assert not response.context["rows"]
    assert 'href="?kind=session">Sessions (2)</a>' in response.content.decode()


def restrict(page: Any, kind: str, **fields: Any) -> PageViewRestriction:
    return PageViewRestriction.objects.create(page=page, restriction_type=kind, **fields)


def test_search__page_for_members__is_found_by_members_only(
    tree: Tree, client: Client, make_user: Callable[..., Any], titles: Titles
) -> None:
    restrict(tree.page("Minutes of the committee"), PageViewRestriction.LOGIN)
    assert titles("/search/?q=committee") == []
    client.force_login(make_user())
    assert titles("/search/?q=committee") == ["Minutes of the committee"]


def test_search__page_for_a_group__is_found_by_the_group_only(
    tree: Tree, client: Client, make_user: Callable[..., Any], titles: Titles, django_user_model: Any
) -> None:
    from django.contrib.auth.models import Group

    group = Group.objects.create(name="Committee")
    section = tree.page("Committee room")
    restrict(section, PageViewRestriction.GROUPS).groups.add(group)
    tree.page("Minutes of the committee", under=section)
    user = make_user()
    client.force_login(user)
    assert titles("/search/?q=minutes") == []
    user.groups.add(group)
    assert titles("/search/?q=minutes") == ["Minutes of the committee"]


def test_search__page_behind_a_password__is_found_once_it_was_given(tree: Tree, client: Client, titles: Titles) -> None:
    row = restrict(tree.page("Secret garden"), PageViewRestriction.PASSWORD, password="open")
    assert titles("/search/?q=garden") == []
    session = client.session
    session[PageViewRestriction.passed_view_restrictions_session_key] = [row.pk]
    session.save()
    assert titles("/search/?q=garden") == ["Secret garden"]


def test_search__page_of_another_site__is_not_found(tree: Tree, titles: Titles) -> None:
    from wagtail.models import Page

    from home.pages.standard import StandardPage

    root = Page.objects.get(depth=1)
    root.add_child(instance=StandardPage(title="Elsewhere altogether", slug="elsewhere"))
    assert titles("/search/?q=elsewhere") == []


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("url", ["/search/?q=drama", "/search/suggest/?q=drama"])
def test_search__another_method_than_get__is_refused(client: Client, db: None, method: str, url: str) -> None:
    assert getattr(client, method)(url).status_code == 405


def test_search__head__is_answered(tree: Tree, client: Client) -> None:
    assert client.head("/search/?q=drama").status_code == 200


def test_search__match_only_among_the_topics__shows_the_summary_and_marks_the_topic(tree: Tree, client: Client) -> None:
    rows = {row.url: row for row in client.get("/search/?q=drama").context["rows"]}
    row = next(row for url, row in rows.items() if url.endswith("/puppets-in-the-classroom/"))
    assert "".join(part.text for part in row.text) == "Make a puppet, tell a story."
    assert [(entry.label, reason) for entry, reason in row.topics] == [("Drama", True), ("Primary", False)]


def test_search__synonyms_that_hold_the_word_itself__are_not_listed(tree: Tree, client: Client) -> None:
    topic = tree.topic("drama")
    topic.synonyms = ["theatre", "theatre studies", "youth theatre", "acting", "acting class"]
    topic.save()
    assert client.get("/search/?q=theatre").context["also"] == ["Drama", "acting"]
