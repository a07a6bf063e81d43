"""What can be changed of the customer beside a conversation: stage, labels, notes, tags, value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.content import Content

from tui.actor import actor
from tui.phrasing import lead_name, product, soon, stage_name
from tui.safe import clean, one_line
from tui.screens.ask import Ask
from tui.screens.facts import Facts
from tui.screens.pick import Choice, Pick
from tui.strings import t
from tui.widgets.chat_base import ChatBase, act_choice
from waagent.domain.followups import CancelReason
from waagent.domain.labels import Intent, Sentiment, Status
from waagent.domain.leads import Stage

if TYPE_CHECKING:
    from tui.ports import BoardServices
    from waagent.domain.lead_views import LeadDetails
    from waagent.domain.views import LeadView
    from waagent.services.corrections import Change

LEAD_ACTS = ("stage", "relabel", "note", "tags", "value", "assign", "history")
_LABELS = ("status", "intent", "sentiment", "needs_follow_up", "product")


class LeadActs(ChatBase):
    """The actions on the conversation's lead."""

    def _known(self) -> LeadView | None:
        lead = self.lead
        if lead is None:
            self.warn("lead.not_there")
        return lead

    def action_lead_menu(self) -> None:
        """Everything that can be changed, to choose from."""
        choices = [act_choice(name) for name in LEAD_ACTS]

        async def ask() -> None:
            chosen = await self.answer(Pick(t("lead.menu"), choices))
            if chosen:
                await self.run_action(chosen)

        if self._known() is not None:
            self.dialog(ask())

    def action_stage(self) -> None:
        """Move the lead to another stage."""
        lead = self._known()
        if lead is None:
            return
        names = self.hub.store.stage_names
        choices = [Choice(key=stage, label=stage_name(stage, names)) for stage in Stage]

        async def ask() -> None:
            chosen = await self.answer(Pick(t("do.stage"), choices, current=lead.stage))
            if chosen and chosen != lead.stage:
                self.attempt("error.move", lambda: self._move(lead, Stage(chosen)))

        self.dialog(ask())

    async def _move(self, lead: LeadView, stage: Stage) -> None:
        await self.hub.move(lead.id, stage)
        self.fetch()

    def action_relabel(self) -> None:
        """Set what the engine got wrong."""
        if self._known() is None:
            return
        insight = self.chat.insight if self.chat else None
        if insight is None:
            self.warn("label.none")
            return
        held = {name: self._in_words(name, getattr(insight, name)) for name in _LABELS}
        choices = [Choice(key=n, label=t(f"label.{n}"), aside=held[n]) for n in _LABELS]

        async def ask() -> None:
            name = await self.answer(Pick(t("do.relabel"), choices))
            if name == "product":
                value = await self.answer(
                    Ask(t("label.product"), t("label.product.hint"), product(insight.product))
                )
            elif name:
                value = await self.answer(self._values(name, getattr(insight, name)))
            else:
                return
            if value is not None:
                self._correct(name, value)

        self.dialog(ask())

    def _in_words(self, name: str, value: object) -> str:
        if name == "product":
            return product(str(value or "")) or "-"
        return t(f"label.follow.{value}".lower()) if name == _LABELS[3] else t(f"{name}.{value}")

    def _values(self, name: str, now: object) -> Pick:
        """The values that a label can have, to choose from."""
        kinds: dict[str, tuple[str, ...]] = {
            "status": tuple(Status),
            "intent": tuple(Intent),
            "sentiment": tuple(Sentiment),
            "needs_follow_up": ("True", "False"),
        }
        choices = [Choice(key=str(v), label=self._in_words(name, v)) for v in kinds[name]]
        return Pick(t(f"label.{name}"), choices, current=str(now))

    def _correct(self, name: str, value: str) -> None:
        tenant, conversation_id = self.hub.tenant, self.conversation_id
        self.change(
            "error.label",
            lambda all_: all_.corrections.correct(
                tenant, conversation_id, _changed(name, value), actor=actor()
            ),
            "label.done",
        )

    def action_note(self) -> None:
        """Note something about the customer."""
        self._typed(
            "note",
            lambda lead: "",
            lambda all_, lead, text: all_.lead_details.add_note(
                self.hub.tenant, lead.id, text, author=actor()
            ),
        )

    def action_value(self) -> None:
        """What the sale is worth; ``-`` for not known."""

        def held(lead: LeadView) -> str:
            amount = lead.suggested_value if lead.value is None else lead.value
            return "" if amount is None else str(amount)

        self._typed(
            "value",
            held,
            lambda all_, lead, text: all_.lead_details.set_value(self.hub.tenant, lead.id, text),
        )

    def action_assign(self) -> None:
        """Give the customer to somebody; ``-`` to nobody."""
        self._typed(
            "assign",
            lambda lead: lead.assignee or "",
            lambda all_, lead, text: all_.lead_details.assign(self.hub.tenant, lead.id, text),
        )

    def action_tags(self) -> None:
        """Change the tags, as a list of words."""

        def write(all_: BoardServices, lead: LeadView, text: str) -> object:
            wanted = {word.lstrip("#").lower() for word in text.replace(",", " ").split()}
            return all_.lead_details.tag(
                self.hub.tenant,
                lead.id,
                add=sorted(wanted - set(lead.tags)),
                remove=sorted(set(lead.tags) - wanted),
            )

        self._typed("tags", lambda lead: " ".join(lead.tags), write, empty_counts=True)

    def _typed(
        self,
        name: str,
        held: Callable[[LeadView], str],
        write: Callable[[BoardServices, LeadView, str], object],
        *,
        empty_counts: bool = False,
    ) -> None:
        """Ask for a line, beginning with what is held, and have it written."""
        lead = self._known()
        if lead is None:
            return
        question = Ask(t(f"do.{name}"), t(f"{name}.hint"), held(lead))

        async def ask() -> None:
            text = await self.answer(question)
            if text or (text is not None and empty_counts):
                self.change(f"error.{name}", lambda all_: write(all_, lead, text), f"{name}.done")

        self.dialog(ask())

    def action_history(self) -> None:
        """Show the lead's moves, notes and follow-ups."""
        lead = self._known()
        if lead is None:
            return

        async def work() -> None:
            found = await self.hub.read(
                lambda all_: all_.lead_details.show(self.hub.tenant, lead.id)
            )
            self.app.push_screen(Facts(lead_name(lead), self._story(found)))

        self.attempt("error.load", work)

    def _story(self, found: LeadDetails) -> Content:
        moment, names = self.hub.moment(), self.hub.store.stage_names

        def when(at: object) -> tuple[str, str]:
            return (f"{soon(at, moment.now, moment.zone):>13}  ", "$foreground-muted")  # type: ignore[arg-type]

        parts: list[str | tuple[str, str]] = [(f"{t('history.moves')}\n", "bold")]
        for move in reversed(found.history):
            by = t(f"history.by.{move.moved_by}")
            parts += [
                when(move.at),
                f"{stage_name(move.after, names)} ",
                (f"{by}\n", "$text-muted"),
            ]
        parts.append((f"\n{t('history.notes')}\n", "bold"))
        for note in found.notes:
            who = one_line(note.author)
            parts += [when(note.at), clean(note.text), (f"  {who}\n", "$text-muted")]
        parts += [] if found.notes else [(f"{t('history.none')}\n", "$text-muted")]
        parts.append((f"\n{t('history.follow_ups')}\n", "bold"))
        for each in found.follow_ups:
            why = each.reason or ""
            told = t(f"reason.{why}") if why in set(CancelReason) else one_line(why)
            parts += [
                when(each.due_at),
                f"{t(f'followup.{each.state}')} ",
                (f"{told}\n", "$text-muted"),
            ]
        parts += [] if found.follow_ups else [(f"{t('history.none')}\n", "$text-muted")]
        return Content.assemble(*parts)


def _changed(name: str, value: str) -> Change:
    from waagent.services.corrections import Change

    if name == "status":
        return Change(status=Status(value))
    if name == "intent":
        return Change(intent=Intent(value))
    if name == "sentiment":
        return Change(sentiment=Sentiment(value))
    return Change(product=value) if name == "product" else Change(needs_follow_up=value == "True")
