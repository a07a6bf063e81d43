"""``waagent sandbox``: the WhatsApp sandbox and its people, by hand."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import context, output
from cli.commands import sandbox_content, sandbox_trouble
from cli.options import JsonFlag, TenantOption, command_app
from cli.sandbox_access import (
    Account,
    Customer,
    Folder,
    sandbox_client,
    show_facts,
    show_record,
    state_dir,
    the_account,
)
from waagent.errors import NotFoundError, TimedOutError, WaagentError

if TYPE_CHECKING:
    from waagent.sandbox.client import SandboxClient

app = command_app("A WhatsApp server and people for trying things out.")
scenario_app = command_app("Stories that customers play.")
app.add_typer(scenario_app, name="scenario")

Port = Annotated[int, typer.Option(min=0, max=65535, help="On 127.0.0.1; 0 picks a free one.")]
_FINAL_POLL_S = 0.5


@app.command()
def serve(
    folder: Folder = None, port: Port = 0, control_port: Port = 0, as_json: JsonFlag = False
) -> None:
    """Run a WhatsApp sandbox in this process until interrupted."""
    from cli.diagnostics import log_to_stderr
    from waagent.sandbox.server import SandboxInfo
    from waagent.sandbox.server import serve as serve_here

    log_to_stderr(context.settings().log_level)

    def ready(info: SandboxInfo) -> None:
        shown = {"endpoint": str(info.endpoint), "proxy_url": info.proxy_url}
        if as_json:
            output.json_line({"event": "ready", **shown})
        else:
            output.facts(shown.items())

    serve_here(state_dir(folder), port=port, control_port=control_port, ready=ready)


@app.command()
def scan(
    phone: Annotated[str, typer.Option(help="The shop's number.")],
    code: Annotated[
        str | None,
        typer.Argument(
            metavar="CODE",
            help="What the QR code holds, https://wa.me/…; by default the one being shown.",
        ),
    ] = None,
    name: Annotated[str | None, typer.Option(help="The shop's name on WhatsApp.")] = None,
    tenant: TenantOption = None,
    session: Annotated[str, typer.Option(help="Without CODE: the name of the number.")] = "main",
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Scan a pairing QR code with the shop's phone."""
    shown = code or _shown_code(tenant, session)
    show_record(sandbox_client(folder).scan(shown, phone=phone, name=name), as_json)


def _shown_code(tenant: str | None, session: str) -> str:
    """The code that `waagent connect` shows now. Raises NotFoundError."""
    with context.shop(tenant) as (services, shop):
        code = services.onboarding.current_code(shop, session)
    if code is None:
        raise NotFoundError(
            "no QR code is being shown", hint=f"show one first: waagent connect {shop.slug}"
        )
    return code


@app.command()
def customer(
    phone: Customer,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Their name on WhatsApp.")],
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Add a customer."""
    show_record(sandbox_client(folder).customer(phone, name), as_json)


@app.command()
def recv(
    phone: Annotated[
        str, typer.Argument(metavar="PHONE", help="Whose telephone, a customer's or a shop's.")
    ],
    timeout: Annotated[float, typer.Option(min=0, help="Seconds to wait.")] = 10,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Take the oldest new message from a telephone."""
    show_record(sandbox_client(folder).recv(phone, timeout), as_json)


@app.command()
def chat(
    phone: Customer,
    name: Annotated[str, typer.Option(help="Their name on WhatsApp.")] = "Pelanggan",
    account: Account = None,
    folder: Folder = None,
) -> None:
    """Be a customer: each line typed is a message, answers appear as they come."""
    from cli.sandbox_chat import converse
    from waagent.phones import parse_phone

    client = sandbox_client(folder)
    shop = the_account(client, account)
    number = parse_phone(phone, context.settings().region)
    if number not in {person.phone for person in client.customers()}:
        client.customer(number, name)
    converse(client, number, shop, sys.stdin)


@app.command()
def stat(folder: Folder = None, as_json: JsonFlag = False) -> None:
    """Show the sandbox's counters."""
    show_record(sandbox_client(folder).stat(), as_json)


@scenario_app.command("list")
def list_scenarios(as_json: JsonFlag = False) -> None:
    """List the stories that come with waagent."""
    from waagent.sandbox.scenario import load_scenario, scenario_names

    stories = [load_scenario(name) for name in scenario_names()]
    if as_json:
        fields = ("name", "title", "shop")
        output.json_document([{f: getattr(story, f) for f in fields} for story in stories])
    else:
        output.table(["Name", "Shop", "Story"], [[s.name, s.shop, s.title] for s in stories])


@scenario_app.command("run")
def run_scenario(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A name from the list, or a .yaml file.")
    ],
    account: Account = None,
    speed: Annotated[float, typer.Option(min=0.01, help="2 plays it twice as fast.")] = 1,
    wait: Annotated[bool, typer.Option("--wait", help="Return when it is over.")] = False,
    folder: Folder = None,
    as_json: JsonFlag = False,
) -> None:
    """Play a story with a shop."""
    client = sandbox_client(folder)
    source = Path(name) if name.endswith((".yaml", ".yml")) else name
    run = client.run_scenario(source, the_account(client, account), speed=speed)
    state = _wait_until_over(client, run) if wait else "running"
    show_facts({"run": run, "state": state}, as_json)


def _wait_until_over(client: SandboxClient, run: str) -> str:
    import time

    while (state := client.scenario_status(run).state) == "running":
        time.sleep(_FINAL_POLL_S)
    if state == "timed_out":
        raise TimedOutError(f"in {run}, somebody waited in vain for the shop's answer")
    if state != "done":
        raise WaagentError(f"{run} has {state}", hint="see sandbox.log in its state folder")
    return state


for command in (*sandbox_content.COMMANDS, *sandbox_trouble.COMMANDS):
    app.command()(command)
