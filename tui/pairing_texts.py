"""What the pairing screen says at each stand of an attempt."""

from __future__ import annotations

from dataclasses import dataclass

from textual.content import Content

from tui.pairing import Attempt, Phase, Standing
from tui.phrasing import phone
from tui.reporting import explain as explain_error
from tui.safe import one_line
from tui.strings import keys, language, t
from waagent import i18n
from waagent.domain.views import Tenant
from waagent.services.explain import explain


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """``words`` stand above or beside the code, ``more`` below it; ``counting`` is the key of a
    state line with the seconds left, ``still`` that of one without.
    """

    words: str | Content
    more: str = ""
    still: str = ""
    counting: str = ""

    def state(self, left: int) -> Content:
        """The state line: what is going on, and how long a code is still good."""
        if self.counting and left > 0:
            return Content.assemble((t(self.counting, n=left), "bold"))
        return Content(t(self.still)) if self.still else Content("")


def tell(standing: Standing, attempt: Attempt, tenant: Tenant, *, practice: bool) -> Telling:
    """All of it; ``practice``: it is no real phone that links the number."""
    match standing.phase:
        case Phase.NAME:
            return Telling(words=t("pairing.name"), more=t("pairing.name.more"))
        case Phase.PHONE:
            return Telling(words=t("pairing.phone"), more=t("pairing.phone.more"))
        case Phase.WAIT:
            way = "wait" if attempt.phone is None else "wait.code"
            return Telling(words=t(f"pairing.{way}"), still=f"pairing.{way}.state")
        case Phase.QR:
            return Telling(
                words=t("pairing.qr"),
                more=t("pairing.practice" if practice else "pairing.qr.more"),
                counting="pairing.qr.left",
                still="pairing.qr.next",
            )
        case Phase.CODE:
            return _typed(attempt, practice=practice)
        case Phase.PAIRED:
            return Telling(words=t("pairing.paired"), still="pairing.paired.state")
        case Phase.CONNECTED:
            return _connected(standing, practice=practice)
        case Phase.ENDED:
            return _ended(standing, attempt, tenant)


def _typed(attempt: Attempt, *, practice: bool) -> Telling:
    number = one_line(attempt.phone or "", limit=40)
    steps = [
        i18n.t("connect.steps.code.1", phone=number),
        i18n.t("connect.steps.code.2"),
    ]
    return Telling(
        words="\n".join(steps),
        more=t("pairing.practice.code" if practice else "pairing.code.more"),
        counting="pairing.code.left",
        still="pairing.code.over",
    )


def _connected(standing: Standing, *, practice: bool) -> Telling:
    said = t("pairing.connected", phone=phone(standing.number) or "")
    return Telling(
        words=Content.assemble((f"● {said}", "bold $text-success")),
        more=t("pairing.practice.connected" if practice else "pairing.connected.more"),
        still="pairing.connected.state",
    )


def _ended(standing: Standing, attempt: Attempt, tenant: Tenant) -> Telling:
    """Why, and what to do now."""
    if standing.error is not None:
        what, todo = t("pairing.failed"), explain_error(standing.error)
    elif standing.end == "passkey_required":
        what, todo = explain(
            "pairing", "passkey_required", language(), shop=tenant.slug, session=attempt.session
        )
    else:
        what, todo = _reason(standing)
    return Telling(
        words=Content.assemble((f"▲ {what}", "bold $text-warning")),
        more=todo,
        still="pairing.ended.state",
    )


def _reason(standing: Standing) -> tuple[str, str]:
    key = f"pairing.{standing.end}.{standing.reason}"
    if key not in keys():
        key = f"pairing.{standing.end}"
    why = one_line(standing.reason or "-", limit=80)
    return t(key, why=why), t(f"{key}.todo")
