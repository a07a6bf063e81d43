"""The inbox of the invented shop: its conversations, files, texts, and what people do to them."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from board_fixture import NOW, FakeServices, ago, insight

from waagent.domain.brain_views import InsightView
from waagent.domain.conversation_views import (
    ConversationFilter,
    ConversationView,
    LastMessage,
    MessageHit,
    SearchView,
    has_words,
    names_customer,
    search_words,
)
from waagent.domain.followup_views import TemplateView
from waagent.domain.followups import FollowUpState
from waagent.domain.lead_views import LeadDetails, LeadFollowUp, NoteView, StageMoveView
from waagent.domain.leads import Stage
from waagent.domain.messages import Direction, MessageKind, MessageState
from waagent.domain.outbox import Resolution
from waagent.domain.views import Change, LeadView, MessageView, QuotedView, ReactionView, Tenant
from waagent.errors import NotFoundError
from waagent.services.corrections import Change as LabelChange
from waagent.services.drafts import Draft

_SAID = (
    "Kak, kue lapis yang besar berapa ya? Untuk hari Minggu",
    "Halo, masih buka?",
    "Baik kak, nanti saya kabari lagi 🙏",
    "Tumpeng mini bisa 10 porsi?",
    "Untuk rapat kelurahan, 40 dus",
    "Boleh lihat menu snack box-nya?",
    "Lilinnya kok tidak ada di dalam kotak?",
    "Nanti saya hubungi lagi ya",
    "Jadi bu! Saya DP dulu 300 ribu ya, minta nomor rekeningnya",
    "Risolnya 50, diambil sore",
    "Terima kasih, enak sekali",
)


def last_message(card: LeadView, number: int) -> LastMessage:
    """What stands in the list for a lead: every third time the shop wrote last."""
    ours = card.unread == 0 and number % 3 == 0
    return LastMessage(
        id=f"{card.conversation_id}-last",
        direction=Direction.OUT if ours else Direction.IN,
        kind=MessageKind.IMAGE if number == 7 else MessageKind.TEXT,
        state=MessageState.READ if ours else MessageState.RECEIVED,
        text=_SAID[number % len(_SAID)],
        at=card.last_message_at,
        revoked=False,
    )


def conversation(card: LeadView, number: int = 0, **values: object) -> ConversationView:
    """The row of a lead; ``values`` replace what is usual."""
    last = last_message(card, number)
    base = ConversationView(
        id=card.conversation_id,
        lead_id=card.id,
        name=card.name,
        phone=card.phone,
        session="main",
        last=last,
        last_message_at=card.last_message_at,
        unread=card.unread,
        waiting_since=card.last_message_at if last.direction is Direction.IN else None,
        stage=card.stage,
        status=card.status,
        intent=card.intent,
        sentiment=card.sentiment,
        product=card.product,
        assignee=card.assignee,
        opted_out=card.name == "Om Wayan",
        place=f"{card.last_message_at.isoformat()}/{card.conversation_id}",
    )
    return replace(base, **values)  # type: ignore[arg-type]


def picture(width: int = 320, height: int = 240) -> bytes:
    """A photo of nothing: sky over a table, as PNG."""
    from PIL import Image

    image = Image.new("RGB", (width, height))
    image.putdata(
        [
            (235, 190, 90) if y > height * 0.6 else (60 + x % 64, 120, 200 - 60 * y // height)
            for y in range(height)
            for x in range(width)
        ]
    )
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()


@dataclass
class FakeFile:
    """A stored file."""

    name: str | None
    mimetype: str
    data: bytes

    @property
    def chunks(self) -> Iterator[bytes]:
        """In one piece."""
        return iter([self.data])


@dataclass
class _Part:
    all: FakeServices


@dataclass
class FakeConversations(_Part):
    """Lists the leads' conversations; ``extra`` replaces or adds rows by id."""

    extra: dict[str, ConversationView] = field(default_factory=dict)

    def _views(self) -> list[ConversationView]:
        found = {
            card.conversation_id: conversation(card, number)
            for number, card in enumerate(self.all.card_list)
        }
        views = {**found, **self.extra}.values()
        return sorted(views, key=lambda view: view.last_message_at, reverse=True)

    def list(
        self,
        tenant: Tenant,
        only: ConversationFilter | None = None,
        *,
        after: str | None = None,
        limit: int = 100,
    ) -> Sequence[ConversationView]:
        """As the service."""
        self.all.called("conversations.list", str(limit))
        only = only or ConversationFilter()
        return [
            view
            for view in self._views()
            if (not only.unread or view.unread)
            and (not only.waiting or view.waiting_since)
            and only.stage in (None, view.stage)
            and only.session in (None, view.session)
        ][:limit]

    def search(
        self, tenant: Tenant, text: str, *, limit: int = 50, stop: threading.Event | None = None
    ) -> SearchView:
        """As the service."""
        self.all.called("conversations.search", text)
        words, views = search_words(text), self._views()
        hits = [
            MessageHit(
                id=message.id,
                conversation_id=conversation_id,
                name=next((v.name for v in views if v.id == conversation_id), None),
                phone=message.phone,
                direction=message.direction,
                at=message.at,
                text=message.text,
            )
            for conversation_id, talk in self.all.talks.items()
            for message in reversed(talk)
            if has_words(message.text, words)
        ]
        return SearchView(
            customers=tuple(v for v in views if names_customer(words, v.name, v.phone)),
            messages=tuple(hits[:limit]),
            searched=20_000,
            complete=False,
            more=False,
        )

    def mark_unread(self, tenant: Tenant, conversation_id: str) -> None:
        """As the service."""
        self.all.called("conversations.mark_unread", conversation_id)
        view = next(view for view in self._views() if view.id == conversation_id)
        self.extra[conversation_id] = replace(view, unread=1)

    def receive(self, card: LeadView, text: str, at: datetime = NOW) -> None:
        """A customer writes: the row moves to the front."""
        changed = replace(card, last_message_at=at, unread=card.unread + 1)
        last = replace(
            last_message(changed, 1), id=f"{card.conversation_id}-{at.timestamp()}", text=text
        )
        self.extra[card.conversation_id] = conversation(changed, 1, last=last)
        self.all.put_lead(changed)


