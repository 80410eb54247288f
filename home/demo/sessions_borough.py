"""Meetings of the borough's networks and forums."""

from __future__ import annotations

from home.demo import organisations as orgs

from .sessions import Entry

EARLY_YEARS = (
    Entry(
        "songs-for-the-very-young",
        "Songs for the very young",
        "Twenty songs that need no instrument, no book and no singing voice.",
        ((-9, 2, "16:30", 90),),
        kind="meeting",
        place="nursery",
        leader="A musician of the borough’s music service",
        audience="Practitioners, childminders and teachers of under-fives",
        about="early-years early-years-music singing",
        what=(
            "We sing for an hour, sitting on the floor as the children do, and then we talk about the ones who will not join in."
        ),
        notes=(
            "Thirty-one of us. What stayed: start lower than you think, repeat more than you think, and leave gaps for the children to fill.",
            "The song sheet is in the library. Next time we move.",
        ),
    ),
    Entry(
        "small-spaces-big-movement",
        "Small spaces, big movement",
        "Dance with two- to five-year-olds when the hall is a rug.",
        ((1, 2, "16:30", 90),),
        kind="meeting",
        place="childrens-centre",
        leader="A dance artist who works in nurseries",
        audience="Anybody who works with children under five",
        about="early-years dance childminding childrens-centre-setting",
        what=(
            "Three short dances that fit between two tables: one for waking up, one for a story, one for before lunch.",
            "You will be on your feet for most of it. Nobody watches; everybody moves.",
        ),
        quote=("My room is four metres by three. We did the whole of it there the next day.", "Childminder, Mile End"),
        bring="Socks or soft shoes.",
        capacity=30,
        picture="drum",
    ),
    Entry(
        "clay-before-words",
        "Clay before words",
        "What children say with their hands before they say it aloud.",
        ((8, 2, "16:30", 90),),
        kind="meeting",
        place="nursery",
        leader="A ceramicist, with the nursery’s own atelier team",
        audience="Early years practitioners",
        about="early-years ceramics communication-and-language",
        what=(
            "A table each, a lump of clay each, and an hour without instructions. Then we look at what we did and what it would tell us about a child."
        ),
        bring="An apron.",
        capacity=24,
    ),
    Entry(
        "music-drop-in",
        "Music drop-in for childminders",
        "Bring the children, borrow the instruments, go home with a song.",
        ((-3, 1, "10:00", 60), (1, 1, "10:00", 60), (5, 1, "10:00", 60), (9, 1, "10:00", 60)),
        kind="drop_in",
        place="childrens-centre",
        audience="Childminders and the children they look after",
        about="early-years childminding early-years-music play",
        what=("No booking for the children and no need to stay to the end. The kettle is on from half past nine."),
    ),
)

PRIMARY_ART = (
    Entry(
        "printing-without-a-press",
        "Printing without a press",
        "Foam, string, leaves and a rolling pin: prints that thirty children can make at once.",
        ((-8, 3, "16:15", 105),),
        kind="meeting",
        place="gallery",
        leader="Two Year 4 teachers",
        audience="Primary teachers and art leads",
        about="primary printmaking art-and-design",
        what=("Two teachers show how they print with a whole class and no sink. You make a set of four."),
        notes=(
            "Best tip of the evening: roll the ink out on old laminated posters. They wipe clean.",
            "We agreed to bring sketchbooks to the next meeting, the messy ones.",
        ),
        partners=(orgs.WHITECHAPEL,),
    ),
    Entry(
        "drawing-big",
        "Drawing big",
        "Charcoal on the floor, sticks on canes, and what happens when a child draws with a whole arm.",
        ((2, 3, "16:15", 105),),
        kind="meeting",
        place="gallery",
        leader="An art lead of a two-form primary",
        audience="Primary teachers, art leads and teaching assistants",
        about="primary drawing art-and-design",
        what=(
            "We clear the studio, roll out paper and draw to music, then look hard at what sketchbooks are for.",
            "# You take home",
            "A progression in drawing from Year 1 to Year 6 on one page, which we argue about and mend together.",
        ),
        quote=("It is the one training where nobody reads slides to me.", "Year 5 teacher, Bethnal Green"),
        bring="A sketchbook from your class, and clothes that do not mind charcoal.",
        capacity=28,
        partners=(orgs.WHITECHAPEL,),
        picture="brushes",
    ),
    Entry(
        "looking-at-one-painting",
        "Looking at one painting for an hour",
        "How to stand in front of a picture with thirty children and have too little time.",
        ((13, 3, "16:15", 105),),
        kind="meeting",
        place="gallery",
        leader="A Year 2 teacher and the gallery’s schools team",
        audience="Primary teachers",
        about="primary art-history oracy museums-and-galleries",
        what=(
            "Questions that open a picture, questions that close it, and a way to plan a visit around a single work."
        ),
        capacity=28,
        partners=(orgs.WHITECHAPEL,),
    ),
)

