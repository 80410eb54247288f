"""The library: a dozen resources that colleagues might have shared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from home.demo import organisations as orgs
from networks.models import NetworkPage, ResourcePage, ResourceVersion, SessionMaterial, SessionPage

from .files import document
from .pages import home, put, rich


@dataclass(frozen=True)
class Entry:
    """One resource. `network` is the path of its network below /networks/, `session` a past session it came from."""

    slug: str
    title: str
    kind: str
    summary: str
    author: str
    school: str
    network: str
    about: str
    lines: tuple[str, ...]
    licence: str = "cc-by-4.0"
    session: str = ""
    change: str = ""
    picture: str = ""


ENTRIES = (
    Entry(
        "song-sheet-under-fives",
        "Song sheet for the under-fives",
        "guide",
        "Twenty short songs with actions, pitched for small voices and tired adults.",
        "Early Years Arts and Music Network",
        orgs.POPLAR,
        "early-years-arts-and-music",
        "early-years early-years-music singing",
        (
            "Start on the note you hum when you wash up. It is usually about right.",
            "1. Hello and name: everybody claps their own name.",
            "2. Rain on the roof: fingers, hands, feet, storm, and back again.",
            "3. Where is the mouse: sing very quietly, stop before the end.",
        ),
        session="songs-for-the-very-young",
        change="Two songs added after the meeting.",
        picture="drum",
    ),
    Entry(
        "print-without-a-press-plan",
        "Printing with a class: four lessons",
        "plan",
        "From a drawing to a set of four prints, without a press and with one sink between two rooms.",
        "Year 4 team, Weavers Lane Primary",
        orgs.WEAVERS,
        "primary-art-and-design",
        "primary printmaking art-and-design",
        (
            "Lesson 1: draw with string, then with a pencil that may not leave the paper.",
            "Lesson 2: press the drawing into foam. Roll thin.",
            "Lesson 3: one colour, four prints, swap one with a friend.",
            "Lesson 4: hang, look, title.",
        ),
        session="printing-without-a-press",
        picture="brushes",
    ),
    Entry(
        "drawing-on-one-page",
        "Drawing from Year 1 to Year 6 on one page",
        "scheme",
        "A progression in drawing that fits on the wall of the staff room.",
        "Art lead, Weavers Lane Primary",
        orgs.WEAVERS,
        "primary-art-and-design",
        "primary drawing art-and-design curriculum",
        (
            "Year 1: lines that go for a walk. Year 2: light and dark. Year 3: what is in front. Year 4: what is behind. Year 5: faces. Year 6: anything, for a reason.",
        ),
    ),
    Entry(
        "exhibition-label-template",
        "Exhibition labels",
        "template",
        "Labels for pupils’ work with room for a first name, an age band and a school, and for nothing else.",
        "THAT exhibition group",
        orgs.LIMEHOUSE,
        "that",
        "secondary exhibitions",
        (
            "Title of the work. First name (if the family agrees), age band, school. Material.",
            "No surnames, no classes, no dates of birth.",
        ),
    ),
    Entry(
        "consent-form-pupils-work",
        "Consent form for pupils’ work",
        "template",
        "One side of A4, in plain words, for families who are asked whether a work may be shown.",
        "Tower Hamlets Arts and Music Education Service",
        orgs.THAMES,
        "that",
        "secondary primary exhibitions safeguarding",
        (
            "We would like to show your child’s work. You can say yes, or yes without a name, or no.",
            "You can change your mind at any time. Then we take the work down and delete the pictures of it.",
        ),
        licence="ogl-3.0",
    ),
    Entry(
        "story-with-a-hole-plan",
        "A story with a hole in it: the plan",
        "plan",
        "Process drama for one afternoon, with every question that the teacher asks in role.",
        "Half Moon Theatre",
        orgs.HALF_MOON,
        "drama-forums/primary",
        "primary process-drama storytelling writing",
        (
            "Read to the place where the wolf knocks. Stop. Everybody is now a neighbour.",
            "Question in role: what did you hear last night, and why did you not open the door?",
        ),
        licence="cc-by-nc-4.0",
        session="story-with-a-hole-in-it",
        picture="puppets",
    ),
    Entry(
        "moderation-grid-drama",
        "Moderation grid for devised drama",
        "template",
        "The annotated grid that nine drama departments agreed on.",
        "Secondary Drama Forum",
        orgs.BOW,
        "drama-forums/secondary",
        "secondary exam-courses drama assessment",
        ("Mark alone first. Then compare by column, never by total.",),
        session="moderating-together",
    ),
    Entry(
        "docks-history-unit",
        "The docks: a history unit for Year 4",
        "scheme",
        "Six lessons on work, ships and families by the Thames, written by three schools.",
        "History leads of the trust",
        orgs.MILL_LANE,
        "curriculum-teams",
        "primary key-stage-2 history curriculum",
        ("Lesson 1: a photograph with no date. What can we know?", "Lesson 2: who was paid, and for what."),
        session="history-review",
        change="Third part written by Larkfield added.",
        picture="table",
    ),
    Entry(
        "feedback-codes",
        "Feedback in the margin: seven codes",
        "guide",
        "Seven small marks that replace a paragraph, with what each asks a child to do.",
        "Year 6 team, Estuary View Primary",
        orgs.ESTUARY,
        "shared-hub",
        "primary assessment workload",
        ("A dot: look again. Two dots: look again with a friend. A cloud: say it aloud, then write it.",),
    ),
    Entry(
        "calm-corridors",
        "Calm corridors",
        "guide",
        "What three schools changed in their corridors, and what it did by lunchtime.",
        "Headteachers of the trust",
        orgs.LARKFIELD,
        "trauma-informed-practice",
        "primary trauma-informed-practice behaviour",
        (
            "Adults walk on the outside. Nobody raises a voice above the noise. Somebody stands where it used to go wrong.",
        ),
        session="what-we-changed-first",
        picture="plant",
    ),
    Entry(
        "first-hundred-days",
        "The first hundred days in a leadership post",
        "reading",
        "Twelve pages on listening before you change anything, with questions for you and your mentor.",
        "Leadership pathway team",
        orgs.TRUST,
        "",
        "primary leadership middle-leadership first-leadership-role",
        (
            "Week 1: ask what must not change. Week 4: change one small thing that annoys everybody.",
            "Question for your mentor: what did you get wrong in your first term?",
        ),
        licence="schools",
        picture="hills",
    ),
    Entry(
        "shadowing-notebook",
        "Notebook for a shadowing day",
        "template",
        "What to watch for, what to write down, and three questions to ask over lunch.",
        "Leadership pathway team",
        orgs.TRUST,
        "",
        "leadership shadowing reflective-practice",
        (
            "Before: one thing you want to see. During: times and facts, no judgements. After: what would you try on Monday?",
        ),
        licence="schools",
    ),
    Entry(
        "difficult-conversation-openers",
        "Openers for difficult conversations",
        "guide",
        "Ten first sentences that are honest and kind, to adapt to your own voice.",
        "Leadership pathway team",
        orgs.TRUST,
        "",
        "leadership difficult-conversations leading-people",
        ("I would like to talk about Tuesday, and I would like to hear your side first.",),
        licence="schools",
    ),
)


def load(*, today: date) -> None:
    index = home().get_children().get(slug="library")
    for number, entry in enumerate(ENTRIES):
        made = today - timedelta(days=40 + number * 23)
        current = document(
            entry.slug,
            entry.title,
            [*entry.lines, f"Shared by {entry.author}. Use it, change it, say where it came from."],
        )
        rows = [
            ResourceVersion(
                document=current,
                label="Second version" if entry.change else "First version",
                dated=made,
                change=entry.change,
                sort_order=0,
            )
        ]
        if entry.change:
            first = document(f"{entry.slug}-1", f"{entry.title}, first version", list(entry.lines[:1]))
            rows.append(
                ResourceVersion(document=first, label="First version", dated=made - timedelta(days=60), sort_order=1)
            )
        page, new = put(
            index,
            ResourcePage,
            entry.slug,
            title=entry.title,
            kind=entry.kind,
            summary=entry.summary,
            licence=entry.licence,
            author=entry.author,
            school=orgs.organisation(entry.school),
            network=network_at(entry.network) if entry.network else None,
            intro=rich(entry.summary, "Tried in real rooms with real children. Change what does not fit yours."),
            about=entry.about,
            picture=entry.picture,
            rows={"versions": rows},
        )
        if new and entry.session:
            session = SessionPage.objects.get(slug=entry.session)
            session.materials.add(SessionMaterial(resource=page, sort_order=0))
            session.save()
            session.save_revision(clean=False).publish()


def network_at(path: str) -> NetworkPage:
    return NetworkPage.objects.get(url_path=f"{home().url_path}networks/{path}/")
