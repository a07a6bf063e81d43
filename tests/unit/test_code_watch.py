"""A pairing code that nothing can come of any more is noticed, and not left on the screen."""

from __future__ import annotations

from workers.code_watch import DEAD_CODE, FIRST_CODE_S, NO_CODE, STALE_CODE_S, CodeWatch


def test_whatsapp_that_sends_no_code() -> None:
    watch = CodeWatch(100.0)
    assert watch.trouble(100.0 + FIRST_CODE_S) is None
    assert watch.trouble(100.1 + FIRST_CODE_S) == NO_CODE


def test_a_code_that_runs_out_is_dead_unless_another_comes() -> None:
    watch = CodeWatch(0.0)
    watch.shown(1.0, 60)
    assert watch.trouble(61.0 + STALE_CODE_S) is None
    watch.shown(61.0, 20)
    assert watch.trouble(81.0 + STALE_CODE_S) is None
    assert watch.trouble(81.1 + STALE_CODE_S) == DEAD_CODE
