"""Comparing by meaning: off by default, behind one small interface, cached by text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from mentoring.matching import InvalidInput, Mentee, Mentor, Weights, match
from mentoring.matching.errors import MatchingError
from mentoring.matching.semantic import OnnxEncoder

TALK = (
    "I hope to help the youngest children in our setting to find their voice and to speak with more confidence each day"
)
ORACY = (
    "For many years my work was about spoken language, from first words to telling whole long stories to others aloud"
)
MONEY = "My days go to budgets and contracts; gladly I show how a school plans its spending over several years ahead"


class Fake:
    """Two directions: children's talk, and everything else."""

    name = "fake"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([[1, 0] if "voice" in t or "spoken" in t else [0, 1] for t in texts], dtype=np.float32)


def test_meaning__no_weight__is_no_component() -> None:
    pair = match([Mentee(key="a", text=TALK)], [Mentor(key="b", text=ORACY)], encoder=Fake()).pairs[0]
    assert "meaning" not in {c.key for c in pair.components}


def test_meaning__weight_and_encoder__finds_the_near_text_and_is_part_of_the_sum() -> None:
    right = [Mentor(key="b", text=MONEY), Mentor(key="d", text=ORACY)]
    pair = match([Mentee(key="a", text=TALK)], right, weights=Weights(meaning=20), encoder=Fake()).pairs[0]
    assert pair.mentor == "d"
    assert sum(c.contribution for c in pair.components) == pytest.approx(pair.score)
    assert next(c.value for c in pair.components if c.key == "meaning") == pytest.approx(1.0)


def test_meaning__text_too_short__is_unknown() -> None:
    pair = match(
        [Mentee(key="a", text="Talk")], [Mentor(key="b", text=ORACY)], weights=Weights(meaning=20), encoder=Fake()
    )
    assert next(c.value for c in pair.pairs[0].components if c.key == "meaning") is None


def test_meaning__weight_without_encoder__is_refused() -> None:
    with pytest.raises(InvalidInput, match="no encoder"):
        match([Mentee(key="a")], [Mentor(key="b")], weights=Weights(meaning=5))


def test_encoder__no_such_place_or_no_model_in_it__says_so(tmp_path: Path) -> None:
    with pytest.raises(MatchingError, match="neither a folder nor an installed package"):
        OnnxEncoder.load("no_such_package_here")
    with pytest.raises(MatchingError, match=r"no \.onnx file"):
        OnnxEncoder.load(str(tmp_path))


def test_encoder__text_seen_before__is_not_run_again(tmp_path: Path) -> None:
    encoder = OnnxEncoder.__new__(OnnxEncoder)
    encoder.name, encoder._cache, encoder._known = "m", tmp_path, {}
    asked: list[str] = []

    def run(texts: list[str]) -> np.ndarray:
        asked.extend(texts)
        return np.ones((len(texts), 3), dtype=np.float32)

    encoder._run = run  # type: ignore[method-assign]
    assert encoder.encode(["x", "y", "x"]).shape == (3, 3)
    encoder._known = {}  # as after a restart: the folder remembers
    encoder.encode(["y", "x"])
    assert sorted(asked) == ["x", "y"]
