"""Does a sentence encoder find the right mentor more often than words do? Invented goals and offers, told twice.

    python benchmarks/bench_meaning.py FOLDER_OR_PACKAGE ...     # where the model and its tokenizer lie

Each goal has one offer that answers it in other words. Printed: how often it comes first, and its mean rank.
The set is small and written for this purpose by one hand; it can show a difference, not its size in real life.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402 (the root must be on the path first)

from mentoring.matching import Mentee, Mentor  # noqa: E402
from mentoring.matching.features import goals  # noqa: E402
from mentoring.matching.semantic import OnnxEncoder, meaning  # noqa: E402

TEXTS = Path(__file__).with_name("goals_and_offers.txt")


def pairs() -> list[tuple[str, str]]:
    lines = [line for line in TEXTS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return list(zip(lines[::2], lines[1::2], strict=True))


def report(name: str, score: np.ndarray, seconds: float) -> None:
    rank = 1 + (score > np.diag(score)[:, None]).sum(axis=1)
    print(f"{name}: first {np.mean(rank == 1):.0%}, mean rank {rank.mean():.1f} of {len(rank)}, {seconds:.2f} s")


def main() -> None:
    left = [Mentee(key=f"a{n}", text=text) for n, (text, _) in enumerate(pairs())]
    right = [Mentor(key=f"b{n}", text=text) for n, (_, text) in enumerate(pairs())]
    start = time.perf_counter()
    words = goals(left, right, weight=1).block()
    report("words (TF-IDF)", words, time.perf_counter() - start)
    if len(sys.argv) < 2:
        print("give a folder or packages with a model to compare with")
        return
    encoder = OnnxEncoder.load(*sys.argv[1:])
    start = time.perf_counter()
    sense = meaning(left, right, encoder, weight=1).block()
    report("meaning (encoder)", sense, time.perf_counter() - start)
    report("both", words + sense, 0.0)


if __name__ == "__main__":
    main()
