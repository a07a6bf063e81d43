"""How a command gets its settings, services and shop. Tests put their own factory here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

from cli import output
from waagent.errors import InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from waagent.bootstrap import Backend, Services
    from waagent.domain.views import Tenant
    from waagent.settings import Settings

_SHOWN = 5
debug = False
"""Whether ``--debug`` was given; set once by ``cli.main``."""


def _real_services(settings: Settings) -> AbstractContextManager[Services]:
    from waagent.bootstrap import open_services

    _tame_logs()
    return open_services(settings)


def backend(settings: Settings) -> AbstractContextManager[Backend]:
    """PostgreSQL and Redis without services, for commands about the database itself."""
    from waagent.bootstrap import open_backend

    _tame_logs()
    return open_backend(settings)


def actor() -> str:
    """Who acts, for the audit log."""
    import getpass

    return f"cli:{getpass.getuser()}"


def _tame_logs() -> None:
    """Nothing of the library's log on the terminal but with ``--debug``."""
    from cli.diagnostics import log_to_stderr

    log_to_stderr("debug" if debug else "critical")


services_factory: Callable[[Settings], AbstractContextManager[Services]] = _real_services


def settings(*, sandbox: bool = False, **flags: object) -> Settings:
    """The settings with the flags given, and their language in use. Raises ConfigError."""
    from waagent.i18n import use_language
    from waagent.settings import load_settings

    loaded = load_settings(sandbox=sandbox, **flags)
    use_language(loaded.language)
    output.plain = output.plain or loaded.plain
    return loaded


@contextmanager
def services() -> Iterator[Services]:
    """The services, for a command that is about no one shop."""
    with services_factory(settings()) as opened:
        yield opened


@contextmanager
def shop(tenant: str | None) -> Iterator[tuple[Services, Tenant]]:
    """The services and the shop meant by ``--tenant`` or ``WAAGENT_TENANT``.

    Raises InvalidInputError where neither names one, NotFoundError where there is no such shop.
    """
    loaded = settings(tenant=tenant)
    if loaded.tenant is None:
        raise InvalidInputError("no shop is named", hint=_which_shop(loaded))
    with services_factory(loaded) as opened:
        yield opened, find_shop(opened, loaded.tenant)


@contextmanager
def session(tenant: str | None, name: str) -> Iterator[tuple[Services, Tenant]]:
    """The same, for a command about the session ``name``: near names if there is no such one."""
    with shop(tenant) as (opened, found):
        try:
            yield opened, found
        except NotFoundError as error:
            from cli.suggest import did_you_mean

            known = [each.name for each in opened.sessions.list(found)]
            near = None if name in known else did_you_mean(name, known)
            raise NotFoundError(
                error.message, hint=f"{near} {error.hint or ''}".strip() if near else error.hint
            ) from None


def _which_shop(loaded: Settings) -> str:
    """The next step of somebody who named no shop; it depends on which there are."""
    from cli import live

    known = live.shops()
    if known is None and loaded.database_url is None:
        return "give -t SHOP; nothing runs here yet: waagent up, or waagent up --sandbox to try it"
    if known is None:
        return "give -t SHOP or set WAAGENT_TENANT; see waagent tenant list"
    if not known:
        return 'there is none yet; make one: waagent tenant create "Kopi Senja"'
    if len(known) == 1:
        return f"give -t {known[0]}, or for good: waagent config set tenant {known[0]}"
    return f"give -t SHOP, one of {', '.join(known[:_SHOWN])}; or set WAAGENT_TENANT"


def find_shop(services: Services, ref: str) -> Tenant:
    """The shop of a slug or id. Raises NotFoundError, with near slugs in its hint."""
    from cli import suggest

    return suggest.shop(services.tenants, ref)