class FakeReplies(_Part):
    """Answers with a quote."""

    def reply(self, tenant: Tenant, conversation_id: str, draft: Draft) -> MessageView:
        """As the service."""
        self.all.called("replies.reply", conversation_id, draft.text, draft.quote or "")
        sent = self.all.messages.reply(tenant, conversation_id, draft.text)
        talk = self.all.talks[conversation_id]
        asked = next(message for message in talk if message.id == draft.quote)
        quoted = QuotedView(
            id=asked.id, direction=asked.direction, kind=asked.kind, text=asked.text
        )
        talk[-1] = replace(sent, quoted=quoted)
        return talk[-1]


class FakeMessageActions(_Part):
    """Edits, deletions, reactions; as if WhatsApp took them at once."""

    def edit(self, tenant: Tenant, message_id: str, text: str) -> MessageView:
        """As the service."""
        self.all.called("message_actions.edit", message_id, text)
        return self._put(message_id, text=text, edited_at=NOW)

    def delete(self, tenant: Tenant, message_id: str) -> MessageView:
        """As the service."""
        self.all.called("message_actions.delete", message_id)
        return self._put(message_id, text="", revoked_at=NOW, media=None)

    def react(self, tenant: Tenant, message_id: str, emoji: str) -> MessageView:
        """As the service."""
        self.all.called("message_actions.react", message_id, emoji)
        reaction = ReactionView(direction=Direction.OUT, emoji=emoji)
        return self._put(message_id, reactions=(reaction,) if emoji else ())

    def resolve(
        self, tenant: Tenant, message_id: str, resolution: Resolution, *, actor: str
    ) -> MessageView:
        """As the service."""
        self.all.called("message_actions.resolve", message_id, resolution)
        return self._put(message_id, state=MessageState.SENT)

    def _put(self, message_id: str, **values: object) -> MessageView:
        for talk in self.all.talks.values():
            for index, message in enumerate(talk):
                if message.id == message_id:
                    talk[index] = replace(message, **values)  # type: ignore[arg-type]
                    self.all.tell(
                        Change(
                            kind="message", id=message_id, conversation_id=message.conversation_id
                        )
                    )
                    return talk[index]
        raise NotFoundError(f"no message {message_id}")


