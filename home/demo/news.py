"""Six pieces of news, none older than a few months whenever the demo is made."""

from __future__ import annotations

from datetime import date, timedelta

from home.models import NewsPage

from .pages import home, put, text

PIECES = (
    (
        4,
        "hub-hundred",
        "The hub holds its hundredth plan",
        "Three schools, one library, and a Year 4 unit that nobody had to write twice.",
        "screen",
        "primary workload",
        (
            "The hundredth plan arrived on a wet Tuesday: a unit on the docks, written in three parts by three schools.",
            "Each part was tried by a class in another school before it went in. That took longer. It also found the lesson that needed forty glue sticks.",
            "If you teach in one of the trust’s schools, look before you write. If you have something that works, send it with one line about what you would change.",
        ),
    ),
    (
        13,
        "loud-quiet-loud-opens",
        "Loud, quiet, loud is open",
        "Young artists’ work is on the walls of the theatre’s foyer, and on this site.",
        "frames",
        "secondary exhibitions",
        (
            "Nine works from three schools are up, and six more wait for frames.",
            "Every family has signed, and two pupils chose to be shown without a name. Their work is no less loud.",
            "Bring a class: mornings are quiet, and the café opens at ten.",
        ),
    ),
    (
        27,
        "free-for-borough-staff",
        "A year of theatre training, free for borough staff",
        "Half Moon’s programme is out, from voice care to lighting with three lamps.",
        "curtains",
        "primary secondary drama",
        (
            "Eight sessions, five in the studio, the others on your screen or both.",
            "They cost nothing for anybody who works in a Tower Hamlets school or setting, childminders included. Others pay a small fee.",
            "The two sessions that the forums asked for most are the ones about pupils new to English and about special schools.",
        ),
    ),
    (
        41,
        "heads-lead-trauma-training",
        "Heads take over the training",
        "After a national trainer’s three days, the next part is led from inside.",
        "plant",
        "primary trauma-informed-practice",
        (
            "A training day wears off. This one left questions, and the trust has answered by paying for a programme.",
            "Three headteachers now lead a session each: the morning, the repair, the families. They have promised not to use slides.",
        ),
    ),
    (
        58,
        "pathways-open",
        "Two leadership pathways, one kettle",
        "Applications for the next intake open this term.",
        "stairs",
        "primary leadership",
        (
            "One pathway is for people who lead already or are about to: a subject, a phase, a team. The other is for those who aim at a headship or a deputy’s post.",
            "Both have sessions in a room with people who know the work, a mentor of your own, and days beside a colleague in another school.",
            "Every head and deputy in the trust has come up through it. Ask one of them; they like to talk about it.",
        ),
    ),
    (
        76,
        "childminders-meet",
        "Childminders have a morning of their own",
        "The music drop-in now starts at ten, with instruments to borrow.",
        "drum",
        "early-years childminding early-years-music",
        (
            "Meetings after school do not help if your school day never ends. So the network has added a drop-in at ten in the morning, children included.",
            "Instruments can be borrowed for a month. The ocarinas come back in a sealed bag, please.",
        ),
    ),
)


def load(*, today: date) -> None:
    index = home().get_children().get(slug="news")
    for ago, slug, title, summary, picture, about, lines in PIECES:
        put(
            index,
            NewsPage,
            slug,
            title=title,
            summary=summary,
            dated=today - timedelta(days=ago),
            body=[text(*lines)],
            about=about,
            picture=picture,
        )
