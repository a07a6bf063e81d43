"""What a person does to the follow-ups of the invented shop."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from board_fixture import FakeServices

from waagent.domain.followup_views import FollowUpSettingsView
from waagent.domain.followups import Approval, FollowUpState, FollowUpStop
from waagent.domain.templates import check_text
from waagent.domain.views import FollowUpView, Tenant
from waagent.errors import InvalidInputError

NOT_PAUSED = FollowUpSettingsView(
    paused_until=None, hold_out_percent=10, hold_out_default=True, calendar=True
)
FOR_EVER = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass
class FakeDesk:
    """The desk, in memory; ``shop`` is what holds for all follow-ups."""

    all: FakeServices
    shop: FollowUpSettingsView = field(default=NOT_PAUSED)

    def approve(
        self, tenant: Tenant, follow_up_id: str, *, text: str | None, actor: str
    ) -> FollowUpView:
        self.all.called("desk.approve", follow_up_id, text or "")
        given = {"approval": Approval.GIVEN, "approved_by": actor, "stops": ()}
        if text is None:
            return self._put(follow_up_id, **given)
        try:
            check_text(text)
        except ValueError as error:
            raise InvalidInputError(str(error)) from None
        return self._put(follow_up_id, **given, text=text)

    def withdraw(self, tenant: Tenant, follow_up_id: str, *, actor: str) -> FollowUpView:
        self.all.called("desk.withdraw", follow_up_id)
        wanted = {"approval": Approval.WANTED, "stops": (FollowUpStop.APPROVAL,)}
        return self._put(follow_up_id, **wanted, approved_by=None)

    def snooze(self, tenant: Tenant, follow_up_id: str, *, until: str, actor: str) -> FollowUpView:
        self.all.called("desk.snooze", follow_up_id, until)
        return self._put(follow_up_id, due_at=_moment(until, tenant))

    def cancel(self, tenant: Tenant, follow_up_id: str, *, actor: str) -> FollowUpView:
        self.all.called("desk.cancel", follow_up_id)
        gone = {"state": FollowUpState.CANCELLED, "reason": "person", "text": None, "stops": ()}
        return self._put(follow_up_id, **gone)

    def settings(self, tenant: Tenant) -> FollowUpSettingsView:
        self.all.called("desk.settings")
        return self.shop

    def pause(self, tenant: Tenant, *, until: str | None, actor: str) -> FollowUpSettingsView:
        self.all.called("desk.pause", until or "")
        end = FOR_EVER if until is None else _moment(until, tenant)
        self.shop = replace(self.shop, paused_until=end)
        return self.shop

    def resume(self, tenant: Tenant, *, actor: str) -> FollowUpSettingsView:
        self.all.called("desk.resume")
        self.shop = NOT_PAUSED
        return self.shop

    def _put(self, follow_up_id: str, **values: object) -> FollowUpView:
        found = [
            replace(each, **values) if each.id == follow_up_id else each  # type: ignore[arg-type]
            for each in self.all.followup_list
        ]
        self.all.followup_list = found
        return next(each for each in found if each.id == follow_up_id)


def _moment(until: str, tenant: Tenant) -> datetime:
    return datetime.fromisoformat(until).replace(tzinfo=ZoneInfo(tenant.timezone)).astimezone(UTC)