@dataclass
class FakeMedia(_Part):
    """The files of messages by id; a photo for every other one."""

    files: dict[str, FakeFile] = field(default_factory=dict)

    def open(self, tenant_id: str, message_id: str) -> FakeFile:
        """As the service."""
        self.all.called("media.open", message_id)
        return self.files.get(message_id) or FakeFile("hiasan.png", "image/png", picture())


class FakeTemplates(_Part):
    """Three texts."""

    def list(self, tenant: Tenant) -> Sequence[TemplateView]:
        """As the service."""
        self.all.called("templates.list")
        texts = {
            "menunggu-pembayaran": "Halo {sapaan}, pesanan {produk} kami simpan sampai besok ya 🙏",
            "rekening": "Pembayaran ke rekening {toko}, {sapaan}. Kabari bila sudah ya.",
            "tanya-harga": "{produk} hari ini {harga}, {sapaan}. Mau kami siapkan berapa?",
        }
        return [
            TemplateView(template=name, name=name, body=body, built_in=name != "rekening")
            for name, body in texts.items()
        ]


class FakeCorrections(_Part):
    """Labels set by hand."""

    def correct(
        self, tenant: Tenant, conversation_id: str, change: LabelChange, *, actor: str
    ) -> InsightView:
        """As the service."""
        given = change.status or change.intent or change.sentiment or change.product
        self.all.called("corrections.correct", conversation_id, str(given))
        return insight()


class FakeLeadDetails(_Part):
    """What people add to a lead."""

    def show(self, tenant: Tenant, lead_id: str) -> LeadDetails:
        """As the service."""
        self.all.called("lead_details.show", lead_id)
        moved = [(1530, None, Stage.NEW), (1400, Stage.NEW, Stage.QUALIFIED)]
        moved += [(60, Stage.QUALIFIED, Stage.NEGOTIATION)]
        return LeadDetails(
            lead=self.all.leads.get(tenant, lead_id),
            insight=insight(),
            history=tuple(
                StageMoveView(
                    at=ago(minutes),
                    before=before,
                    after=after,
                    moved_by="human" if after is Stage.NEGOTIATION else "rule",
                )
                for minutes, before, after in moved
            ),
            notes=(
                NoteView(id="n1", text="Minta antar sebelum jam 9", author="tui:rini", at=ago(55)),
            ),
            follow_ups=(
                LeadFollowUp(
                    id="f1",
                    due_at=ago(50),
                    state=FollowUpState.SENT,
                    reason=None,
                    template="tanya-produk",
                    sent_at=ago(50),
                ),
            ),
        )

    def _put(self, tenant: Tenant, lead_id: str, **values: object) -> LeadView:
        self.all.put_lead(replace(self.all.leads.get(tenant, lead_id), **values))  # type: ignore[arg-type]
        return self.all.leads.get(tenant, lead_id)

    def assign(self, tenant: Tenant, lead_id: str, name: str) -> LeadView:
        """As the service."""
        self.all.called("lead_details.assign", lead_id, name)
        return self._put(tenant, lead_id, assignee=None if name == "-" else name)

    def set_value(self, tenant: Tenant, lead_id: str, amount: str) -> LeadView:
        """As the service."""
        self.all.called("lead_details.set_value", lead_id, amount)
        return self._put(tenant, lead_id, value=850_000)

    def tag(
        self, tenant: Tenant, lead_id: str, *, add: Sequence[str], remove: Sequence[str]
    ) -> LeadView:
        """As the service."""
        self.all.called("lead_details.tag", lead_id, " ".join(add), " ".join(remove))
        held = self.all.leads.get(tenant, lead_id).tags
        return self._put(tenant, lead_id, tags=tuple(sorted({*held, *add} - {*remove})))

    def add_note(self, tenant: Tenant, lead_id: str, text: str, *, author: str) -> LeadView:
        """As the service."""
        self.all.called("lead_details.add_note", lead_id, text)
        return self._put(tenant, lead_id, notes=self.all.leads.get(tenant, lead_id).notes + 1)
