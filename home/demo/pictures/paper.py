"""Cut paper: a sheet, a pair of scissors and the site's colours. The same scene gives the same picture every time."""

from __future__ import annotations

import math
from io import BytesIO

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 1280, 800
SHARP = 2  # drawn twice as large and made smaller: smooth edges

INK = "#2b1a30"
PAPER = "#fdfaf5"
SAND = "#f5ede2"
MARIGOLD = "#ffcb5c"
AMBER = "#d98e04"
TOMATO = "#fbb9a3"
BRICK = "#c4472b"
TEAL = "#a6dbd2"
PINE = "#1d7a72"
LILAC = "#d8caf5"
PLUM = "#7a58b0"
LEAF = "#cfe5b2"
MOSS = "#5d8a2f"

Point = tuple[float, float]


class Sheet:
    """A picture in units of its width: x from 0 to 16, y from 0 to 10."""

    def __init__(self, ground: str) -> None:
        self.unit = WIDTH * SHARP / 16
        self.image = Image.new("RGB", (WIDTH * SHARP, HEIGHT * SHARP), ground)
        self.draw = ImageDraw.Draw(self.image)

    def _points(self, points: list[Point]) -> list[Point]:
        return [(x * self.unit, y * self.unit) for x, y in points]

    def shape(self, colour: str, *points: Point) -> Sheet:
        self.draw.polygon(self._points(list(points)), fill=colour)
        return self

    def disc(self, colour: str, x: float, y: float, rx: float, ry: float | None = None) -> Sheet:
        ry = rx if ry is None else ry
        (left, top), (right, bottom) = self._points([(x - rx, y - ry), (x + rx, y + ry)])
        self.draw.ellipse((left, top, right, bottom), fill=colour)
        return self

    def slice(self, colour: str, x: float, y: float, r: float, start: float, end: float) -> Sheet:
        """A piece of a disc from `start` to `end` degrees, clockwise from the right."""
        (left, top), (right, bottom) = self._points([(x - r, y - r), (x + r, y + r)])
        self.draw.pieslice((left, top, right, bottom), start, end, fill=colour)
        return self

    def box(self, colour: str, x: float, y: float, w: float, h: float, turn: float = 0) -> Sheet:
        """A sheet of paper by its middle, turned by some degrees."""
        angle = math.radians(turn)
        corners = [(-w / 2, -h / 2), (w / 2, -h / 2), (w / 2, h / 2), (-w / 2, h / 2)]
        turned = [
            (x + a * math.cos(angle) - b * math.sin(angle), y + a * math.sin(angle) + b * math.cos(angle))
            for a, b in corners
        ]
        return self.shape(colour, *turned)

    def line(self, colour: str, thick: float, *points: Point) -> Sheet:
        self.draw.line(self._points(list(points)), fill=colour, width=round(thick * self.unit), joint="curve")
        for x, y in (points[0], points[-1]):
            self.disc(colour, x, y, thick / 2)
        return self

    def leaf(self, colour: str, x: float, y: float, length: float, width: float, turn: float) -> Sheet:
        """A pointed leaf that grows from (x, y)."""
        angle = math.radians(turn)
        points = []
        for side in (1, -1):
            steps = range(21) if side == 1 else range(20, -1, -1)
            for step in steps:
                along = step / 20
                across = side * width / 2 * math.sin(math.pi * along)
                points.append(
                    (
                        x + length * along * math.cos(angle) - across * math.sin(angle),
                        y + length * along * math.sin(angle) + across * math.cos(angle),
                    )
                )
        return self.shape(colour, *points)

    def star(self, colour: str, x: float, y: float, r: float, rays: int = 8, waist: float = 0.5) -> Sheet:
        points = []
        for step in range(rays * 2):
            reach = r if step % 2 == 0 else r * waist
            angle = math.pi * step / rays
            points.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
        return self.shape(colour, *points)

    def person(self, coat: str, skin: str, hair: str, x: float, y: float, size: float = 1) -> Sheet:
        """Head and shoulders, as cut from four pieces; (x, y) is the bottom middle."""
        self.slice(coat, x, y, 1.5 * size, 180, 360)
        self.box(skin, x, y - 1.55 * size, 0.5 * size, 0.8 * size)
        self.disc(skin, x, y - 2.35 * size, 0.78 * size, 0.88 * size)
        return self.slice(hair, x, y - 2.5 * size, 0.92 * size, 180, 360)

    def png(self) -> bytes:
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        found = BytesIO()
        small.quantize(64, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(found, "PNG", optimize=False)
        return found.getvalue()
