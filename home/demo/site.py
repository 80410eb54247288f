"""The front door, the lists below it, and the pages that every site needs."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from wagtail.models import Page, Site

from core.site_settings.models import SiteSettings
from home.groups import set_up_groups
from home.models import FormField, FormPage, HomePage, NewsIndexPage, StandardPage
from networks.models import LibraryIndexPage, NetworkIndexPage, PathwayIndexPage, SessionIndexPage

from .pages import put, rich, text

HEADLINE = "Where school and arts staff learn from each other"


def load(*, today: date) -> None:
    set_up_groups()
    front = front_door()
    put(
        front,
        SessionIndexPage,
        "whats-on",
        title="What’s on",
        show_in_menus=True,
        summary="Training, forums, network meetings and drop-ins, in person and online.",
    )
    put(
        front,
        NetworkIndexPage,
        "networks",
        title="Networks",
        show_in_menus=True,
        summary="People who do the same work as you, a short walk or a video call away.",
    )
    put(
        front,
        PathwayIndexPage,
        "pathways",
        title="Pathways",
        show_in_menus=True,
        summary="A year or so of sessions, mentoring and shadowing, with a beginning and an end.",
    )
    put(
        front,
        LibraryIndexPage,
        "library",
        title="Library",
        show_in_menus=True,
        summary="Plans, schemes and templates that colleagues have tried and are happy to lend.",
        contact_role="Library editor",
        contact_email="library@common-room.example.org",
    )
    put(
        front,
        NewsIndexPage,
        "news",
        title="News",
        show_in_menus=True,
        summary="What has happened, and what is about to.",
    )
    first = front.get_children().get(slug="whats-on")
    if front.first_page_id is None:
        front.first_page = first
        front.save()
    standard_pages(front)
    contact_page(front)
    settings_of(front)


def front_door() -> HomePage:
    """The home page; a new installation's welcome page makes way for it."""
    front = HomePage.objects.first()
    if front is not None:
        return front
    root = Page.objects.filter(depth=1).get()
    welcome = list(Page.objects.filter(depth=2, content_type__model="page", slug="home"))
    front = HomePage(
        title="Common Room",
        slug="common-room",
        headline=HEADLINE,
        lead="Networks that meet, sessions worth leaving school for, and somebody who has done the job before you. "
        "All in one place, and most of it free.",
        summary="Networks, sessions, pathways and shared resources for people who work with children and the arts.",
        first_label="See what’s on",
    )
    root.add_child(instance=front)
    front.save_revision(clean=False).publish()
    address = urlsplit(settings.BASE_URL)  # what canonical links, feeds and calendars are to say
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": address.hostname or "localhost",
            "port": address.port or (443 if address.scheme == "https" else 80),
            "root_page": front,
            "site_name": "Common Room",
        },
    )
    for page in welcome:
        page.delete()
    return HomePage.objects.get()


