"""Changes arrive while the board is in use: nothing the user is doing is disturbed."""

from __future__ import annotations

from dataclasses import replace

from board_fixture import NOW, FakeServices, ago, lead, session, talk
from tui_driver import NARROW, Driver

from waagent.domain.labels import Status
from waagent.domain.leads import Stage
from waagent.domain.messages import Direction, MessageState, Origin
from waagent.domain.sessions import SessionState
from waagent.domain.views import Change


async def test_a_new_lead_appears_and_the_cursor_stays(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("j")
        before = ui.board.board.lead.id
        ui.services.put_lead(lead(99, name="Bu Baru", last_message_at=NOW, unread=1))
        await ui.until(lambda: "Bu Baru" in ui.text())
        assert ui.board.board.lead.id == before
        assert ui.app.focused is ui.board.board

    await play(scenario)


async def test_a_card_changes_columns_in_place(play):
    async def scenario(ui: Driver) -> None:
        columns = list(ui.board.query("Column"))
        card = ui.services.leads.get(None, "lead-6")
        ui.services.put_lead(replace(card, stage=Stage.NEGOTIATION, status=Status.HOT_LEAD))
        await ui.until(lambda: "Negosiasi 3" in ui.text())
        assert list(ui.board.query("Column")) == columns
        assert ui.services.calls.count(("leads.list",)) == 1
        assert ("leads.get", "lead-6") in ui.services.calls

    await play(scenario)


async def test_typing_in_the_filter_survives_a_change(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("slash", *"nasi")
        box = ui.app.focused
        ui.services.put_lead(lead(98, name="Pak Nasirun", product=None))
        await ui.until(lambda: "5 cocok" in ui.text())
        assert ui.app.focused is box
        assert box.value == "nasi"

    await play(scenario)


async def test_the_focused_card_is_followed_when_it_moves(play):
    async def scenario(ui: Driver) -> None:
        card = ui.services.leads.get(None, "lead-1")
        ui.services.put_lead(replace(card, stage=Stage.LOST))
        await ui.until(lambda: ui.board.board.stage is Stage.LOST)
        assert ui.board.board.lead.id == "lead-1"
        assert Stage.LOST in ui.board.board.shown_stages

    await play(scenario, size=NARROW)


async def test_scrolled_down_the_board_stays_and_hints(play):
    many = [lead(n, last_message_at=ago(n + 1)) for n in range(60)]

    async def scenario(ui: Driver) -> None:
        await ui.press("G")
        cards = ui.board.query_one("#column-new").cards
        top = cards.leads[round(cards.scroll_y) // 4].id
        ui.services.put_lead(lead(99, name="Bu Baru", last_message_at=NOW, unread=1))
        await ui.until(lambda: "↑ 1 baru" in ui.text())
        assert cards.leads[round(cards.scroll_y) // 4].id == top

    await play(scenario, FakeServices(card_list=many))


async def test_a_session_that_drops_out_is_told(play):
    async def scenario(ui: Driver) -> None:
        ui.services.session_list = [session(state=SessionState.LOGGED_OUT)]
        ui.services.tell(Change(kind="session", id="session-1"))
        await ui.until(lambda: "waagent connect dapur-bu-rini" in ui.text())

    await play(scenario)


async def test_a_burst_costs_few_calls(play):
    async def scenario(ui: Driver) -> None:
        card = ui.services.leads.get(None, "lead-2")
        ui.services.calls.clear()
        for number in range(100):
            ui.services.put_lead(replace(card, unread=number))
        await ui.until(lambda: ui.app.hub.store.lead("lead-2").unread == 99)
        assert len(ui.services.calls) < 50

    await play(scenario)


async def test_half_typed_reply_focus_and_scroll_survive_a_message(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("l", "l", "l", "enter")
        await ui.press(*"Baik bu")
        assert ui.app.focused is ui.chat.reply
        ui.services.put_message(replace(talk()[-1], id="new", text="Halo bu?", at=NOW))
        await ui.until(lambda: "Halo bu?" in ui.text())
        assert ui.chat.reply.text == "Baik bu"
        assert ui.app.focused is ui.chat.reply
        await ui.press(*"ya")
        assert ui.chat.reply.text == "Baik buya"

    await play(scenario)


async def test_scrolled_up_a_message_is_hinted_not_jumped_to(play):
    old = [replace(talk()[0], id=f"old-{n}", at=ago(2000 - n)) for n in range(40)]

    async def scenario(ui: Driver) -> None:
        await ui.press("l", "l", "l", "enter", "tab", "g")
        at = ui.chat.messages.scroll_y
        for number in range(3):
            ui.services.put_message(replace(talk()[-1], id=f"n{number}", text="Bu?", at=NOW))
        await ui.until(lambda: ui.chat.messages.unseen == 3)
        assert ui.chat.messages.scroll_y == at
        assert "↓ 3 baru" in ui.text()
        await ui.press("G")
        assert "Bu?" in ui.text()
        assert "↓ 3 baru" not in ui.text()

    await play(scenario, FakeServices(talks={"chat-9": old}))


async def test_receipts_change_the_ticks_in_place(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("l", "l", "l", "enter")
        rows, top = list(ui.chat.messages.drawn), ui.chat.messages.scroll_y
        changed = replace(ui.services.talks["chat-9"][4], state=MessageState.FAILED)
        ui.services.talks["chat-9"][4] = changed
        ui.services.tell(Change(kind="message", id=changed.id, conversation_id="chat-9"))
        await ui.until(lambda: "gagal" in ui.text())
        drawn = ui.chat.messages.drawn
        assert [at for at, bubble in enumerate(drawn) if bubble is not rows[at]] == [4]
        assert ui.chat.messages.scroll_y == top

    await play(scenario)


async def test_a_broken_feed_is_shown_and_polls_go_on(play):
    async def scenario(ui: Driver) -> None:
        ui.services.tell(RuntimeError("feed"))
        await ui.until(lambda: "tiap 5 detik" in ui.text())
        ui.services.card_list.append(lead(97, name="Bu Poll", last_message_at=NOW))
        await ui.until(lambda: "Bu Poll" in ui.text(), seconds=15)

    await play(scenario)


async def test_reply_arriving_by_the_feed_is_not_doubled(play):
    async def scenario(ui: Driver) -> None:
        await ui.press("l", "l", "l", "enter")
        await ui.press(*"Siap", "enter")
        await ui.until(lambda: ui.text().count("Siap") == 1)
        sent = ui.services.talks["chat-9"][-1]
        assert (sent.text, sent.direction, sent.origin) == ("Siap", Direction.OUT, Origin.HUMAN)
        assert "antre" in ui.text()

    await play(scenario)


async def test_the_first_customer_of_an_empty_shop_can_be_opened_at_once(play):
    first = lead(1, name="Ibu Ratna")

    async def scenario(ui: Driver) -> None:
        ui.board.set_focus(None)  # as a load that takes long does
        ui.services.put_lead(first)
        await ui.until(lambda: "Ibu Ratna" in ui.text())
        await ui.press("enter")
        assert ui.chat.conversation_id == first.conversation_id

    await play(scenario, FakeServices(card_list=[]))


async def test_and_answered_in_an_inbox_that_was_empty(play):
    first = lead(1, name="Ibu Ratna")

    async def scenario(ui: Driver) -> None:
        await ui.press("2")
        ui.services.put_lead(first)
        await ui.until(lambda: "Ibu Ratna" in ui.text())
        await ui.until(lambda: ui.app.focused is not None)
        assert ui.app.focused.id == "chats"

    await play(scenario, FakeServices(card_list=[]))
