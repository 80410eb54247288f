"""A chart of growth as SVG, drawn by hand: both axes by powers of ten."""

from __future__ import annotations

import math
from collections.abc import Sequence

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 400, 70, 60, 30, 40


def growth_chart(points: Sequence[tuple[int, float]]) -> str:
    """(people, seconds) as a line with labelled points."""
    x0, x1 = (math.floor(math.log10(points[0][0])), math.ceil(math.log10(points[-1][0])))
    low, high = min(s for _, s in points), max(s for _, s in points)
    y0, y1 = math.floor(math.log10(low)), math.ceil(math.log10(high))

    def x(people: float) -> float:
        return LEFT + (math.log10(people) - x0) / (x1 - x0) * (WIDTH - LEFT - RIGHT)

    def y(seconds: float) -> float:
        return HEIGHT - BOTTOM - (math.log10(seconds) - y0) / (y1 - y0) * (HEIGHT - BOTTOM - TOP)

    lines = []
    for power in range(x0, x1 + 1):
        at = x(10**power)
        lines.append(f'<path class="grid" d="M{at:.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        lines.append(f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{10**power:,}</text>')
    for power in range(y0, y1 + 1):
        at = y(10**power)
        lines.append(f'<path class="grid" d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}"/>')
        lines.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{10.0**power:g} s</text>')
    grid, middle = "".join(lines), (LEFT + WIDTH - RIGHT) / 2
    line = " ".join(f"{x(p):.1f},{y(s):.1f}" for p, s in points)
    dots = "".join(
        f'<circle cx="{x(p):.1f}" cy="{y(s):.1f}" r="4"/><text x="{x(p):.1f}" y="{y(s) - 10:.1f}" '
        f'text-anchor="middle">{s:.2g} s</text>'
        for p, s in points
    )
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="t d">
<title id="t">Time from rows to a proven optimum</title>
<desc id="d">{"; ".join(f"{p:,} people: {s:.2g} seconds" for p, s in points)}.</desc>
<style>text {{ font: 12px system-ui, sans-serif; fill: #333 }} .grid {{ stroke: #ccc }}
circle {{ fill: #0b5d6b }}
.line {{ fill: none; stroke: #0b5d6b; stroke-width: 2 }} .paper {{ fill: #fff }}</style>
<rect class="paper" width="{WIDTH}" height="{HEIGHT}"/>
{grid}
<polyline class="line" points="{line}"/>
{dots}
<text x="{middle}" y="{HEIGHT - 15}" text-anchor="middle">people, mentees and mentors together</text>
</svg>
"""
