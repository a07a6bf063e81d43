"""A conversation as one vector: sentence embeddings, cues, shape, and hashed character n-grams.

The layout is part of the weight file's version: change anything here and train again
(``scripts/train_classifier.py``).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from re import Pattern

import numpy as np
from numpy.typing import NDArray

from waagent.ai.cues import BUSINESS_CUES, CUSTOMER_CUES
from waagent.ai.embedder import Embedder
from waagent.ai.snippet import Snippet, is_acknowledgement
from waagent.ai.text import normalise
from waagent.domain.optout import is_opt_out

HASH_KEY = 4096
HASH_ALL = 2048
EMBED_CHARS = 120
SCALE_EMBEDDING = 3.0
SCALE_CUES = 0.5
SCALE_HASH = 1.5

Row = NDArray[np.float32]


def _clip(text: str, limit: int) -> str:
    """The beginning and the end of a long text: openers and the actual wish."""
    if len(text) <= limit:
        return text
    return text[: limit // 3] + " " + text[-(limit - limit // 3) :]


def embedded_texts(snippet: Snippet) -> tuple[str, ...]:
    """The texts whose vectors are features, each short enough to keep the latency bounded."""
    return (_clip(" ".join(snippet.key.split()), EMBED_CHARS),)


def _matches(cues: Mapping[str, Pattern[str]], normal: str) -> list[float]:
    return [1.0 if cue.search(normal) else 0.0 for cue in cues.values()]


def _grams(normal: str) -> Iterator[str]:
    words = normal.split()
    yield from (f"w {word}" for word in words)
    yield from (f"b {a} {b}" for a, b in pairwise(words))
    for word in words:
        padded = f"_{word}_"
        for size in (3, 4, 5):
            yield from (padded[i : i + size] for i in range(len(padded) - size + 1))


def hashed(normal: str, size: int) -> Row:
    """A unit vector of ``size`` with the text's words, word pairs and character n-grams."""
    row = np.zeros(size, dtype=np.float32)
    for gram in _grams(normal):
        code = zlib.crc32(gram.encode())
        row[code % size] += 1.0 if code & 0x80000000 else -1.0
    row = np.sign(row) * np.sqrt(np.abs(row))
    norm = float(np.linalg.norm(row))
    return row / norm if norm else row


def _shape(snippet: Snippet) -> list[float]:
    """Counts and lengths: who spoke, how often, how long, how loud."""
    business = [turn for turn in snippet.turns if turn.author == "business"]
    letters = [c for c in snippet.key if c.isalpha()]
    loud = sum(c.isupper() for c in letters) / len(letters) if len(letters) > 3 else 0.0
    words = len(snippet.key.split())
    return [
        1.0 if snippet.business_waits else 0.0,
        1.0 if snippet.turns and snippet.turns[0].author == "business" else 0.0,
        1.0 if snippet.key_is_last else 0.0,
        1.0 if business else 0.0,
        1.0 if len(snippet.customer) == 1 else 0.0,
        min(len(snippet.customer), 5) / 5,
        min(len(business), 4) / 4,
        1.0 if words <= 2 else 0.0,
        1.0 if words <= 5 else 0.0,
        1.0 if words >= 25 else 0.0,
        min(words, 40) / 40,
        1.0 if loud > 0.6 else 0.0,
        1.0 if is_acknowledgement(snippet.last) else 0.0,
        1.0 if is_acknowledgement(snippet.key) else 0.0,
        1.0 if "?" in snippet.last else 0.0,
        1.0 if any(is_opt_out(text) for text in snippet.customer) else 0.0,
    ]


def _cue_rows(snippet: Snippet) -> list[float]:
    everything = normalise(" . ".join(snippet.customer))
    earlier = normalise(" . ".join(snippet.customer[:-1]))
    key, last, reply = (normalise(text) for text in (snippet.key, snippet.last, snippet.reply))
    of_reply = _matches(BUSINESS_CUES, reply)
    business = normalise(" . ".join(t.text for t in snippet.turns if t.author == "business"))
    acknowledged = is_acknowledgement(snippet.last)
    return [
        *_matches(CUSTOMER_CUES, key),
        *_matches(CUSTOMER_CUES, last),
        *_matches(CUSTOMER_CUES, everything),
        *_matches(CUSTOMER_CUES, earlier),
        *of_reply,
        *_matches(BUSINESS_CUES, normalise(snippet.closing)),
        *_matches(BUSINESS_CUES, business),
        *(value if acknowledged else 0.0 for value in of_reply),
    ]


def vectors(snippet: Snippet, embedder: Embedder) -> Row:
    """The feature vector of one snippet (float32, one dimension)."""
    embedded = embedder.embed(embedded_texts(snippet)).reshape(-1)
    return assemble(snippet, embedded)


def assemble(snippet: Snippet, embedded: Row) -> Row:
    """The feature vector, given the vectors of ``embedded_texts`` one after the other."""
    cues = np.asarray([*_shape(snippet), *_cue_rows(snippet)], dtype=np.float32)
    everything = normalise(" . ".join(snippet.customer))
    return np.concatenate(
        [
            SCALE_EMBEDDING * embedded,
            SCALE_CUES * cues,
            SCALE_HASH * hashed(normalise(snippet.key), HASH_KEY),
            SCALE_HASH * hashed(everything, HASH_ALL),
        ]
    ).astype(np.float32)
