"""How often this process looks for garbage: the collector's pauses are felt at every key."""

from __future__ import annotations

import gc

_YOUNG = 100_000
"""New objects until they are looked through; Python's own 700 fit programs a thousandth the size.

A board of ten thousand leads is some hundred thousand objects that stay: opened with Python's own
thresholds a quarter of the time goes into looking through them (``python -m benchmarks board``).
"""
_OLDER = 20


def collect_rarely() -> None:
    """Leave alone what is there by now, and look through new objects less often."""
    gc.freeze()
    gc.set_threshold(_YOUNG, _OLDER, _OLDER)
