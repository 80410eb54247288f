"""A report that can be printed: a summary, one page per pair, and those who are left over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from mentoring.matching.result import MatchResult, Pair

_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #8888; }
td.number, th.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.score { font-size: 1.4rem; font-weight: 600; }
.caution { border-left: .3rem solid #b45309; padding-left: .8rem; }
section { break-before: page; padding-top: 1rem; }
tr { break-inside: avoid; }
"""

_COMPONENTS = {
    "interests": "Interests", "role_step": "Role step", "goals": "Goals", "phase_context": "Phase and setting",
    "time": "Time", "travel": "Meeting", "candour": "Distance", "meaning": "Meaning of goals",
    "preference": "Asked for", "nothing_known": "Nothing known",
}  # fmt: skip

Names = Mapping[str, str]


def report(result: MatchResult, names: Names, title: str = "Proposed pairs") -> str:
    """The whole page as HTML with its style inside; it asks no other host for anything.

    Args:
        names: key -> name of a person; the key is shown where there is none.
    """
    body = [f"<h1>{escape(title)}</h1>", *_summary(result, names)]
    for pair in result.pairs:
        body += _pair(pair, names)
    return (
        f'<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n" + "\n".join(body) + "\n</main>\n</body>\n</html>\n"
    )


def _name(names: Names, key: str) -> str:
    return escape(names.get(key) or key)


def _table(headings: Iterable[tuple[str, bool]], rows: Iterable[Iterable[str]]) -> str:
    """`headings` are (text, is a number); cells come escaped."""
    heads = list(headings)
    style = [' class="number"' if number else "" for _, number in heads]
    top = "".join(f'<th scope="col"{s}>{escape(text)}</th>' for (text, _), s in zip(heads, style, strict=True))
    lines = ("".join(f"<td{s}>{cell}</td>" for cell, s in zip(row, style, strict=True)) for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(f'<tr>{line}</tr>' for line in lines)}</tbody></table>"


def _summary(result: MatchResult, names: Names) -> Iterable[str]:
    stats = result.stats
    yield (
        f"<p>{stats['matched']:.0f} of {stats['mentees']:.0f} mentees are matched. Mean score {stats['mean']:.1f}, "
        f"lowest {stats['lowest']:.1f} out of 100.</p>"
    )
    proof = (
        "This is the best outcome there is." if not result.gap else f"At most {result.gap:.2%} could still be gained."
    )
    price = result.price
    if price is not None and price.share_lost > 0:
        proof += f" Fairness costs {price.share_lost:.2%} of the total and lifts the lowest score from "
        proof += f"{price.lowest_at_best_total:.1f} to {price.lowest:.1f}."
    yield f"<p>{proof}</p>"
    for warning in result.warnings:
        yield f'<p class="caution">{escape(warning)}</p>'
    if result.pairs:
        yield "<h2>Pairs</h2>"
        yield _table(
            [("Mentee", False), ("Mentor", False), ("Score", True), ("Known", True)],
            (
                [_name(names, p.mentee), _name(names, p.mentor), f"{p.score:.1f}", f"{p.evidence:.0%}"]
                for p in result.pairs
            ),
        )
    if result.certificate:
        yield "<h2>Each school's share</h2>"
        yield _table(
            [("School", False), ("Eligible", True), ("Promised", True), ("Matched", True), ("Kept", False)],
            (
                [escape(c.organisation), str(c.eligible), str(c.floor), str(c.matched), "yes" if c.met else "no"]
                for c in result.certificate
            ),
        )
    if result.unmatched:
        yield "<h2>Without a partner</h2>"
        yield _table(
            [("Person", False), ("As", False), ("Why", False)],
            ([_name(names, u.key), escape(u.role), escape(u.sentence)] for u in result.unmatched),
        )


def _pair(pair: Pair, names: Names) -> Iterable[str]:
    yield f"<section><h2>{_name(names, pair.mentee)} with {_name(names, pair.mentor)}</h2>"
    rank = f", number {pair.rank_for_mentee} for this mentee" if pair.rank_for_mentee else ""
    known = f"{pair.evidence:.0%} of what counts is known."
    yield f'<p><span class="score">{pair.score:.1f}</span> of 100{rank}; {known}</p>'
    if pair.reasons:
        yield "<ul>" + "".join(f"<li>{escape(reason)}</li>" for reason in pair.reasons) + "</ul>"
    if pair.caution:
        yield f'<p class="caution">{escape(pair.caution)}</p>'
    if pair.unknown:
        yield f"<p>{escape(pair.unknown)}</p>"
    rows = (
        [
            escape(_COMPONENTS.get(c.key, c.key)),
            "unknown" if c.value is None else f"{c.value:.2f}",
            f"{c.weight:g}" if c.weight else "–",
            f"{c.contribution:.1f}",
            "" if c.value is None else escape(c.sentence),
        ]
        for c in pair.components
    )
    yield _table([("Part", False), ("Value", True), ("Weight", True), ("Points", True), ("In words", False)], rows)
    if pair.alternatives:
        others = (f"{_name(names, a.mentor)} ({a.score:.1f})" for a in pair.alternatives)
        yield f"<p>Next best for this mentee: {', '.join(others)}.</p>"
    yield "</section>"
