"""What people do to messages: edit, delete, react, and settle those that may have been sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from shop_support import Customer, Shop

from waagent.domain.followups import FollowUpState
from waagent.domain.messages import (
    ChangeOfMessage,
    MessageKind,
    MessageState,
    OutgoingChange,
    OutgoingContact,
    OutgoingLocation,
    OutgoingText,
    Quoted,
    Receipt,
    ReceiptKind,
    SentMessage,
)
from waagent.domain.outbox import Resolution
from waagent.domain.views import MessageView
from waagent.errors import (
    ConflictError,
    InvalidInputError,
    LimitError,
    NotFoundError,
    RefusedError,
)
from waagent.services.attachments import Attachment
from waagent.services.claims import Claim
from waagent.services.drafts import Draft

ME = "cli:rini"


class Chat:
    """A linked shop in the hands of a host, and a customer who wrote."""

    def __init__(self, shop: Shop) -> None:
        self.shop, self.outbox, self.actions = shop, shop.host.outbox, shop.front.message_actions
        self.session_id, self.customer = shop.linked(), Customer()
        self.question = self.customer.says()
        shop.receive(self.session_id, self.question)
        self.epoch = shop.lease(self.session_id).epoch
        self.sent_ids = 0

    def reply(self, text: str = "25rb kak", **parts: object) -> str:
        draft = Draft(text=text, **parts)  # type: ignore[arg-type]
        return self.shop.front.replies.send(self.shop.tenant, f"+{self.customer.phone}", draft).id

    def claim(self) -> Claim:
        (waiting,) = self.outbox.waiting([self.session_id])
        claim = self.outbox.claim(waiting, "host-1", self.epoch)
        assert claim is not None
        return claim

    def transmit(self) -> Claim:
        claim = self.claim()
        self.sent_ids += 1
        now = datetime.now(UTC)
        self.outbox.sent(claim, SentMessage(wa_message_id=f"OUT{self.sent_ids}", at=now))
        return claim

    def sent_reply(self, text: str = "25rb kak") -> str:
        message_id = self.reply(text)
        self.transmit()
        return message_id

    def unknown(self) -> str:
        message_id = self.reply()
        self.outbox.uncertain(self.claim(), "timeout")
        return message_id

    def message(self, message_id: str) -> MessageView:
        return {message.id: message for message in self.shop.messages()}[message_id]

    def received(self) -> str:
        return next(m.id for m in self.shop.messages() if m.direction == "in")

    def age(self, message_id: str, by: timedelta) -> None:
        self.shop.admin.run("update messages set at = at - %s where id = %s", by, message_id)

    def resolve(self, message_id: str, how: Resolution) -> MessageView:
        return self.actions.resolve(self.shop.tenant, message_id, how, actor=ME)


@pytest.fixture
def chat(shop: Shop) -> Chat:
    return Chat(shop)


def test_an_edit_goes_out_and_then_shows(chat: Chat) -> None:
    message_id = chat.sent_reply("25rb kakk")
    chat.actions.edit(chat.shop.tenant, message_id, "25rb kak")
    assert chat.message(message_id).text == "25rb kakk", "not before WhatsApp has it"
    assert chat.transmit().outgoing == OutgoingChange(
        kind=ChangeOfMessage.EDIT, wa_message_id="OUT1", target_from_me=True, text="25rb kak"
    )
    edited = chat.message(message_id)
    assert (edited.text, edited.state) == ("25rb kak", MessageState.SENT)
    assert edited.edited_at is not None


def test_a_deletion_goes_out_once_and_erases_the_text(chat: Chat) -> None:
    message_id = chat.sent_reply()
    for _ in range(2):
        chat.actions.delete(chat.shop.tenant, message_id)
    claim = chat.transmit()
    assert isinstance(claim.outgoing, OutgoingChange)
    assert claim.outgoing.kind is ChangeOfMessage.REVOKE
    chat.actions.delete(chat.shop.tenant, message_id)
    assert chat.outbox.waiting([chat.session_id]) == []
    deleted = chat.message(message_id)
    assert (deleted.text, deleted.revoked_at is not None) == ("", True)


def test_a_reaction_to_the_customer_s_message_goes_out_and_is_taken_back(chat: Chat) -> None:
    message_id = chat.received()
    for emoji, shown in (("👍🏽", ["👍🏽"]), ("❤️", ["❤️"]), ("", [])):
        chat.actions.react(chat.shop.tenant, message_id, emoji)
        assert chat.transmit().outgoing == OutgoingChange(
            kind=ChangeOfMessage.REACTION,
            wa_message_id=chat.question.wa_message_id,
            target_from_me=False,
            text=emoji,
        )
        assert [each.emoji for each in chat.message(message_id).reactions] == shown


def test_what_still_waits_is_changed_before_it_goes_out(chat: Chat) -> None:
    first, second = chat.reply("satu"), chat.reply("dua")
    assert chat.actions.edit(chat.shop.tenant, first, "tiga").text == "tiga"
    assert chat.actions.delete(chat.shop.tenant, second).state is MessageState.CANCELLED
    chat.actions.delete(chat.shop.tenant, second)
    assert chat.transmit().outgoing == OutgoingText(text="tiga")
    assert chat.outbox.waiting([chat.session_id]) == []


def test_an_action_waits_for_its_message(chat: Chat) -> None:
    message_id = chat.reply("salah")
    claim = chat.claim()
    chat.actions.delete(chat.shop.tenant, message_id)
    assert chat.outbox.waiting([chat.session_id]) == []
    chat.outbox.sent(claim, SentMessage(wa_message_id="OUT", at=datetime.now(UTC)))
    assert chat.claim().message_id == message_id


@pytest.mark.parametrize(("end", "state"), [("refused", "failed"), ("uncertain", "unknown")])
def test_and_is_dropped_with_one_that_was_not_sent(chat: Chat, end: str, state: str) -> None:
    message_id = chat.reply()
    claim = chat.claim()
    chat.actions.edit(chat.shop.tenant, message_id, "lain")
    getattr(chat.outbox, end)(claim, "code")
    assert chat.outbox.waiting([chat.session_id]) == []
    assert chat.shop.count("outbox", "action = 'edit' and state = 'cancelled'") == 1
    assert (chat.message(message_id).state, chat.message(message_id).reason) == (state, "code")


def test_a_lost_action_is_done_again_by_itself(chat: Chat) -> None:
    message_id = chat.sent_reply()
    chat.actions.edit(chat.shop.tenant, message_id, "24rb kak")
    chat.outbox.uncertain(chat.claim(), "timeout")
    chat.shop.admin.run("update outbox set not_before = now() where state = 'queued'")
    chat.claim()
    chat.shop.host.leases.release("host-1", [chat.session_id])
    assert chat.outbox.settle_uncertain([]) == 0
    chat.epoch = chat.shop.lease(chat.session_id).epoch
    assert chat.transmit().attempt == 3
    assert chat.message(message_id).text == "24rb kak"


def test_an_action_that_waited_for_too_long_is_not_sent(chat: Chat) -> None:
    message_id = chat.sent_reply()
    chat.actions.edit(chat.shop.tenant, message_id, "24rb kak")
    chat.age(message_id, timedelta(minutes=16))
    (waiting,) = chat.outbox.waiting([chat.session_id])
    assert chat.outbox.claim(waiting, "host-1", chat.epoch) is None
    failed = "action = 'edit' and state = 'failed' and error = 'too_late'"
    assert chat.shop.count("outbox", failed) == 1
    assert (chat.message(message_id).text, chat.message(message_id).reason) == (
        "25rb kak",
        "edit:too_late",
    )
    chat.actions.delete(chat.shop.tenant, message_id)
    assert chat.message(message_id).reason is None


def test_what_whatsapp_would_not_take_is_refused_with_nothing_queued(chat: Chat) -> None:
    shop, old, older = chat.shop, chat.sent_reply(), chat.sent_reply()
    chat.age(old, timedelta(minutes=16))
    chat.age(older, timedelta(hours=61))
    deleted, customer = chat.sent_reply(), chat.received()
    chat.actions.delete(shop.tenant, deleted)
    chat.transmit()
    failed = chat.reply()
    chat.outbox.refused(chat.claim(), "463")
    before = shop.count("outbox")
    refusals: list[Callable[[], object]] = [
        lambda: chat.actions.edit(shop.tenant, old, "x"),
        lambda: chat.actions.delete(shop.tenant, older),
        lambda: chat.actions.edit(shop.tenant, deleted, "x"),
        lambda: chat.actions.react(shop.tenant, deleted, "👍"),
        lambda: chat.actions.edit(shop.tenant, customer, "x"),
        lambda: chat.actions.delete(shop.tenant, customer),
        lambda: chat.actions.edit(shop.tenant, failed, "x"),
        lambda: chat.actions.delete(shop.tenant, failed),
    ]
    for refusal in refusals:
        with pytest.raises(RefusedError):
            refusal()
    for text in ("", " ", "x" * 65_000, "\0"):
        with pytest.raises(InvalidInputError):
            chat.actions.edit(shop.tenant, chat.received(), text)
    for emoji in ("ok", "👍 👍", "1", "👍" * 40, "\ud83d"):
        with pytest.raises(InvalidInputError):
            chat.actions.react(shop.tenant, customer, emoji)
    assert shop.count("outbox") == before


def test_nobody_acts_on_another_shop_s_messages(chat: Chat, new_shop: Callable[..., Shop]) -> None:
    message_id, other = chat.unknown(), new_shop()
    for message in (message_id, "x", "00000000-0000-0000-0000-000000000000"):
        with pytest.raises(NotFoundError):
            chat.actions.edit(other.tenant, message, "halo")
        with pytest.raises(NotFoundError):
            chat.actions.delete(other.tenant, message)
        with pytest.raises(NotFoundError):
            chat.actions.react(other.tenant, message, "👍")
        with pytest.raises(NotFoundError):
            chat.actions.resolve(other.tenant, message, Resolution.RESEND, actor=ME)
    assert chat.message(message_id).state is MessageState.UNKNOWN


@pytest.mark.parametrize(
    ("how", "state"),
    [
        (Resolution.SENT, MessageState.SENT),
        (Resolution.RESEND, MessageState.QUEUED),
        (Resolution.DROP, MessageState.FAILED),
    ],
)
def test_a_person_says_what_became_of_it_and_it_is_written_down_once(
    chat: Chat, how: Resolution, state: MessageState
) -> None:
    message_id, other = chat.unknown(), chat.sent_reply("dua")
    listed = chat.shop.front.messages.list(chat.shop.tenant, state=MessageState.UNKNOWN)
    assert [(each.id, each.reason) for each in listed] == [(message_id, "timeout")]
    for _ in range(2):
        assert chat.resolve(message_id, how).state is state
    waiting = chat.outbox.waiting([chat.session_id])
    assert [each.message_id for each in waiting] == [message_id] * (how is Resolution.RESEND)
    audited = chat.shop.admin.rows(
        "select actor, action, subject from audit_log where tenant_id = %s", chat.shop.id
    )
    assert audited == [(ME, f"message.resolve.{how}", message_id)]
    for wrong in (other, chat.received()):
        with pytest.raises(ConflictError):
            chat.resolve(wrong, how)
    if how is Resolution.RESEND:
        chat.transmit()
        assert chat.resolve(message_id, how).state is MessageState.SENT
        assert chat.outbox.waiting([chat.session_id]) == []
    with pytest.raises(ConflictError):
        chat.resolve(message_id, next(each for each in Resolution if each is not how))


def test_a_follow_up_that_may_have_been_sent_is_resolved_as_its_message_is(shop: Shop) -> None:
    session_id, customer = shop.linked(), Customer()
    shop.due_follow_up(session_id, customer)
    shop.dispatch()
    epoch = shop.lease(session_id).epoch

    def claim() -> Claim:
        (waiting,) = shop.host.outbox.waiting([session_id])
        claimed = shop.host.outbox.claim(waiting, "host-1", epoch)
        assert claimed is not None
        return claimed

    def state() -> FollowUpState:
        (follow_up,) = shop.front.followups.list(shop.tenant)
        return follow_up.state

    actions = shop.front.message_actions
    shop.host.outbox.uncertain(claim(), "timeout")
    message_id = shop.messages()[-1].id
    actions.resolve(shop.tenant, message_id, Resolution.RESEND, actor=ME)
    assert state() is FollowUpState.UNKNOWN
    shop.host.outbox.uncertain(claim(), "timeout")
    shop.receive(session_id, customer.says("masih ada?"))
    with pytest.raises(RefusedError):
        actions.resolve(shop.tenant, message_id, Resolution.RESEND, actor=ME)
    actions.resolve(shop.tenant, message_id, Resolution.SENT, actor=ME)
    assert state() is FollowUpState.SENT


def test_files_places_cards_and_quotes_go_out_as_they_were_given(chat: Chat) -> None:
    file = Attachment(
        kind=MessageKind.IMAGE, data=b"\xff\xd8\xff" * 200_000, mimetype="image/jpeg",
        file_name="menu.jpg",
    )  # fmt: skip
    place = OutgoingLocation(latitude=-6.2, longitude=106.8, name="Dapur")
    card = OutgoingContact(name="Budi", phone="6281200000001")
    quoted = chat.received()
    ids = [
        chat.reply("menunya", attachment=file, quote=quoted),
        chat.reply("", location=place),
        chat.reply("", card=card),
    ]
    claim = chat.outbox.with_file(chat.transmit())
    assert isinstance(claim.outgoing, OutgoingText)
    assert claim.outgoing.media is not None
    assert claim.outgoing.media.data == file.data
    assert (claim.outgoing.media.kind, claim.outgoing.media.file_name) == ("image", "menu.jpg")
    assert claim.outgoing.text == "menunya"
    assert claim.outgoing.quoted == Quoted(
        wa_message_id=chat.question.wa_message_id, from_me=False, text=chat.question.text
    )
    assert [chat.transmit().outgoing for _ in range(2)] == [place, card]
    assert [chat.message(each).kind for each in ids] == ["image", "location", "contact"]
    assert "-6.200000, 106.800000" in chat.message(ids[1]).text
    assert chat.message(ids[2]).text == "Budi: +6281200000001"


def test_parts_that_do_not_go_together_are_refused_with_nothing_queued(chat: Chat) -> None:
    sound = Attachment(
        kind=MessageKind.AUDIO, data=b"OggS", mimetype="audio/ogg", file_name="a.ogg"
    )
    huge = Attachment(
        kind=MessageKind.DOCUMENT, data=bytes(17_000_000), mimetype="a/b", file_name="a"
    )
    place = OutgoingLocation(latitude=-6.2, longitude=106.8, name="")
    nowhere = OutgoingLocation(latitude=float("nan"), longitude=0, name="")
    card = OutgoingContact(name="Budi", phone="6281200000001")
    question = chat.received()
    chat.shop.receive(chat.session_id, Customer().says())
    elsewhere = next(m.id for m in chat.shop.messages() if m.id != question)
    bad: list[tuple[str, dict[str, object]]] = [
        ("halo", {"location": place}), ("", {"card": card, "quote": question}),
        ("", {"location": place, "card": card}), ("", {"location": nowhere}),
        ("", {"card": OutgoingContact(name=" ", phone="62812")}), ("halo", {"attachment": sound}),
        ("halo", {"quote": elsewhere}), ("halo", {"quote": chat.unknown()}),
    ]  # fmt: skip
    before = chat.shop.count("messages")
    for text, parts in bad:
        with pytest.raises(InvalidInputError):
            chat.reply(text, **parts)
    with pytest.raises(NotFoundError):
        chat.reply("halo", quote="00000000-0000-0000-0000-000000000000")
    with pytest.raises(LimitError):
        chat.reply("", attachment=huge)
    assert chat.shop.count("messages") == before
    assert chat.shop.count("message_media") == 0


def test_a_receipt_settles_what_may_have_been_sent_when_its_id_is_known(chat: Chat) -> None:
    message_id = chat.unknown()
    chat.shop.admin.run("update messages set wa_message_id = 'OUT9' where id = %s", message_id)
    receipt = Receipt(wa_message_ids=("OUT9",), kind=ReceiptKind.DELIVERED, at=datetime.now(UTC))
    chat.shop.host.inbound.receipts(chat.shop.id, chat.session_id, [receipt])
    assert chat.message(message_id).state is MessageState.DELIVERED
    with pytest.raises(ConflictError):
        chat.resolve(message_id, Resolution.RESEND)
