"""The feed of changes: one's own, ids only, and it ends when it is told to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

from shop_support import Customer, Shop, eventually, label

from waagent.domain.leads import Stage
from waagent.domain.views import Change
from waagent.errors import DatabaseError


@contextmanager
def following(shop: Shop) -> Iterator[list[Change]]:
    """The changes of a shop while the block runs."""
    seen: list[Change] = []
    stop = Event()
    listening = "select count(*) from pg_stat_activity where query ilike 'listen%%'"
    before = shop.admin.value(listening)

    def follow() -> None:
        for change in shop.front.changes.listen(shop.tenant, stop):
            seen.append(change)

    thread = Thread(target=follow)
    thread.start()
    try:
        eventually(lambda: shop.admin.value(listening) > before)
        yield seen
    finally:
        stop.set()
        thread.join(10)
        assert not thread.is_alive()


def test_everything_that_happens_is_told(shop: Shop) -> None:
    session_id = shop.linked()
    with following(shop) as seen:
        shop.receive(session_id, Customer().says())
        (message,) = shop.messages()
        conversation_id = message.conversation_id
        arrived = Change(kind="message", id=message.id, conversation_id=conversation_id)
        eventually(lambda: arrived in seen)
        shop.judge(label())
        eventually(lambda: {"lead", "insight", "follow_up"} <= {change.kind for change in seen})
        seen.clear()
        shop.front.leads.move(shop.tenant, shop.lead().id, Stage.WON)
        lead = Change(kind="lead", id=shop.lead().id, conversation_id=conversation_id)
        eventually(lambda: lead in seen)
        sent = shop.front.messages.reply(shop.tenant, conversation_id, "siap")
        queued = Change(kind="message", id=sent.id, conversation_id=conversation_id)
        eventually(lambda: queued in seen)


def test_another_shop_s_changes_are_not(new_shop: Callable[..., Shop]) -> None:
    own, other = new_shop(), new_shop()
    with following(own) as seen:
        other.receive(other.session(), Customer().says())
        own.receive(own.session(), Customer().says())
        eventually(lambda: "message" in {change.kind for change in seen})
        ours = {message.id for message in own.messages()} | {own.lead().id}
        assert {change.id for change in seen} <= ours


def test_what_is_rolled_back_is_not_told(shop: Shop) -> None:
    with following(shop) as seen:
        with suppress(RuntimeError), shop.host.core.tenant(shop.id) as scope:
            scope.changed("lead", "never")
            raise RuntimeError
        with shop.host.core.tenant(shop.id) as scope:
            scope.changed("lead", "done")
        eventually(lambda: seen)
        assert [change.id for change in seen] == ["done"]


def test_it_ends_within_a_second_of_being_stopped(shop: Shop) -> None:
    stop = Event()
    stop.set()
    began = time.monotonic()
    assert list(shop.front.changes.listen(shop.tenant, stop)) == []
    assert time.monotonic() - began < 5


def test_a_lost_connection_is_an_error_of_ours(shop: Shop) -> None:
    errors: list[Exception] = []
    stop = Event()

    def follow() -> None:
        try:
            list(shop.front.changes.listen(shop.tenant, stop))
        except DatabaseError as error:
            errors.append(error)

    thread = Thread(target=follow)
    thread.start()
    pids: list[int] = []

    def listening() -> bool:
        query = "select pid from pg_stat_activity where query ilike 'listen%%'"
        pids[:] = [pid for (pid,) in shop.admin.rows(query)]
        return bool(pids)

    eventually(listening)
    for pid in pids:
        shop.admin.run("select pg_terminate_backend(%s)", pid)
    thread.join(10)
    assert not thread.is_alive()
    assert len(errors) == 1
