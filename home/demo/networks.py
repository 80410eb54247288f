"""The borough's four arts networks with their forums, and the trust's hub and groups."""

from __future__ import annotations

from datetime import date

from wagtail.models import Page

from home.demo import organisations as orgs
from networks.models import NetworkConvenor, NetworkPage

from .pages import home, put, rich, text
from .sessions import put_session
from .sessions_borough import DRAMA_PRIMARY, DRAMA_SECONDARY, EARLY_YEARS, PRIMARY_ART, THAT, THAT_SHOW
from .sessions_hub import CURRICULUM, HUB, SMALL_SCHOOLS, TRAUMA_GROUP

BOROUGH = "Tower Hamlets"
TRUST_AREA = "South West Essex"


def load(*, today: date) -> None:
    index = home().get_children().get(slug="networks")
    borough_networks(index, today)
    drama_forums(index, today)
    trust_networks(index, today)


def network(
    parent: Page, slug: str, *contacts: tuple[str, str], host: str, partners: tuple[str, ...] = (), **fields: object
) -> NetworkPage:
    page, _ = put(
        parent,
        NetworkPage,
        slug,
        host=orgs.organisation(host),
        rows={
            "convenors": [
                NetworkConvenor(role=role, email=email, sort_order=n) for n, (role, email) in enumerate(contacts)
            ]
        },
        many={"partners": [orgs.organisation(name) for name in partners]},
        **fields,  # type: ignore[arg-type]  # fields of the page, checked by its model
    )
    return page


def borough_networks(index: Page, today: date) -> None:
    early = network(
        index,
        "early-years-arts-and-music",
        ("Network convenor", "early-years-arts@thames.example.org"),
        host=orgs.THAMES,
        partners=(orgs.POPLAR, orgs.SHADWELL),
        title="Early Years Arts and Music Network",
        kind="network",
        area=BOROUGH,
        summary="For everybody who sings, paints, moves or plays with children under five in Tower Hamlets.",
        who_for="Anybody who works in an early years setting: schools, nurseries, children’s centres, family centres "
        "and childminders. Old hands and complete beginners sit at the same table.",
        purpose=rich(
            "We meet to swap what works, to learn from each other and to get to know the other early years people of "
            "the borough.",
            "Every so often we invite an arts organisation to teach us something new. Music, dance, drama and visual "
            "art all have their turn.",
        ),
        meets="Twice a term, in a different setting each time",
        about="early-years nursery-setting childrens-centre-setting childminding school-setting early-years-arts early-years-music dance drama visual-arts",
        picture="drum",
        body=[
            (
                "quote",
                {
                    "quote": "I came for the songs. I stayed because somebody else also has nine children and one hall.",
                    "role": "Childminder, Stepney",
                },
            )
        ],
    )
    primary = network(
        index,
        "primary-art-and-design",
        ("Network convenor", "primary-art@thames.example.org"),
        ("Schools team at the gallery", "schools@whitechapel.example.org"),
        host=orgs.WHITECHAPEL,
        partners=(orgs.THAMES,),
        title="Primary Art and Design Network",
        kind="network",
        area=BOROUGH,
        summary="Practical evenings at the gallery, led by primary teachers, one topic at a time.",
        who_for="People who teach art in a primary school: those who lead the subject, those who teach it to their "
        "class on a Thursday afternoon, and those who would simply like to know more.",
        purpose=rich(
            "Teachers teach teachers. Each meeting takes one topic, gives it an hour of making and half an hour of "
            "talk, and sends you back with something for your own class.",
        ),
        meets="Once a term, hosted by the Whitechapel Gallery",
        about="primary school-setting art-and-design visual-arts subject-leadership",
        picture="brushes",
    )
    that = network(
        index,
        "that",
        ("Network convenor", "that@thames.example.org"),
        host=orgs.THAMES,
        partners=(orgs.WHITECHAPEL, orgs.LIMEHOUSE, orgs.BOW),
        title="THAT: Tower Hamlets Artist Teachers",
        kind="network",
        area=BOROUGH,
        summary="Secondary art teachers and arts organisations who make, share and stand up for art in school.",
        who_for="Secondary teachers who are artists too, or were once and miss it, and the arts organisations of the "
        "borough that want to work with them.",
        purpose=rich(
            "We connect schools with studios and galleries, and we look after our own making: an evening with clay "
            "does more for a lesson than another spreadsheet.",
            "Together we arrange workshops in which pupils meet professional artists, and an exhibition of their work "
            "every year.",
        ),
        meets="Monthly in term time",
        about="secondary school-setting gallery-setting visual-arts art-and-design exhibitions artists-in-schools artist-practice",
        picture="frames",
        body=[
            (
                "facts",
                {
                    "heading": "What we do in a year",
                    "facts": [
                        {"term": "Meetings", "detail": "Once a month, with tea"},
                        {
                            "term": "For pupils",
                            "detail": "Workshops with artists, in materials that school has no room for",
                        },
                        {"term": "In public", "detail": "One exhibition of pupils’ work, each spring and summer"},
                    ],
                },
            )
        ],
    )
    show = network(
        that,
        "exhibition-group",
        ("Exhibition lead", "that-show@thames.example.org"),
        host=orgs.THAMES,
        title="THAT exhibition group",
        kind="forum",
        area=BOROUGH,
        summary="Six teachers who choose, frame, hang and label the yearly exhibition. A seventh would help.",
        who_for="Members of THAT who can spare three evenings and one Saturday.",
        purpose=rich("We collect the works, ask the families, hang the walls and write the labels."),
        meets="Three times before the exhibition opens",
        joining="request",
        about="secondary exhibitions",
    )
    for page, entries in ((early, EARLY_YEARS), (primary, PRIMARY_ART), (that, THAT), (show, THAT_SHOW)):
        for entry in entries:
            put_session(page, entry, today=today)


