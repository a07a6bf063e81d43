"""``waagent config``: settings in effect, and those of the user's file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli import context, diagnostics, live, output
from cli.options import JsonFlag, command_app
from waagent.errors import ConfigError, InvalidInputError, NotFoundError
from waagent.i18n import t

app = command_app("Settings in effect.")

_HIDDEN = "********"
_Name = Annotated[
    str,
    typer.Argument(metavar="NAME", help="The setting's name.", autocompletion=live.settings),
]
_Project = Annotated[
    bool, typer.Option("--project", help="In ./waagent.toml, not in the user's config.toml.")
]


@app.callback()
def group() -> None:
    """Settings in effect."""


@app.command()
def show(
    origin: Annotated[
        bool, typer.Option("--origin", help="Say where each value comes from.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show every setting. Secrets stay hidden.

    A flag beats the environment, which beats ./waagent.toml, which beats the user's config.toml.
    """
    found = _in_effect()
    if as_json:
        output.json_document(found)
        return
    headers = [t("col.setting"), t("col.value_of"), *([t("col.origin")] if origin else [])]
    rows = [
        [name, each["value"] or "", *([each["origin"]] if origin else [])]
        for name, each in found.items()
    ]
    output.table(headers, rows)


@app.command()
def get(name: _Name, as_json: JsonFlag = False) -> None:
    """Print the value of one setting; nothing where it is unset."""
    known = _known(name).removesuffix("_file")
    found = _in_effect()[known]
    if as_json:
        output.json_document({"name": known, **found})
    else:
        output.line(found["value"] or "")


@app.command("set")
def set_(
    name: _Name,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="As in the settings' reference.")],
    project: _Project = False,
    as_json: JsonFlag = False,
) -> None:
    """Set a setting for good, in the user's config.toml; what it cannot be is refused."""
    from waagent.setting_files import write_setting
    from waagent.settings import check_value, is_secret

    known = _known(name)
    if not known.endswith("_file") and is_secret(known):
        raise InvalidInputError(
            f"{known} is a secret, and a command line is read by others",
            hint=f"write it to a file of yours, then: waagent config set {known}_file PATH",
        )
    check_value(known, value)
    path = _path(project=project)
    write_setting(path, known, value)
    _told(known, value, path, as_json=as_json)


@app.command()
def unset(name: _Name, project: _Project = False, as_json: JsonFlag = False) -> None:
    """Take a setting out of the user's config.toml."""
    from waagent.setting_files import write_setting

    known, path = _known(name), _path(project=project)
    write_setting(path, known, None)
    _told(known, None, path, as_json=as_json)


@app.command()
def path(as_json: JsonFlag = False) -> None:
    """Print where the settings files are, the stronger first, and whether they are there."""
    from waagent.setting_sources import files

    found = [(str(each.absolute()), each.exists()) for each in files()]
    if as_json:
        output.json_document([{"path": where, "exists": there} for where, there in found])
        return
    state = {True: "config.file.there", False: "config.file.missing"}
    rows = [[where, t(state[there])] for where, there in found]
    output.table([t("col.path"), t("col.exists")], rows)


@app.command()
def validate(as_json: JsonFlag = False) -> None:
    """Check every source of settings; ends with 2 and the first thing that is wrong."""
    context.settings()
    if as_json:
        output.json_document({"valid": True})
    else:
        output.line(t("config.valid"))


def _in_effect() -> dict[str, dict[str, Any]]:
    """Each setting's value, and where it comes from."""
    from waagent.i18n import use_language
    from waagent.setting_reference import describe
    from waagent.settings import load_with_origins

    settings, origins = load_with_origins()
    use_language(settings.language)
    values = settings.environment()
    return {
        info.name: {
            "value": _HIDDEN if info.secret and info.env in values else values.get(info.env),
            "origin": origins[info.name],
        }
        for info in describe()
    }


def _known(name: str) -> str:
    """The setting of that name, in whichever way it is written. Raises NotFoundError."""
    from waagent.setting_sources import nearest
    from waagent.settings import Settings, is_secret

    plain = name.lower().replace("-", "_").removeprefix("waagent_")
    base = plain.removesuffix("_file")
    if plain in Settings.model_fields or (base in Settings.model_fields and is_secret(base)):
        return plain
    raise NotFoundError(f"no setting {name!r}", hint=nearest(plain, Settings.model_fields))


def _path(*, project: bool) -> Path:
    from waagent.setting_sources import files

    return files()[0 if project else 1]


def _told(name: str, value: str | None, path: Path, *, as_json: bool) -> None:
    """What was done, and if something stronger keeps it from counting."""
    origin = None
    try:
        origin = _in_effect().get(name.removesuffix("_file"), {}).get("origin")
    except ConfigError as error:  # of another setting; this one was checked
        diagnostics.note(f"{error.message}")
    if as_json:
        output.json_document({"name": name, "value": value, "path": str(path), "origin": origin})
    elif value is None:
        output.line(t("config.unset", name=name, path=path))
    else:
        output.line(t("config.written", name=name, value=value, path=path))
    if value is not None and origin is not None and not origin.startswith(str(path)):
        diagnostics.note(t("config.outdone", origin=origin))