THAT = (
    Entry(
        "monthly-meeting",
        "THAT monthly meeting",
        "An hour on what is coming, an hour of making.",
        (
            (-11, 1, "16:30", 120),
            (-7, 1, "16:30", 120),
            (-2, 1, "16:30", 120),
            (2, 1, "16:30", 120),
            (7, 1, "16:30", 120),
            (11, 1, "16:30", 120),
        ),
        kind="meeting",
        place="limehouse",
        leader="A different school each month",
        audience="Secondary art teachers",
        about="secondary visual-arts art-and-design",
        what=(
            "First hour: exhibition, workshops, who needs what. Second hour: the host school puts out a material and we use it."
        ),
        notes=(
            "We fixed the dates of the exhibition and asked every school for up to eight works. Consent forms go out before the holidays.",
        ),
    ),
    Entry(
        "clay-for-people-who-teach-clay",
        "Clay for people who teach clay",
        "An evening to make something of your own, with nobody asking where the sponge is.",
        ((3, 0, "17:00", 150),),
        place="limehouse",
        leader="A ceramicist with a studio in Bow",
        audience="Secondary artist-teachers",
        about="secondary ceramics artist-practice",
        what=(
            "Coiling, burnishing and one way to glaze that survives a school kiln. Bring nothing to mark.",
            "# Why",
            "People who make things teach making better. This evening counts as professional development, and it is also just good.",
        ),
        bring="An apron and a towel.",
        cost=20,
        free_for=(orgs.BOROUGH,),
        capacity=14,
        minimum=6,
        partners=(orgs.WHITECHAPEL,),
    ),
    Entry(
        "cyanotype-with-year-9",
        "Cyanotype with Year 9",
        "A printmaker comes to your school and makes blue photographs with one class.",
        ((5, 2, "10:00", 150), (6, 2, "10:00", 150)),
        kind="workshop",
        place="bow",
        leader="A printmaker who works with sunlight",
        audience="One Year 9 class with its teacher on each date",
        about="secondary photography printmaking artists-in-schools",
        what=(
            "Pupils coat paper, arrange what they have collected and let a lamp do the drawing. Works may go into the exhibition."
        ),
        bring="Flat things with interesting outlines.",
        capacity=30,
        partners=(orgs.WHITECHAPEL,),
    ),
)

THAT_SHOW = (
    Entry(
        "choosing-day",
        "Choosing and framing",
        "Sixty works, forty places on the wall.",
        ((9, 3, "16:30", 150),),
        kind="meeting",
        place="limehouse",
        audience="Members of the exhibition group",
        about="secondary exhibitions",
        what=(
            "We lay everything out, choose together and measure for frames. Every school is on the wall with at least two works."
        ),
    ),
)

DRAMA_PRIMARY = (
    Entry(
        "story-with-a-hole-in-it",
        "A story with a hole in it",
        "Stop the story where it hurts and let the class decide: process drama for beginners.",
        ((-10, 3, "16:15", 105),),
        kind="forum",
        place="half-moon",
        leader="A drama practitioner of Half Moon",
        audience="Primary teachers and teaching assistants",
        about="primary process-drama storytelling",
        notes=(
            "Everybody was a villager for forty minutes. Writing about it afterwards took no persuading, and several brought proof the week after.",
        ),
        what=("We work through one story on our feet and then take the plan apart to see what made it hold."),
    ),
    Entry(
        "puppets-in-a-hurry",
        "Puppets in a hurry",
        "From a paper bag to a character with a secret, in one lesson.",
        ((2, 1, "16:15", 105),),
        kind="forum",
        place="half-moon",
        leader="A puppeteer, with Half Moon’s schools team",
        audience="Key Stage 1 and 2 teachers",
        about="primary key-stage-1 key-stage-2 puppetry oracy",
        what=(
            "Make one, move one, interview one. Shy children speak through a paper bag; we look at why, and what to do with it in English."
        ),
        bring="Two paper bags and a scarf.",
        capacity=25,
        picture="puppets",
    ),
    Entry(
        "the-show-without-tears",
        "The end-of-year show without tears",
        "Ninety children, three weeks and a keyboard: how to end up with a show you like.",
        ((14, 1, "16:15", 105),),
        kind="forum",
        place="half-moon",
        leader="A director of work for young audiences",
        audience="Whoever has been handed the show",
        about="primary devising musical-theatre",
        what=("A calendar, a casting method that leaves nobody out, and ten ways to cover a gap."),
        capacity=40,
    ),
)

DRAMA_SECONDARY = (
    Entry(
        "moderating-together",
        "Moderating together",
        "Bring three recordings and an open mind about your own marking.",
        ((-6, 0, "16:30", 120),),
        kind="forum",
        place="bow",
        leader="Members of the forum",
        audience="Secondary drama teachers",
        about="secondary exam-courses drama assessment",
        what=("We watch, mark alone, then compare. It is friendlier than it sounds."),
        notes=(
            "Nine schools, within two marks of each other on all but one piece. We kept the annotated grid; it is in the library.",
        ),
    ),
    Entry(
        "devising-from-the-street",
        "Devising from the street outside",
        "A method for making a piece out of one hundred metres of pavement.",
        ((4, 0, "16:30", 120),),
        kind="forum",
        place="bow",
        leader="An associate director of Half Moon",
        audience="Secondary drama teachers",
        about="secondary devising drama",
        what=(
            "Out for twenty minutes with a notebook, back in to build. By six we have four short scenes and a scheme for Year 10."
        ),
        bring="A coat. We go out in any weather.",
        capacity=24,
    ),
)