def drama_forums(index: Page, today: date) -> None:
    drama = network(
        index,
        "drama-forums",
        ("Head of creative learning", "creative-learning@halfmoon.example.org"),
        host=orgs.HALF_MOON,
        partners=(orgs.THAMES,),
        title="Drama Forums",
        kind="network",
        area=BOROUGH,
        summary="Two forums for people who teach drama, run by Half Moon Theatre: one primary, one secondary.",
        who_for="Drama teachers, English teachers who do drama on the side, and anybody in a school who has been "
        "handed the end-of-year show.",
        purpose=rich(
            "Half Moon brings together the people who teach drama in the borough, primary and secondary apart, so that "
            "each evening is about your age group. The theatre’s yearly CPD programme grows out of what the forums ask for.",
        ),
        meets="Each forum meets once a term",
        about="primary secondary school-setting theatre-setting drama performing-arts",
        picture="masks",
    )
    primary = network(
        drama,
        "primary",
        ("Head of creative learning", "creative-learning@halfmoon.example.org"),
        host=orgs.HALF_MOON,
        title="Primary Drama Forum",
        kind="forum",
        area=BOROUGH,
        summary="Drama as a way to teach everything else, for primary schools.",
        who_for="Primary teachers and teaching assistants. No stage experience asked for, none needed.",
        purpose=rich("One idea each term, tried out on our feet, with the planning to take home."),
        meets="Once a term, after school",
        about="primary school-setting drama process-drama storytelling",
        picture="puppets",
    )
    secondary = network(
        drama,
        "secondary",
        ("Head of creative learning", "creative-learning@halfmoon.example.org"),
        host=orgs.HALF_MOON,
        title="Secondary Drama Forum",
        kind="forum",
        area=BOROUGH,
        summary="Texts, devising and exam boards, shared among the borough’s drama departments of one.",
        who_for="Drama teachers in secondary schools, most of whom are the whole department.",
        purpose=rich("We compare schemes, moderate together, and borrow each other’s costumes."),
        meets="Once a term, after school",
        about="secondary school-setting drama devising exam-courses",
    )
    for page, entries in ((primary, DRAMA_PRIMARY), (secondary, DRAMA_SECONDARY)):
        for entry in entries:
            put_session(page, entry, today=today)


