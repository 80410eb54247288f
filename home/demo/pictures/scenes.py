"""Pictures for pages: one function each, with its title and what a screen reader says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .paper import (
    AMBER,
    BRICK,
    INK,
    LEAF,
    LILAC,
    MARIGOLD,
    MOSS,
    PAPER,
    PINE,
    PLUM,
    SAND,
    TEAL,
    TOMATO,
    Sheet,
)

SKINS = ("#f2c9a5", "#8d5a3b", "#c98d62", "#5e3a28")


@dataclass(frozen=True)
class Scene:
    """A picture to be drawn: `name` is its natural key."""

    name: str
    title: str
    alt: str
    draw: Callable[[], Sheet]


def drum() -> Sheet:
    s = Sheet(TEAL).disc(PAPER, 13.4, 2.4, 1.5).box(PINE, 8, 9.6, 16, 1.6)
    s.shape(BRICK, (4.4, 4.2), (11.6, 4.2), (11, 8.8), (5, 8.8)).disc(BRICK, 8, 8.8, 3, 0.8)
    for step in range(5):
        x = 4.9 + step * 1.2
        s.line(MARIGOLD, 0.14, (x, 4.8), (x + 0.6, 8.6)).line(MARIGOLD, 0.14, (x + 1.2, 4.8), (x + 0.6, 8.6))
    s.disc(INK, 8, 4.2, 3.75, 1.12).disc(PAPER, 8, 4.1, 3.5, 0.95)
    s.line(AMBER, 0.26, (2.6, 1.2), (6.9, 3.7)).disc(INK, 7, 3.75, 0.36)
    s.line(AMBER, 0.26, (13, 0.9), (9.3, 3.6)).disc(INK, 9.2, 3.7, 0.36)
    return s.disc(MARIGOLD, 2.1, 7.6, 0.9).disc(INK, 2.1, 7.6, 0.16).disc(LILAC, 14, 7.7, 1.1).disc(INK, 14, 7.7, 0.18)


def brushes() -> Sheet:
    s = Sheet(SAND).box(MARIGOLD, 8, 8.8, 16, 2.4)
    for x, colour, deep in ((4, TEAL, PINE), (8, TOMATO, BRICK), (12, LILAC, PLUM)):
        s.box(colour, x, 7, 2.6, 3).disc(deep, x, 5.5, 1.3, 0.42).disc(colour, x, 8.5, 1.3, 0.4)
    s.line(INK, 0.2, (4.1, 5.5), (3.1, 1.2)).leaf(PINE, 3.1, 1.5, 1.4, 0.6, -104)
    s.line(INK, 0.2, (7.8, 5.5), (8.9, 1.6)).leaf(BRICK, 8.85, 1.9, 1.4, 0.6, -75)
    s.line(INK, 0.2, (12, 5.5), (11.4, 1.4)).leaf(PLUM, 11.45, 1.7, 1.4, 0.6, -98)
    return s.star(AMBER, 14.3, 2.1, 0.9, 9, 0.55).disc(BRICK, 1.3, 8.9, 0.3).disc(PINE, 14.6, 9, 0.24)


def frames() -> Sheet:
    s = Sheet(LILAC).box(PLUM, 8, 9.6, 16, 1.2)
    s.box(INK, 3.6, 4, 4, 5).box(PAPER, 3.6, 4, 3.4, 4.4).disc(BRICK, 3.6, 3.4, 1).shape(
        PINE, (1.9, 6.2), (3.4, 4.1), (5.3, 6.2)
    )
    s.box(INK, 8.6, 3.3, 4.6, 3.4).box(MARIGOLD, 8.6, 3.3, 4, 2.8).slice(BRICK, 8.6, 4.7, 1.6, 180, 360)
    s.disc(PAPER, 9.8, 2.5, 0.4)
    s.box(INK, 13.3, 4.6, 3.4, 4.4).box(TEAL, 13.3, 4.6, 2.8, 3.8).leaf(PINE, 13.3, 6.4, 3.2, 1.2, -90)
    s.person(TOMATO, SKINS[1], INK, 8.4, 10, 0.95)
    return s.person(MARIGOLD, SKINS[0], BRICK, 11.2, 10.2, 0.85)


def curtains() -> Sheet:
    s = (
        Sheet(INK)
        .shape("#4a3450", (8, 0), (3, 9), (13, 9))
        .disc(MARIGOLD, 8, 8.7, 4.6, 0.75)
        .box(AMBER, 8, 9.75, 16, 0.7)
    )
    for step in range(4):
        colour = BRICK if step % 2 else "#a83a22"
        s.shape(colour, (step * 1.05, 0), (step * 1.05 + 1.1, 0), (step * 0.75 + 0.8, 9.4), (step * 0.75, 9.4))
        s.shape(
            colour, (16 - step * 1.05, 0), (14.9 - step * 1.05, 0), (15.2 - step * 0.75, 9.4), (16 - step * 0.75, 9.4)
        )
    for step in range(8):
        s.slice(BRICK if step % 2 else "#a83a22", step * 2 + 1, 0, 1.15, 0, 180)
    s.box(TEAL, 8, 7, 1.5, 2.6).box(PINE, 7.6, 8.5, 0.5, 0.9).box(PINE, 8.4, 8.5, 0.5, 0.9)
    s.line(TEAL, 0.36, (7.4, 6.1), (5.7, 4.7)).line(TEAL, 0.36, (8.6, 6.1), (10.3, 4.9))
    return s.disc(SKINS[2], 8, 5, 0.75, 0.85).slice(PAPER, 8, 4.8, 0.9, 180, 360)


def masks() -> Sheet:
    s = Sheet(TOMATO).disc(MARIGOLD, 12.8, 2.6, 1.7)
    s.disc(INK, 5.6, 4.7, 2.75, 3.4).disc(PAPER, 5.6, 4.7, 2.5, 3.15)
    s.slice(INK, 4.6, 4.2, 0.62, 180, 360).slice(INK, 6.6, 4.2, 0.62, 180, 360).slice(BRICK, 5.6, 5.2, 1.4, 0, 180)
    s.disc(INK, 10.6, 6, 2.75, 3.4).disc(LILAC, 10.6, 6, 2.5, 3.15)
    s.slice(INK, 9.6, 5.2, 0.6, 0, 180).slice(INK, 11.6, 5.2, 0.6, 0, 180).slice(PLUM, 10.6, 8.2, 1.3, 180, 360)
    s.disc(TEAL, 12.2, 6.6, 0.2, 0.34)
    return s.line(BRICK, 0.16, (3.2, 6), (1.2, 9.4)).line(PLUM, 0.16, (12.9, 7.6), (14.8, 9.6))


def puppets() -> Sheet:
    s = Sheet(LEAF).shape(MARIGOLD, (2, 3), (14, 3), (14, 10), (2, 10)).box(PAPER, 8, 6.2, 9.6, 5.2)
    s.shape(BRICK, (1.4, 3.2), (8, 0.4), (14.6, 3.2)).disc(PAPER, 8, 2.1, 0.55)
    s.slice(PINE, 5.6, 8.8, 1.5, 180, 360).disc(SKINS[3], 5.6, 6.5, 0.95).shape(
        MARIGOLD, (4.7, 6), (5.6, 3.9), (6.5, 6)
    )
    s.disc(PAPER, 5.25, 6.4, 0.14).disc(PAPER, 5.95, 6.4, 0.14)
    s.slice(PLUM, 10.3, 8.8, 1.5, 180, 360).disc(TOMATO, 10.3, 6.5, 0.98).disc(TOMATO, 9.5, 5.6, 0.38)
    s.disc(TOMATO, 11.1, 5.6, 0.38).disc(INK, 9.95, 6.4, 0.14).disc(INK, 10.65, 6.4, 0.14).disc(
        INK, 10.3, 6.85, 0.2, 0.14
    )
    return s.box(BRICK, 8, 9.4, 12, 1.2)


def table() -> Sheet:
    s = Sheet(MARIGOLD).disc(PAPER, 8, 5.2, 5.4, 4.2)
    s.box(TEAL, 6.2, 4, 2.4, 1.7, -14).box(PAPER, 6.2, 4, 1.7, 0.16, -14).box(LILAC, 9.9, 3.9, 2.4, 1.7, 12)
    s.box(TOMATO, 8, 6.6, 2.5, 1.7, 4).box(INK, 8, 6.4, 1.6, 0.1, 4).box(INK, 8, 6.75, 1.6, 0.1, 4)
    for x, y, colour in ((4.3, 5.9, BRICK), (11.8, 6, PINE), (8, 2.1, PLUM)):
        s.disc(colour, x, y, 0.72).disc("#5a3320", x, y, 0.52).slice(colour, x + 0.75, y, 0.35, 270, 90)
    for x, y, hair in ((1.4, 2, INK), (14.6, 2, BRICK), (1.3, 8.4, "#5a3320"), (14.7, 8.4, INK)):
        s.disc(TEAL if hair == INK else LILAC, x, y, 1.3, 1.1).disc(hair, x, y, 0.75)
    return s


def stairs() -> Sheet:
    s = Sheet(LILAC)
    for step, colour in enumerate((PLUM, "#8f6fc2", "#a88bd6", "#bfa8e6", "#cbb8ee")):
        left = 2 + step * 2.6
        s.box(colour, (left + 16) / 2, 10 - (step + 1) * 0.75, 16 - left, 1.5 * (step + 1) if step == 0 else 1.5)
    s.box(MARIGOLD, 14.2, 3.2, 2.2, 4.4).box(AMBER, 14.2, 3.2, 1.6, 3.8).disc(INK, 13.7, 3.4, 0.14)
    s.line(BRICK, 0.5, (5.2, 8.3), (5.5, 6.7)).line(INK, 0.3, (5.3, 8.2), (4.7, 9.2)).line(
        INK, 0.3, (5.3, 8.2), (6, 8.4)
    )
    s.line(BRICK, 0.26, (5.5, 6.9), (6.4, 6.3)).disc(SKINS[1], 5.6, 6, 0.5).slice(INK, 5.6, 5.9, 0.58, 180, 360)
    s.line(PINE, 0.5, (9.9, 5.6), (10, 4)).line(INK, 0.3, (9.9, 5.5), (9.5, 6.6)).line(
        INK, 0.3, (9.9, 5.5), (10.5, 5.9)
    )
    s.line(PINE, 0.26, (9.9, 4.2), (9, 5)).disc(SKINS[0], 10, 3.3, 0.5)
    return s.slice(BRICK, 10, 3.2, 0.58, 180, 360).star(PAPER, 2.6, 2.2, 0.7, 8, 0.4).star(PAPER, 6.4, 1.3, 0.4, 8, 0.4)


def hills() -> Sheet:
    s = (
        Sheet(TEAL)
        .disc(MARIGOLD, 12.2, 2.8, 1.4)
        .slice("#7cc2b6", 3, 10, 5.4, 180, 360)
        .slice(PINE, 12.5, 10.6, 6, 180, 360)
    )
    s.slice(MOSS, 6, 11.2, 5.6, 180, 360)
    s.line(PAPER, 0.34, (5, 9.9), (6.6, 8.8), (5.8, 7.7), (8.2, 7.1), (10.4, 6.4), (9.8, 5.6), (12.2, 4.9))
    s.line(INK, 0.12, (12.4, 4.9), (12.4, 3)).shape(BRICK, (12.4, 3), (14, 3.45), (12.4, 3.9))
    return s.disc(PAPER, 3, 2.2, 0.9, 0.42).disc(PAPER, 3.9, 2, 0.9, 0.5).disc(PAPER, 7.6, 1.4, 0.8, 0.34)


def plant() -> Sheet:
    s = Sheet(SAND).box(PAPER, 8, 4.4, 9, 7.4).box(TEAL, 8, 4.4, 8.2, 6.6).disc(MARIGOLD, 10.6, 3, 1.2)
    s.box(PAPER, 8, 4.4, 0.3, 6.6).box(PAPER, 8, 4.6, 8.2, 0.3).box(TOMATO, 8, 8.7, 16, 1.4).box(BRICK, 8, 9.7, 16, 0.8)
    for length, turn in ((4.2, -90), (3.6, -62), (3.6, -118), (3, -38), (3, -142), (2.3, -16), (2.3, -164)):
        s.leaf(MOSS if turn % 4 else PINE, 8, 6.8, length, 1.1, turn)
    return s.shape(BRICK, (6.7, 6.5), (9.3, 6.5), (8.9, 8.9), (7.1, 8.9)).box(AMBER, 8, 6.5, 3, 0.5)


def shelves() -> Sheet:
    s = Sheet(LEAF)
    colours = (BRICK, PINE, MARIGOLD, PLUM, TOMATO, INK, TEAL, AMBER)
    for shelf, bottom in enumerate((3.4, 6.6, 9.8)):
        s.box(MOSS, 8, bottom + 0.1, 15, 0.3)
        x = 0.9
        for book in range(15):
            wide = 0.55 + ((book * 7 + shelf * 5) % 5) * 0.13
            tall = 1.7 + ((book * 3 + shelf * 4) % 4) * 0.26
            if (book + shelf) % 7 == 5:
                s.box(PAPER, x + 0.55, bottom - tall / 2 - 0.12, 0.5, tall, 14)
                x += 1.25
                continue
            colour = colours[(book + shelf * 3) % len(colours)]
            s.box(colour, x + wide / 2, bottom - tall / 2, wide, tall).box(
                PAPER, x + wide / 2, bottom - tall * 0.7, wide, 0.12
            )
            x += wide + 0.12
            if x > 14.4:
                break
    return s


def school() -> Sheet:
    s = Sheet(TEAL).disc(MARIGOLD, 2.8, 2.4, 1.3).box(MOSS, 8, 9.4, 16, 1.4).box(TOMATO, 8, 6.4, 10.4, 4.8)
    s.shape(BRICK, (2.2, 4.2), (8, 1.2), (13.8, 4.2)).disc(PAPER, 8, 3, 0.7).line(INK, 0.1, (8, 3), (8, 2.55))
    s.line(INK, 0.1, (8, 3), (8.35, 3.1)).box(INK, 8, 7.6, 1.9, 2.6).box(MARIGOLD, 8, 7.7, 1.5, 2.3)
    for x in (4.3, 6, 10, 11.7):
        s.box(PAPER, x, 6, 1.1, 1.5).box(TEAL, x, 6, 0.86, 1.26).box(PAPER, x, 6, 0.1, 1.3)
    s.line(INK, 0.12, (13.4, 8.8), (13.4, 2.4)).shape(LILAC, (13.4, 2.4), (15.2, 2.9), (13.4, 3.4))
    for x, colour in ((2, PLUM), (3, BRICK), (13.8, PINE), (14.8, AMBER)):
        s.disc(SKINS[int(x) % 4], x, 8.1, 0.3).slice(colour, x, 9.3, 0.55, 180, 360)
    return s


def screen() -> Sheet:
    s = (
        Sheet(LILAC)
        .box(INK, 8, 4.5, 11, 6.6)
        .box(PAPER, 8, 4.5, 10.3, 5.9)
        .box(PLUM, 8, 8.2, 2, 1)
        .box(INK, 8, 8.8, 5, 0.4)
    )
    for row in range(2):
        for column in range(3):
            x, y = 4.7 + column * 3.3, 3.1 + row * 2.85
            s.box((TEAL, MARIGOLD, TOMATO, LEAF, LILAC, TEAL)[row * 3 + column], x, y, 3.1, 2.65)
            coat = (BRICK, PINE, PLUM, AMBER, INK, BRICK)[row * 3 + column]
            s.person(coat, SKINS[(row * 3 + column) % 4], (INK, BRICK, "#5a3320")[column], x, y + 1.32, 0.62)
    return s.box(BRICK, 14.6, 8.6, 1, 1.3).slice(BRICK, 15.1, 8.6, 0.45, 270, 90).box(SAND, 8, 9.6, 16, 0.9)


def board() -> Sheet:
    s = Sheet("#c98d62").box("#b57a50", 8, 0.2, 16, 0.4).box("#b57a50", 8, 9.8, 16, 0.4)
    notes = (
        (3.2, 3, 3.6, 3, PAPER, -5),
        (8, 2.7, 3, 3.2, MARIGOLD, 4),
        (12.6, 3.2, 3.6, 2.8, TEAL, -3),
        (4.2, 7, 3.2, 3, TOMATO, 6),
        (8.6, 7, 3.8, 2.8, PAPER, -4),
        (12.9, 7.2, 2.8, 3, LILAC, 5),
    )
    for x, y, w, h, colour, turn in notes:
        s.box(colour, x, y, w, h, turn).disc(BRICK, x, y - h / 2 + 0.35, 0.2)
    s.star(AMBER, 3.2, 3.3, 0.9, 8, 0.5).disc(PINE, 12.6, 3.5, 0.8).leaf(MOSS, 4.2, 8, 1.8, 0.8, -90)
    for y in (6.5, 7, 7.5):
        s.box(INK, 8.6, y, 2.6, 0.12, -4)
    return s.slice(PLUM, 12.9, 7.8, 0.9, 180, 360).box(INK, 8, 2.8, 1.8, 0.12, 4).box(INK, 8, 3.3, 1.8, 0.12, 4)


def voices() -> Sheet:
    s = Sheet(MARIGOLD)
    for x, y, w, h, colour, tail in (
        (4.3, 3, 5.6, 3, PAPER, (3, 5.6)),
        (11.6, 3.9, 5.4, 2.8, TEAL, (12.8, 6.5)),
        (7.6, 6.4, 4, 2, LILAC, (7, 8.2)),
    ):
        s.disc(colour, x, y, w / 2, h / 2).shape(
            colour, (tail[0] + 0.5, y + h / 2 - 0.5), (tail[0] + 1.6, y + h / 2 - 0.5), tail
        )
    for x in (3, 4.3, 5.6):
        s.disc(BRICK, x, 3, 0.32)
    for x in (10.5, 11.7, 12.9):
        s.disc(PINE, x, 3.9, 0.3)
    s.person(BRICK, SKINS[3], INK, 2.6, 10, 1).person(PINE, SKINS[0], "#5a3320", 13.2, 10, 1)
    return s.person(PLUM, SKINS[2], INK, 7.6, 10.3, 0.7)


SCENES = (
    Scene("drum", "Drum", "Paper cut of a large red drum with two sticks and small cymbals.", drum),
    Scene("brushes", "Brushes", "Paper cut of three paint pots, each with a brush standing in it.", brushes),
    Scene("frames", "Frames", "Paper cut of two people looking at three framed pictures on a wall.", frames),
    Scene("curtains", "Stage", "Paper cut of an actor in a spotlight between red curtains.", curtains),
    Scene("masks", "Masks", "Paper cut of a laughing mask and a weeping one.", masks),
    Scene("puppets", "Puppets", "Paper cut of a small theatre with a king and a bear as puppets.", puppets),
    Scene("table", "Table", "Paper cut of four colleagues round a table with papers and mugs, seen from above.", table),
    Scene("stairs", "Stairs", "Paper cut of two people climbing stairs towards a bright door.", stairs),
    Scene("hills", "Hills", "Paper cut of a winding path over green hills to a flag.", hills),
    Scene("plant", "Plant", "Paper cut of a pot plant on a sunny window sill.", plant),
    Scene("shelves", "Shelves", "Paper cut of three shelves full of bright books.", shelves),
    Scene("school", "School", "Paper cut of a primary school with a clock and children outside.", school),
    Scene("screen", "Screen", "Paper cut of six people who meet on a screen, with a mug beside it.", screen),
    Scene("board", "Pinboard", "Paper cut of a pinboard with six coloured notes.", board),
    Scene("voices", "Voices", "Paper cut of three people with speech bubbles above them.", voices),
)
