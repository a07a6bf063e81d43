"""What ``make demo`` runs where nobody watches: it tells the story and leaves nothing behind."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from acceptance_driver import Waagent

pytestmark = [pytest.mark.xdist_group("acceptance"), pytest.mark.timeout(240)]


def test_the_demo_tells_of_a_sale_won_back(nowhere: Waagent) -> None:
    before = set(Path(tempfile.gettempdir()).glob("waagent-demo-*"))
    # On an idle machine it takes some 45 s; the suite's other worker shares this one.
    done = nowhere.run("up", "--sandbox", "--demo", seconds=180, WAAGENT_LANGUAGE="en")
    assert done.code == 0, done
    assert "Traceback" not in done.out + done.err
    rows = done.out.splitlines()
    assert sum("insight" in row for row in rows) >= 2, done.out
    assert re.search(r"stage Mbak Dewi: new → qualified", done.out)
    asked = _row(rows, r"Mbak Dewi +pagi kak, brownies")
    followed_up = _row(rows, r"Follow-up +→ Mbak Dewi: ")
    answered = _row(rows, r"Mbak Dewi +jadi deh kak")
    judged = _row(rows[answered:], r"insight Mbak Dewi: ") + answered
    assert asked < followed_up < answered < judged
    assert set(Path(tempfile.gettempdir()).glob("waagent-demo-*")) == before


def _row(rows: list[str], pattern: str) -> int:
    found = [at for at, row in enumerate(rows) if re.search(pattern, row)]
    assert found, (pattern, rows)
    return found[0]
