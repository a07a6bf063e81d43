"""``waagent message media``: the file of a message, onto this machine's disk."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from cli import context, output
from cli.options import JsonFlag, TenantOption
from waagent.errors import ConflictError, WaagentError
from waagent.i18n import t


def media(
    message: Annotated[str, typer.Argument(metavar="ID", help="The message, of message list.")],
    file: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where to; without: its own name, here."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists.")] = False,
    tenant: TenantOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Save the file of a message."""
    with context.shop(tenant) as (services, shop):
        found = services.media.open(shop.id, message)
        target = file or Path(found.safe_name)
        _write(target, found.chunks, force=force)
    if as_json:
        output.json_document(
            {
                "id": found.message_id,
                "path": str(target.absolute()),
                "mimetype": found.mimetype,
                "size": found.size,
            }
        )
    else:
        output.line(t("message.media.saved", name=str(target), size=found.size))


def _write(target: Path, chunks: Iterable[bytes], *, force: bool) -> None:
    try:
        with target.open("wb" if force else "xb") as opened:
            try:
                opened.writelines(chunks)
            except BaseException:
                target.unlink()
                raise
    except FileExistsError:
        raise ConflictError(
            f"{target} exists already", hint="give another name with -o, or --force to replace it"
        ) from None
    except OSError as error:
        raise WaagentError(f"{target} cannot be written: {error.strerror}") from error