def standard_pages(front: HomePage) -> None:
    about, _ = put(
        front,
        StandardPage,
        "about",
        title="About Common Room",
        summary="Who is behind it, whom it is for, and why it is arranged the way it is.",
        picture="school",
        body=[
            text(
                "Common Room brings together what used to be scattered: a paragraph on a council page, a mailing list "
                "that somebody keeps by hand, tickets on one site and an exhibition on another. Here one page holds "
                "all of it.",
                "It is shared by arts networks of a London borough, a theatre, a gallery and a trust of three primary "
                "schools. Anybody who works with children is welcome to look around. No account is needed to read.",
            ),
            (
                "callout",
                {
                    "tone": "note",
                    "heading": "This is a demonstration",
                    "text": "<p>Some organisations named here exist. The sessions, dates, people, addresses and most "
                    "schools are invented. Please do not turn up.</p>",
                },
            ),
            (
                "questions",
                {
                    "heading": "Questions we are asked",
                    "questions": [
                        {
                            "question": "Does it cost anything?",
                            "answer": "<p>Reading, joining a network and mentoring are free. Some sessions have a fee; "
                            "the page says so, and says who comes for nothing.</p>",
                        },
                        {
                            "question": "I work alone. Is this for me?",
                            "answer": "<p>Very much so. Childminders, the only art teacher in a school and the only "
                            "teacher of a year group have the most to gain from a network.</p>",
                        },
                        {
                            "question": "How do you choose a mentor for me?",
                            "answer": "<p>By role, interests and goals, never by accident. A coordinator looks at "
                            "each proposal and says yes before anybody hears of it.</p>",
                        },
                    ],
                },
            ),
        ],
    )
    put(
        front,
        StandardPage,
        "accessibility",
        title="Accessibility",
        summary="What we do so that everybody can use this site, and whom to tell when something gets in the way.",
        body=[
            text(
                "We want this site to work for everybody: with a keyboard, a screen reader, large text, high contrast "
                "or a slow telephone. Nothing here needs JavaScript.",
                "# What we aim for",
                "Every page follows the Web Content Accessibility Guidelines 2.2 at level AA. Pictures have text "
                "that says what they show, unless they are decoration. Colours are never the only sign of anything.",
                "# What may still be hard",
                "Files that members share are made by many hands. If one is hard to use, ask us for another form.",
                "# Tell us",
                "Write to access@common-room.example.org. We answer within five working days.",
            )
        ],
    )
    put(
        front,
        StandardPage,
        "privacy",
        title="Privacy",
        summary="What we know about you, why, for how long, and how to have it taken away.",
        body=[
            text(
                "We keep as little as we can. If you only read, we keep nothing about you beyond the log of the web "
                "server, which is deleted after fourteen days.",
                "# If you have an account",
                "We keep your name, your work address, where you work and what you are interested in, because "
                "networks and mentoring need them. What you write to a mentor is for the two of you.",
                "# Pupils",
                "A pupil’s work is shown with a first name and an age band at most, and only with a signed form. When "
                "a family changes its mind, the picture and all its copies are deleted.",
                "# Your rights",
                "Ask privacy@common-room.example.org to see, correct or delete what we hold. It costs nothing.",
            ),
            (
                "facts",
                {
                    "heading": "How long we keep things",
                    "facts": [
                        {"term": "Contact form", "detail": "Sent by mail, not kept here"},
                        {"term": "Account", "detail": "Until you delete it, or two years without a visit"},
                        {"term": "Server log", "detail": "Fourteen days"},
                    ],
                },
            ),
        ],
    )
    put(
        about,
        StandardPage,
        "editors",
        title="For editors",
        summary="How to get a session or a network onto these pages.",
        body=[
            (
                "steps",
                {
                    "heading": "From an idea to the page",
                    "steps": [
                        {"title": "Write a draft", "text": "Open your network in the editor and add a session below."},
                        {"title": "Submit it", "text": "A moderator reads it, usually on the same day."},
                        {"title": "See it listed", "text": "It appears on your network’s page and in What’s on."},
                    ],
                },
            )
        ],
    )


def contact_page(front: HomePage) -> None:
    put(
        front,
        FormPage,
        "contact",
        title="Contact",
        summary="Ask anything. A person reads it.",
        intro=rich("For a question about one network or session, the role named on its page answers soonest."),
        thanks=rich("Thank you. Somebody from the team answers within two working days."),
        to_address="hello@common-room.example.org",
        from_address="common-room@example.org",
        subject="Message from the contact page",
        button="Send the message",
        rows={
            "form_fields": [
                FormField(
                    label="Your name", clean_name="your_name", field_type="singleline", required=True, sort_order=0
                ),
                FormField(
                    label="Your address", clean_name="your_address", field_type="email", required=True, sort_order=1
                ),
                FormField(
                    label="Where you work",
                    clean_name="where_you_work",
                    field_type="singleline",
                    required=False,
                    sort_order=2,
                ),
                FormField(label="Message", clean_name="message", field_type="multiline", required=True, sort_order=3),
            ]
        },
    )


def settings_of(front: HomePage) -> None:
    """Footer and contact, unless an editor has filled them in."""
    site = Site.objects.get(is_default_site=True)
    settings, _ = SiteSettings.objects.get_or_create(site=site)
    if settings.contact_email:
        return
    settings.contact_email = "hello@common-room.example.org"
    settings.footer_text = rich("Run together by arts networks, a theatre, a gallery and a trust of primary schools.")
    pages = {page.slug: page for page in front.get_children()}
    settings.footer_links = [
        (
            "group",
            {
                "title": "The house rules",
                "links": [_link(pages[slug]) for slug in ("about", "accessibility", "privacy")],
            },
        ),
        ("group", {"title": "Say hello", "links": [_link(pages["contact"]), _link(pages["news"])]}),
    ]
    settings.save()


def _link(page: Page) -> dict[str, object]:
    return {"label": page.title, "page": page, "document": None, "url": ""}
