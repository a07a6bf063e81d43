"""``waagent user``: who may use the board in a browser."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context, output
from cli.options import JsonFlag, command_app
from cli.shapes import Shape, json_object, local_time, show_list
from waagent.errors import InvalidInputError
from waagent.i18n import t

if TYPE_CHECKING:
    from waagent.domain.users import UserView

app = command_app("Users of the board in a browser.")

USER: Shape[UserView] = Shape(
    fields=("name", "tenant", "operator", "enabled", "created_at", "last_login_at", "logins"),
    columns=(
        ("col.user", lambda user, _zone: user.name),
        ("col.access", lambda user, _zone: user.tenant or t("user.operator")),
        ("col.enabled", lambda user, _zone: t("yes" if user.enabled else "no")),
        ("col.last_login", lambda user, zone: local_time(user.last_login_at, zone)),
        ("col.logins", lambda user, _zone: str(user.logins)),
    ),
    empty="empty.users",
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The user's name or e-mail address.")]
ShopOption = Annotated[
    str | None, typer.Option("--shop", metavar="SHOP", help="The shop's slug or id.")
]
PasswordFile = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="Read the password from a file's first line, - for stdin; else it is asked for.",
    ),
]


@app.command()
def create(
    name: Name,
    shop: ShopOption = None,
    operator: Annotated[
        bool, typer.Option("--operator", help="They see all shops and the whole service.")
    ] = False,
    password_file: PasswordFile = None,
    as_json: JsonFlag = False,
) -> None:
    """Add a user: the owner of one shop (--shop), or an operator (--operator)."""
    if (shop is None) != operator:
        raise InvalidInputError(
            "a user is the owner of a shop or an operator", hint="give --shop SHOP or --operator"
        )
    with context.services() as services:
        tenant = None if shop is None else context.find_shop(services, shop)
        password = _password(password_file)
        user = services.users.create(name, password, tenant, actor=context.actor())
    _show(user, "user.created", as_json=as_json)


@app.command("list")
def list_(shop: ShopOption = None, as_json: JsonFlag = False) -> None:
    """List the users, of one shop or all."""
    with context.services() as services:
        tenant = None if shop is None else context.find_shop(services, shop)
        users = services.users.list(tenant)
    zone = "UTC" if tenant is None else tenant.timezone
    show_list(USER, users, as_json=as_json, zone=zone)


@app.command()
def password(name: Name, password_file: PasswordFile = None, as_json: JsonFlag = False) -> None:
    """Give a user another password. Their logins end."""
    with context.services() as services:
        services.users.get(name)  # before anything is typed
        given = _password(password_file)
        user = services.users.set_password(name, given, actor=context.actor())
    _show(user, "user.password", as_json=as_json)


@app.command()
def enable(name: Name, as_json: JsonFlag = False) -> None:
    """Let a user log in again who was disabled."""
    with context.services() as services:
        user = services.users.enable(name, actor=context.actor())
    _show(user, "user.enabled", as_json=as_json)


@app.command()
def disable(name: Name, as_json: JsonFlag = False) -> None:
    """Keep a user out. Their logins end at once, and what they have open closes."""
    with context.services() as services:
        user = services.users.disable(name, actor=context.actor())
    _show(user, "user.disabled", as_json=as_json)


@app.command()
def delete(
    name: Name,
    confirm: Annotated[
        str | None, typer.Option(metavar="NAME", help="The name again, to be sure.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Delete a user. Their logins end at once; what they did stays in the audit."""
    if confirm != name:
        raise InvalidInputError(
            "deleting a user cannot be undone", hint=f"if it is meant: --confirm {name}"
        )
    with context.services() as services:
        services.users.delete(name, actor=context.actor())
    if as_json:
        output.json_document({"deleted": name})
    else:
        output.line(t("user.deleted", name=name))


def _show(user: UserView, said: str, *, as_json: bool) -> None:
    if as_json:
        output.json_document(json_object(USER, user))
    else:
        output.line(t(said, name=user.name))


def _password(file: str | None) -> str:
    """From a file, from stdin, or asked for; never from an argument, which others could see."""
    if file == "-":
        return _first_line(sys.stdin.readline())
    if file is not None:
        try:
            with Path(file).expanduser().open(encoding="utf-8") as lines:
                return _first_line(lines.readline())
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
            raise InvalidInputError(f"cannot read {file}: {reason}") from error
    if not sys.stdin.isatty():
        raise InvalidInputError(
            "no password is given, and there is no terminal to ask on",
            hint="give it on stdin: --password-file -",
        )
    return _asked()


def _asked() -> str:
    from getpass import getpass

    from waagent.domain.users import MIN_PASSWORD

    first = getpass(t("user.ask", least=MIN_PASSWORD) + ": ")
    if getpass(t("user.ask_again") + ": ") != first:
        raise InvalidInputError("the two passwords are not the same", hint="try again")
    return first


def _first_line(text: str) -> str:
    return text.rstrip("\r\n")
