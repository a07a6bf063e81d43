"""How a pairing that came to nothing is told: one error for each reason, with the next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from waagent.errors import RefusedError, TimedOutError, WaagentError

if TYPE_CHECKING:
    from waagent.domain.views import ConnectEvent

_AGAIN = "run the command again; nothing has been changed"
_REFUSALS: dict[str | None, tuple[str, str]] = {
    "code_too_often": (
        "WhatsApp gives no pairing code for now: it was asked for too many (429)",
        "wait an hour, or link by QR code: leave --pair-code away",
    ),
    "code_refused": (
        "WhatsApp gives no pairing code for this number",
        "is WhatsApp in use with it? A landline only works with WhatsApp Business. "
        "Or link by QR code: leave --pair-code away",
    ),
    "number_linked_already": (
        "another session of this shop has that number",
        "see: waagent session list; the phone was told to drop the new link",
    ),
    "another_number": (
        "the session had another number before, so this one was unlinked again",
        "to go on with this number and keep the conversations: --change-number; or link it as "
        "another session: --session NAME",
    ),
    "not_the_number": (
        "another number was linked than the one the code was for, so it was unlinked again",
        "type the code on the phone whose number was given",
    ),
    "no_code": (
        "WhatsApp sent no code",
        "check the internet of the server, then run the command again",
    ),
    "dead_code": (
        "the code was used up, but WhatsApp never said that the phone had linked waagent",
        "look at the phone's linked devices: remove waagent if it is there, then run it again",
    ),
    "outdated": (
        "WhatsApp refuses this version of waagent",
        "upgrade waagent, then run the command again",
    ),
    "unreachable": (
        "WhatsApp cannot be reached",
        "check the internet of the server, then run the command again",
    ),
}


def failure(event: ConnectEvent, timeout_s: float) -> WaagentError | None:
    """What ``event`` means for the command; None while the pairing goes on."""
    match event.event:
        case "expired":
            return _expired(event.reason, timeout_s)
        case "refused":
            return _refused(event.reason)
        case "passkey_required":
            return RefusedError(
                "WhatsApp asks for a passkey to link this number, which waagent cannot give yet",
                hint="go on answering from the phone, and try again after an upgrade of waagent",
            )
    return None


def _expired(reason: str | None, timeout_s: float) -> TimedOutError:
    if reason == "not_connected":
        return TimedOutError(
            f"the number is linked, but was not connected in {timeout_s:g} s",
            hint="see waagent status: is everything running? then run the command again",
        )
    if reason == "not_started":
        return TimedOutError(
            "no pairing worker had the time to prepare a code",
            hint="run the command again in a moment; if it stays like this: waagent doctor",
        )
    if reason == "not_entered":
        return TimedOutError(f"the code was not entered in {timeout_s:g} s", hint=_AGAIN)
    return TimedOutError(f"the QR code was not scanned in {timeout_s:g} s", hint=_AGAIN)


def _refused(reason: str | None) -> RefusedError:
    text, hint = _REFUSALS.get(
        reason,
        (
            "WhatsApp refused to link the number" + (f" ({reason})" if reason else ""),
            "check the phone: it must be online, with fewer than four linked devices",
        ),
    )
    return RefusedError(text, hint=hint)
