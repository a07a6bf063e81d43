"""Faults by account, and those that count down."""

from __future__ import annotations

import pytest

from waagent.errors import InvalidInputError
from waagent.sandbox.faults import Fault, Faults


def test_an_accounts_own_fault_beats_the_one_for_all() -> None:
    faults = Faults()
    faults.set("ack_delay", value=2)
    faults.set("ack_delay", "628", 5)
    assert faults.value(Fault.ACK_DELAY, "628") == 5
    assert faults.value(Fault.ACK_DELAY, "629") == 2
    faults.clear("628")
    assert faults.value(Fault.ACK_DELAY, "628") == 2
    faults.clear()
    assert faults.value(Fault.ACK_DELAY, "628") == 0
    assert faults.listing() == {}


def test_a_counted_fault_is_used_up() -> None:
    faults = Faults()
    faults.set("duplicate", "628", 2)
    assert [faults.use_up(Fault.DUPLICATE, "628") for _ in range(3)] == [True, True, False]
    assert not faults.use_up(Fault.DUPLICATE, "629")


def test_faults_that_make_no_sense_are_refused() -> None:
    with pytest.raises(InvalidInputError):
        Faults().set("hujan")
    with pytest.raises(InvalidInputError):
        Faults().set("ack_delay", value=-1)


def test_a_fault_applies_so_many_times() -> None:
    faults = Faults()
    faults.set("ack_error", "628", 463, times=2)
    codes = [faults.take(Fault.ACK_ERROR, "628") for _ in range(3)]
    assert [setting and setting.value for setting in codes] == [463, 463, None]
    faults.set("ack_error", value=0)
    assert faults.take(Fault.ACK_ERROR, "628") is None


def test_a_ban_lifts_itself() -> None:
    faults = Faults()
    faults.set("refuse_login", "628", 402, code=101, expire=60)
    setting = faults.find(Fault.REFUSE_LOGIN, "628")
    assert setting is not None
    assert 0 < setting.seconds_left() <= 60
    assert faults.listing() == {"628": {"refuse_login": {"value": 402, "code": 101, "expire": 60}}}
    setting.since -= 60
    assert faults.listing() == {}
    assert faults.find(Fault.REFUSE_LOGIN, "628") is None
