"""What services are made of, from the settings. For the composition roots only.

Imports are inside: whoever needs one part should not wait for those of the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from waagent.services.core import Core
from waagent.settings import Settings

if TYPE_CHECKING:
    from waagent.domain.followups import Policy
    from waagent.services.ai_usage import Spending
    from waagent.services.delivery import Delivery
    from waagent.services.media import MediaStore
    from waagent.services.outcome import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """Where PostgreSQL and Redis are, given or embedded.

    ``ensure_running()`` restarts embedded servers that have crashed, and names them.
    """

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    ensure_running: Callable[[], Sequence[str]] = tuple


def media_store(settings: Settings, core: Core) -> MediaStore:
    """The files of messages."""
    from waagent.services.media import MEGABYTE, MediaStore
    from waagent.services.media_files import MediaFiles

    return MediaStore(core, MediaFiles(settings.media_folder), settings.media_limit * MEGABYTE)


def delivery(settings: Settings, core: Core) -> Delivery:
    """How notifications are sent."""
    from waagent.notify.mail import Mailer
    from waagent.notify.push import Pusher
    from waagent.services.delivery import Delivery
    from waagent.services.operator_line import OperatorLine

    relay = settings.smtp_url and settings.smtp_url.get_secret_value()
    return Delivery(
        core,
        Mailer(relay or None, settings.mail_from),
        Pusher(),
        OperatorLine(core, settings.notify_session),
    )


def outcome(settings: Settings) -> Outcome:
    """What follows from labels."""
    from waagent.services.outcome import Outcome

    return Outcome(policy=follow_up_policy(settings))


def follow_up_policy(settings: Settings) -> Policy:
    """What the settings say of follow-ups.

    At an endpoint of one's own there is nobody to wake, and nothing to measure by leaving some out.
    """
    from waagent.domain.followups import HOLD_OUT_PERCENT, Policy

    return Policy(
        after=settings.followup_after,
        mute=settings.followup_after / 2 if settings.bot_mute is None else settings.bot_mute,
        quiet_hours=settings.quiet_hours,
        hold_out=HOLD_OUT_PERCENT if settings.whatsapp_endpoint is None else 0,
        drafts=settings.followup_writer != "off",
    )


def spending(settings: Settings) -> Spending:
    """What language models may cost."""
    from waagent.services.ai_usage import Spending

    return Spending(
        price_in=settings.ai_price_in,
        price_out=settings.ai_price_out,
        monthly_tokens=settings.ai_monthly_tokens,
    )
