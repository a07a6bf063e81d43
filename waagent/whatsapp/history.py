"""The chats a phone passes on to a device it has just linked, as old messages.

WhatsApp sends them in several blobs, some with messages, some with only names, and altogether far
more than a shop needs: so the newest few are taken, of one-to-one chats only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from waagent.domain.messages import InboundMessage
from waagent.whatsapp import content, jids, translate
from waagent.whatsapp.readable import words

MOST_CONVERSATIONS = 50
MOST_MESSAGES_EACH = 20
MOST_AGE = timedelta(days=14)
_MOST_NAMES = 10_000


class HistoryCollector:
    """Chooses among all blobs of one session; ``report`` is told what could not be read.

    Keeps names and pairs of LID and number, since they may come in another blob than the chats.
    """

    def __init__(self, report: Callable[[Exception], None]) -> None:
        self._report = report
        self._taken: dict[str, int] = {}  # chat → how many of its messages
        self._names: dict[str, str] = {}  # address → what its owner calls themselves
        self._other_names: dict[str, str] = {}  # LID address ↔ number address

    def messages(self, event: Any, now: datetime) -> list[InboundMessage]:
        """What to keep of a HistorySync event, oldest first in each chat; ``now`` is in UTC."""
        self._learn(event.Data)
        conversations = sorted(event.Data.conversations, key=_last_activity, reverse=True)
        oldest = now - MOST_AGE
        return [
            message
            for conversation in conversations
            for message in self._attempt(self._newest, conversation, oldest) or ()
        ]

    def _learn(self, data: Any) -> None:
        for named in data.pushnames:
            if named.pushname and len(self._names) < _MOST_NAMES:
                self._names[named.ID] = words(named.pushname)
        for pair in data.phoneNumberToLidMappings:
            if len(self._other_names) < _MOST_NAMES:
                self._other_names[pair.pnJID] = pair.lidJID
                self._other_names[pair.lidJID] = pair.pnJID

    def _newest(self, conversation: Any, oldest: datetime) -> list[InboundMessage]:
        chat = conversation.ID
        lid, phone = translate.lid_and_phone(map(jids.user_and_server, self._known(conversation)))
        taken = self._taken.get(chat, 0)
        if not _one_to_one(chat) or not (lid or phone) or self._full(chat):
            return []
        newest: list[InboundMessage] = []
        for entry in sorted(conversation.messages, key=_sent_at, reverse=True):
            if taken + len(newest) >= MOST_MESSAGES_EACH or _sent_at(entry) < oldest:
                break
            found = self._attempt(self._message, entry.message, conversation, lid, phone)
            if found is not None:
                newest.append(found)
        if newest:
            self._taken[chat] = taken + len(newest)
        return newest[::-1]

    def _full(self, chat: str) -> bool:
        return chat not in self._taken and len(self._taken) >= MOST_CONVERSATIONS

    def _message(
        self, old: Any, conversation: Any, lid: str | None, phone: str | None
    ) -> InboundMessage | None:
        found = content.read(content.latest(old.message))
        if found is None or not old.key.ID:
            return None
        from_me = old.key.fromMe
        return InboundMessage(
            wa_message_id=words(old.key.ID),
            chat_jid="@".join(jids.user_and_server(conversation.ID)),
            lid=lid,
            phone=phone,
            from_me=from_me,
            push_name=None if from_me else words(old.pushName) or self._name(conversation),
            kind=found.kind,
            text=found.text,
            sent_at=translate.moment(old.messageTimestamp),
            media=found.media,
            quoted_id=found.quoted_id,
            history=True,
        )

    def _name(self, conversation: Any) -> str | None:
        """What they call themselves, else what the owner's address book calls them."""
        names = (self._names.get(address) for address in self._known(conversation))
        return next((name for name in names if name), words(conversation.name) or None)

    def _known(self, conversation: Any) -> Iterator[str]:
        """All addresses of whom a chat is with."""
        for address in (conversation.ID, conversation.lidJID, conversation.pnJID):
            if address:
                yield address
                yield self._other_names.get(address, "")

    def _attempt(self, step: Callable[..., Any], *values: Any) -> Any:
        """One chat or message that cannot be read must not cost the others."""
        try:
            return step(*values)
        except Exception as error:
            self._report(error)
            return None


def _one_to_one(chat: str) -> bool:
    user, server = jids.user_and_server(chat)
    return server in jids.PHONE_SERVERS | jids.LID_SERVERS and user.strip("0") != ""


def _last_activity(conversation: Any) -> int:
    stated = (conversation.lastMsgTimestamp, conversation.conversationTimestamp)
    sent = (entry.message.messageTimestamp for entry in conversation.messages)
    return int(max((*stated, *sent)))


def _sent_at(entry: Any) -> datetime:
    return translate.moment(entry.message.messageTimestamp)
