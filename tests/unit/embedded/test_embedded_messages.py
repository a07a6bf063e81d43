"""What the embedded servers tell the user: errors with a next step, reasons out of logs."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from waagent.embedded import Backend
from waagent.embedded.faults import explain, start_failure
from waagent.embedded.logfiles import pick_reason

HOME = Path("/home/ibu/.waagent")


@pytest.mark.parametrize(
    ("number", "message", "hint"),
    [
        (errno.ENOSPC, "No space left", "another disk"),
        (errno.EDQUOT, "No space left", "another disk"),
        (errno.EACCES, "cannot be used", "writable"),
        (errno.EROFS, "cannot be used", "writable"),
        (errno.EIO, "cannot be set up", "WAAGENT_HOME"),
    ],
)
def test_system_errors_get_a_message_and_a_hint(number, message, hint):
    found = explain(OSError(number, "as the system says", str(HOME / "logs")), HOME)
    assert message in found.message
    assert hint in str(found.hint)
    assert "\n" not in found.message
    assert found.exit_code == 3


def test_a_full_disk_is_recognised_in_what_postgres_says():
    found = start_failure("PostgreSQL", 'could not write "x": No space left on device', HOME)
    assert "another disk" in str(found.hint)
    assert "another disk" not in str(start_failure("PostgreSQL", "bad luck", HOME).hint)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([], "it gave no reason"),
        (["", "  last words  "], "last words"),
        (["2026 [7] FATAL:  lock file exists", "2026 [7] HINT:  Is another?"], "lock file exists"),
        (["2026 [7] PANIC:  could not locate", "pg_ctl: could not start"], "could not locate"),
        (
            ["0 [7] FATAL:  wrote 1 of 8", "HINT:  Check free disk space.", "0 [7] PANIC:  so"],
            "wrote 1 of 8 (No space left on device)",
        ),
        (["7:M 22 # Fatal error, can't open config"], "7:M 22 # Fatal error, can't open config"),
    ],
)
def test_the_reason_is_the_first_grave_line(lines, reason):
    assert pick_reason(lines) == reason


def test_the_urls_stay_out_of_logs():
    backend = Backend(database_url="postgresql://waagent:secret@/waagent", redis_url="unix://:x@/y")
    assert repr(backend) == "Backend()"
