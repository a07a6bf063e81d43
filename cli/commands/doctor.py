"""``waagent doctor``: what is wrong, and the next step."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import context, live, output
from cli.options import JsonFlag, command_app
from cli.shapes import Shape, json_object, local_time
from waagent.domain.checks import Check, Level, NumberDiagnosis, worst
from waagent.errors import ConfigError, InvalidInputError, WaagentError
from waagent.i18n import t

if TYPE_CHECKING:
    from waagent.domain.checks import ShopDiagnosis
    from waagent.domain.views import Tenant
    from waagent.settings import Settings

app = command_app()

WARNINGS_EXIT = 8
EXITS = {Level.OK: 0, Level.SKIPPED: 0, Level.WARN: WARNINGS_EXIT, Level.FAIL: 1}

CHECK: Shape[Check] = Shape(
    fields=("name", "level", "text", "todo", "facts", "ms"),
    columns=(
        ("col.verdict", lambda check, _zone: str(check.level)),
        ("col.check", lambda check, _zone: check.name),
        ("col.finding", lambda check, _zone: check.text),
        ("col.next_step", lambda check, _zone: check.todo or ""),
    ),
    empty="doctor.sum.ok",
)

NUMBER: Shape[NumberDiagnosis] = Shape(
    fields=(
        "session",
        "state",
        "reason",
        "level",
        "text",
        "todo",
        "down_since",
        "last_inbound_at",
        "facts",
        "findings",
    ),
    columns=(
        ("col.verdict", lambda number, _zone: str(number.level)),
        ("col.session", lambda number, _zone: number.session),
        ("col.state", lambda number, _zone: number.state),
        ("col.finding", lambda number, _zone: number.text),
        ("col.next_step", lambda number, _zone: number.todo or ""),
    ),
    empty="empty.sessions",
)


@app.command("doctor")
def doctor(
    shop: Annotated[
        str | None,
        typer.Argument(
            metavar="SHOP",
            help="Its numbers, one by one; without: the installation.",
            autocompletion=live.tenants,
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CHECK", help="Show only this check; may be given several times. Not of a shop."
        ),
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="End with 1 for warnings, too.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """See what is wrong, and the next step.

    Ends with 0 if all is well, 8 with warnings, 1 if something fails. Starts and changes nothing,
    and shows nothing of any customer.
    """
    try:
        settings = context.settings()
    except ConfigError as error:
        if shop is not None:
            raise
        level = _tell_installation([_settings_failed(error)], (), as_json=as_json)
    else:
        from cli.diagnostics import log_to_stderr

        log_to_stderr("debug" if context.debug else "critical")
        if shop:
            level = _shop(settings, shop, as_json)
        else:
            level = _installation(settings, tuple(only or ()), as_json)
    raise typer.Exit(1 if strict and level is Level.WARN else EXITS[level])


def _installation(settings: Settings, only: tuple[str, ...], as_json: bool) -> Level:
    from cli.terminal_check import check_terminal
    from waagent import checkup

    readable = Check(name="settings", level=Level.OK, text=t("doctor.settings.ok"))
    checks = [readable, check_terminal(), *checkup.doctor(settings).examine()]
    return _tell_installation(checks, only, as_json=as_json)


def _settings_failed(error: WaagentError) -> Check:
    return Check(name="settings", level=Level.FAIL, text=error.message, todo=error.hint)


def _tell_installation(checks: list[Check], only: tuple[str, ...], *, as_json: bool) -> Level:
    """Show the checks, or ``only`` these; the worst level of those. Raises InvalidInputError."""
    known = {check.name: check for check in checks}
    for name in only:
        if name not in known:
            from cli.suggest import did_you_mean

            near = did_you_mean(name, known) or f"they are {', '.join(known)}"
            raise InvalidInputError(f"no check {name!r}", hint=near)
    checks = [known[name] for name in only] or checks
    level = worst(check.level for check in checks)
    if as_json:
        told = [json_object(CHECK, check) for check in checks]
        output.json_document({"level": level, "checks": told})
    else:
        made = [check for check in checks if check.level is not Level.SKIPPED]
        _table(CHECK, made)
        if len(made) < len(checks):
            output.line(t("doctor.left_out", count=len(checks) - len(made)))
        output.line(t(f"doctor.sum.{level}"))
    return level


def _shop(settings: Settings, shop: str, as_json: bool) -> Level:
    from cli import suggest
    from waagent import checkup

    tenant, found = checkup.examine(settings, lambda tenants: suggest.shop(tenants, shop))
    if as_json:
        output.json_document(_shop_document(tenant, found))
    else:
        _show_shop(tenant, found)
    return found.level


def _shop_document(tenant: Tenant, found: ShopDiagnosis) -> dict[str, Any]:
    worst_of = found.verdict
    return {
        "level": found.level,
        "text": worst_of and worst_of.text,
        "todo": worst_of and worst_of.todo,
        "tenant": tenant.slug,
        "numbers": [json_object(NUMBER, number) for number in found.numbers],
        "checks": [json_object(CHECK, check) for check in found.checks],
    }


def _show_shop(tenant: Tenant, found: ShopDiagnosis) -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(tenant.timezone)
    for number in found.numbers:
        output.line(f"{number.level}  {number.session} ({number.state}): {number.text}")
        if number.todo:
            output.line(f"→ {number.todo}")
        for finding in number.findings:
            if finding.text != number.text and finding.level is not Level.OK:
                output.line(f"{finding.level}  {finding.text} → {finding.todo or ''}")
        _times(number, zone)
    _table(CHECK, [check for check in found.checks if check.level is not Level.OK])
    output.line(t(f"doctor.sum.{found.level}"))
    if found.verdict is not None and found.verdict.todo:
        output.line(t("doctor.verdict.todo", todo=found.verdict.todo))


def _times(number: NumberDiagnosis, zone: Any) -> None:
    moments = (("down_since", number.down_since), ("last_inbound", number.last_inbound_at))
    output.facts(
        [(t(f"doctor.{name}"), local_time(at, zone)) for name, at in moments if at is not None]
    )


def _table(shape: Shape[Any], views: Iterable[Any]) -> None:
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("UTC")
    rows = [[cell(view, zone) for _, cell in shape.columns] for view in views]
    if rows:
        output.table([t(header) for header, _ in shape.columns], rows)
