"""Works for the exhibition: what pupils might have made."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from home.demo import organisations as orgs

from .paper import AMBER, BRICK, INK, LEAF, LILAC, MARIGOLD, MOSS, PAPER, PINE, PLUM, SAND, TEAL, TOMATO, Sheet


@dataclass(frozen=True)
class Work:
    """One work: `name` is the natural key of its picture."""

    name: str
    title: str
    alt: str
    first_name: str
    age_band: str
    school: str
    medium: str
    draw: Callable[[], Sheet]


def towers() -> Sheet:
    s = Sheet(AMBER).disc(BRICK, 11.5, 4, 2.2)
    for place, (x, w, h) in enumerate(
        ((1.2, 2, 5), (3.4, 1.8, 7.4), (5.5, 2, 4.4), (8, 2.4, 6.4), (10.6, 1.8, 5), (13, 2.6, 7))
    ):
        s.box((INK, PLUM, PINE, INK, BRICK, PLUM)[place], x, 10 - h / 2, w, h)
        for row in range(int(h) - 1):
            s.box(MARIGOLD, x - 0.4, 10 - h + 0.9 + row, 0.4, 0.5).box(
                PAPER if row % 2 else MARIGOLD, x + 0.4, 10 - h + 0.9 + row, 0.4, 0.5
            )
    return s


def face() -> Sheet:
    s = Sheet(TEAL).slice(PLUM, 8, 11, 5.2, 180, 360).box("#8d5a3b", 8, 7.2, 1.8, 2.4).disc("#8d5a3b", 8, 4.4, 2.6, 3.1)
    s.slice("#a8714d", 8, 4.4, 2.6, 270, 90)
    for turn in range(0, 181, 15):
        angle = math.radians(180 + turn)
        s.disc(INK, 8 + 2.6 * math.cos(angle), 3.6 + 2.6 * math.sin(angle), 0.8)
    s.disc(PAPER, 7, 4.2, 0.5, 0.34).disc(PAPER, 9, 4.2, 0.5, 0.34).disc(INK, 7.05, 4.2, 0.24).disc(
        INK, 9.05, 4.2, 0.24
    )
    s.line(INK, 0.1, (8, 4.4), (7.7, 5.3), (8.1, 5.4))
    return s.slice(BRICK, 8, 5.9, 0.9, 10, 170).disc(MARIGOLD, 5.5, 5.6, 0.3).disc(MARIGOLD, 10.5, 5.6, 0.3)


def fish() -> Sheet:
    s = Sheet(PINE)
    for x, y, size, colour, deep in (
        (5, 3.4, 1.7, MARIGOLD, AMBER),
        (11, 5.4, 2.1, TOMATO, BRICK),
        (4.6, 7.8, 1.3, LILAC, PLUM),
        (13.2, 1.8, 0.9, TEAL, PAPER),
    ):
        s.shape(deep, (x - size * 1.2, y), (x - size * 2, y - size * 0.8), (x - size * 2, y + size * 0.8))
        s.disc(colour, x, y, size * 1.4, size * 0.8).slice(deep, x - size * 0.2, y, size * 0.55, 300, 60)
        s.disc(PAPER, x + size * 0.8, y - size * 0.15, size * 0.2).disc(
            INK, x + size * 0.84, y - size * 0.15, size * 0.1
        )
    for x in (1, 8.2, 15):
        s.leaf(MOSS, x, 10, 4, 0.9, -96).leaf(LEAF, x + 0.4, 10, 3, 0.7, -78)
    return s


def fruit() -> Sheet:
    s = Sheet(SAND).box(LILAC, 8, 8.4, 16, 3.4).slice(PINE, 8, 6.2, 3.8, 0, 180).disc(TEAL, 8, 6.2, 3.8, 0.6)
    s.disc(BRICK, 6.3, 5.2, 1.2).disc(MARIGOLD, 8.4, 4.8, 1.3).disc(MOSS, 10.2, 5.3, 1.1).disc(TOMATO, 7.4, 3.9, 0.9)
    return (
        s.leaf(PINE, 6.3, 4.1, 1.2, 0.5, -50)
        .leaf(MOSS, 10.2, 4.3, 1, 0.4, -120)
        .disc(AMBER, 13, 8.3, 0.9)
        .line(INK, 0.1, (13, 7.5), (13.2, 7))
    )


def leaves() -> Sheet:
    s = Sheet(PAPER)
    for row in range(4):
        for column in range(6):
            colour = (PINE, BRICK, AMBER, MOSS, PLUM)[(row * 2 + column) % 5]
            x, y, turn = 1.2 + column * 2.7, 1.9 + row * 2.4, -60 if (row + column) % 2 else -120
            s.leaf(colour, x, y, 2, 0.95, turn)
            angle = math.radians(turn)
            s.line(PAPER, 0.07, (x, y), (x + 1.6 * math.cos(angle), y + 1.6 * math.sin(angle)))
    return s


def river() -> Sheet:
    s = Sheet(LILAC).shape(TEAL, (0, 6), (16, 5.2), (16, 10), (0, 10)).disc(PAPER, 3, 2.4, 1)
    s.line(INK, 0.3, (0, 5.2), (16, 5.2))
    for x in (4.5, 11.5):
        s.box(BRICK, x, 3.6, 1.3, 5).shape(INK, (x - 0.8, 1.2), (x, 0.2), (x + 0.8, 1.2)).box(
            MARIGOLD, x, 2.6, 0.4, 0.8
        )
    s.line(INK, 0.16, (4.5, 1.4), (8, 4.9), (11.5, 1.4)).line(INK, 0.16, (4.5, 1.4), (0, 4.6)).line(
        INK, 0.16, (11.5, 1.4), (16, 4.6)
    )
    s.shape(TOMATO, (6, 8), (10.4, 8), (9.6, 9), (6.8, 9)).box(PAPER, 8, 7.4, 1.8, 1.1).box(INK, 8.4, 6.5, 0.3, 0.8)
    return s.line(PAPER, 0.1, (1.4, 7.4), (3.4, 7.2)).line(PAPER, 0.1, (12.2, 8.6), (14.6, 8.4))


def cat() -> Sheet:
    s = Sheet(MARIGOLD).box(BRICK, 8, 9.2, 16, 1.8).disc(INK, 8, 8, 3, 2.6).disc(INK, 8, 4.6, 2, 1.8)
    s.shape(INK, (6.1, 4.4), (6.2, 1.9), (7.8, 3.2)).shape(INK, (9.9, 4.4), (9.8, 1.9), (8.2, 3.2))
    s.disc(LEAF, 7.2, 4.5, 0.46, 0.38).disc(LEAF, 8.8, 4.5, 0.46, 0.38).disc(INK, 7.2, 4.5, 0.12, 0.36).disc(
        INK, 8.8, 4.5, 0.12, 0.36
    )
    s.shape(TOMATO, (7.8, 5.2), (8.2, 5.2), (8, 5.5)).line(INK, 0.6, (10.6, 9), (12.8, 8.6), (13, 6.4))
    for side in (-1, 1):
        for y in (5.2, 5.5):
            s.line(PAPER, 0.05, (8 + side * 0.6, 5.3), (8 + side * 2.6, y))
    return s


def moon() -> Sheet:
    s = (
        Sheet(INK)
        .disc(PAPER, 11, 3.6, 2.3)
        .disc(INK, 10.1, 3.1, 2)
        .slice(PINE, 4, 10.6, 4.4, 180, 360)
        .slice(PLUM, 11, 11.4, 5, 180, 360)
    )
    for x, y, r in (
        (2, 1.6, 0.3),
        (5, 3.4, 0.2),
        (7.4, 1.3, 0.26),
        (14.4, 1.4, 0.22),
        (14.2, 6, 0.18),
        (3.4, 5.2, 0.16),
    ):
        s.star(MARIGOLD, x, y, r, 5, 0.45)
    return (
        s.box(TOMATO, 6.6, 7.6, 1.7, 1.5)
        .shape(BRICK, (5.4, 6.9), (6.6, 5.8), (7.8, 6.9))
        .box(MARIGOLD, 6.6, 7.8, 0.5, 0.7)
    )


def shapes() -> Sheet:
    s = Sheet(PAPER).slice(BRICK, 5, 5, 3.4, 90, 270).slice(TEAL, 5, 5, 3.4, 270, 90).disc(INK, 5, 5, 1)
    s.shape(MARIGOLD, (8, 9), (15, 9), (15, 3)).shape(PLUM, (9, 1), (14, 1), (9, 6)).disc(PAPER, 12.9, 7.2, 0.9)
    return s.line(INK, 0.2, (0.6, 9.3), (15.4, 0.7)).box(MOSS, 1.5, 1.5, 1.6, 1.6, 20).disc(TOMATO, 8.2, 8.4, 0.6)


WORKS = (
    Work(
        "work-towers",
        "From our balcony",
        "Tower blocks at sunset, every window lit.",
        "Amina",
        "12-14",
        orgs.BOW,
        "Cut paper",
        towers,
    ),
    Work(
        "work-face",
        "Me, listening",
        "A self-portrait: a face with curly hair and gold earrings.",
        "Joshua",
        "15-16",
        orgs.LIMEHOUSE,
        "Acrylic",
        face,
    ),
    Work(
        "work-fish",
        "Four in the canal",
        "Four bright fish among water weeds.",
        "Nadia",
        "12-14",
        orgs.LIMEHOUSE,
        "Collage",
        fish,
    ),
    Work(
        "work-fruit",
        "Bowl, after lunch",
        "A green bowl full of fruit, and one orange beside it.",
        "",
        "12-14",
        orgs.BOW,
        "Gouache",
        fruit,
    ),
    Work(
        "work-leaves",
        "Leaf print, twenty-four",
        "Rows of printed leaves in five colours.",
        "Kemal",
        "15-16",
        orgs.WHARF,
        "Lino print",
        leaves,
    ),
    Work(
        "work-river",
        "The bridge opens later",
        "A towered bridge over a river, with a small boat.",
        "Grace",
        "12-14",
        orgs.BOW,
        "Paper and ink",
        river,
    ),
    Work(
        "work-cat",
        "Caretaker’s cat",
        "A black cat with green eyes sits on a red wall.",
        "Tomas",
        "15-16",
        orgs.LIMEHOUSE,
        "Paint on card",
        cat,
    ),
    Work(
        "work-moon",
        "Night shift",
        "A house with one lit window under a crescent moon.",
        "Ruqayyah",
        "15-16",
        orgs.BOW,
        "Cut paper",
        moon,
    ),
    Work(
        "work-shapes",
        "Loud, quiet, loud",
        "Circles, triangles and a square, cut by one black line.",
        "",
        "12-14",
        orgs.WHARF,
        "Screen print",
        shapes,
    ),
)