def trust_networks(index: Page, today: date) -> None:
    primaries = (orgs.LARKFIELD, orgs.ESTUARY, orgs.MILL_LANE)
    hub = network(
        index,
        "shared-hub",
        ("Hub coordinator", "hub@swect.example.org"),
        host=orgs.TRUST,
        partners=primaries,
        title="The Shared Hub",
        kind="hub",
        area=TRUST_AREA,
        summary="Where staff of the trust’s three primary schools put plans, ask for advice and find each other.",
        who_for="Everybody who works in one of the trust’s primary schools, from the office to the nursery class.",
        purpose=rich(
            "Three schools of different sizes need not write the same plan three times. What one has made and tried, "
            "the others find here; what nobody has solved yet is asked here.",
        ),
        meets="Online whenever you like; a drop-in every second week",
        about="primary school-setting academy-trust professional-development teaching-and-learning",
        picture="screen",
        body=[
            (
                "steps",
                {
                    "heading": "Three ways to use it",
                    "steps": [
                        {
                            "title": "Take",
                            "text": "Look in the library for your year group or subject before you start from nothing.",
                        },
                        {
                            "title": "Give",
                            "text": "Send the plan that went well, with one line on what you would change.",
                        },
                        {
                            "title": "Ask",
                            "text": "Bring a question to the drop-in. Somebody two schools away has had it too.",
                        },
                    ],
                },
            )
        ],
    )
    curriculum = network(
        index,
        "curriculum-teams",
        ("Curriculum lead of the trust", "curriculum@swect.example.org"),
        host=orgs.TRUST,
        partners=primaries,
        title="Curriculum Teams",
        kind="network",
        area=TRUST_AREA,
        summary="Subject leads of three schools who look at the curriculum together, so that nobody does it alone.",
        who_for="Subject and phase leaders of the trust’s primary schools.",
        purpose=rich(
            "Each subject comes round once a year. We read what the children have made, mend the plan, and divide the "
            "writing by three. The work gets lighter and the curriculum more alike.",
        ),
        meets="Once in each half-term",
        joining="request",
        about="primary school-setting curriculum subject-leadership workload",
        picture="table",
    )
    trauma = network(
        index,
        "trauma-informed-practice",
        ("Inclusion lead of the trust", "inclusion@swect.example.org"),
        host=orgs.TRUST,
        partners=primaries,
        title="Trauma-informed Practice Group",
        kind="forum",
        area=TRUST_AREA,
        summary="Heads and staff who keep the training alive after the trainer has gone home.",
        who_for="Staff of the three schools who took part in the first training, and those who have joined since.",
        purpose=rich(
            "It began with a national trainer and three days, one in each school. What we learned first was how much "
            "there is still to learn. Our headteachers now lead the next part themselves.",
        ),
        meets="Twice a term",
        about="primary school-setting trauma-informed-practice semh pupil-mental-health",
        picture="plant",
    )
    small = network(
        index,
        "only-one-in-the-building",
        ("Hub coordinator", "hub@swect.example.org"),
        host=orgs.TRUST,
        title="The Only One in the Building",
        kind="network",
        area=TRUST_AREA,
        summary="For the single teacher of a year group or subject, who has nobody next door to ask.",
        who_for="Teachers in one-form schools, single subject leads, and the only person who does your job where you work.",
        purpose=rich(
            "A partner in another school, a call every fortnight, and a shared folder. That is all, and it is a lot.",
        ),
        meets="Every second week, online, for forty minutes",
        about="primary school-setting small-school workload staff-wellbeing",
        picture="voices",
        body=[
            text(
                "You are paired with somebody who teaches the same age. The pairs change each year, unless you would rather keep yours."
            )
        ],
    )
    for page, entries in ((hub, HUB), (curriculum, CURRICULUM), (trauma, TRAUMA_GROUP), (small, SMALL_SCHOOLS)):
        for entry in entries:
            put_session(page, entry, today=today)
