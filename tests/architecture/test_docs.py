"""The documentation is checked like code: it leaves nothing out and names nothing that is not."""

from __future__ import annotations

import re
import runpy
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from cli import shapes
from cli.commands.ai import USAGE
from cli.commands.catalog import PRODUCT
from cli.commands.chat import CONVERSATION, HIT
from cli.commands.connect import FIELDS as CONNECT_FIELDS
from cli.commands.doctor import CHECK, NUMBER
from cli.commands.followup import SETTINGS as FOLLOW_UP_SETTINGS
from cli.commands.followup_rules import RULE
from cli.commands.followup_templates import TEMPLATE
from cli.commands.lead import STAGE
from cli.commands.lead_details import MOVE, NOTE
from cli.commands.lead_label import INSIGHT
from cli.commands.report import FOLLOW_UPS, FUNNEL, LEADS, RESPONSE_TIMES
from cli.commands.session_pacing import PACING
from cli.commands.user import USER
from cli.diagnostics import EXIT_CODES
from cli.lazy import load_all
from cli.live import LIMIT_VARIABLE
from tui.actions import ACTIONS
from waagent import errors
from waagent.domain.catalogue import RefusedRow
from waagent.domain.checks import Level
from waagent.domain.followups import Approval, CancelReason, FollowUpState, FollowUpStop
from waagent.domain.labels import Engine, Intent, Sentiment, Status
from waagent.domain.leads import Stage
from waagent.domain.media import MediaState
from waagent.domain.messages import Direction, MessageKind, MessageState, Origin
from waagent.domain.notifications import ChannelKind, NoticeKind, NotificationState
from waagent.domain.pacing import DecidedBy, HoldReason, RefuseReason
from waagent.domain.sessions import SessionState
from waagent.queueing import names
from waagent.sandbox.faults import Fault
from waagent.sandbox.manners import Addressing
from waagent.services.contact_files import RefuseReason as RowRefusal
from waagent.setting_reference import describe

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
PAGE_IDS = [str(page.relative_to(ROOT)) for page in PAGES]

JSON_SECTIONS: dict[str, shapes.Shape[Any]] = {
    "A shop": shapes.TENANT,
    "A linked number": shapes.SESSION,
    "The pace of a number": PACING,
    "A lead": shapes.LEAD,
    "A move of a lead": MOVE,
    "A note on a lead": NOTE,
    "A stage": STAGE,
    "The report on follow-ups": FOLLOW_UPS,
    "The report on new leads": LEADS,
    "The report on response times": RESPONSE_TIMES,
    "The report on the funnel": FUNNEL,
    "An insight": INSIGHT,
    "A product": PRODUCT,
    "Token usage": USAGE,
    "A conversation": CONVERSATION,
    "A message that was found": HIT,
    "A message": shapes.MESSAGE,
    "A follow-up": shapes.FOLLOW_UP,
    "A follow-up rule": RULE,
    "A template": TEMPLATE,
    "What holds for follow-ups": FOLLOW_UP_SETTINGS,
    "A channel": shapes.CHANNEL,
    "A notification": shapes.NOTIFICATION,
    "A user": USER,
    "A check": CHECK,
    "A number's diagnosis": NUMBER,
}
SHOWN_VALUES: dict[str, tuple[type[StrEnum], ...]] = {
    "json.md": (
        SessionState,
        Stage,
        Direction,
        Origin,
        MessageKind,
        MessageState,
        MediaState,
        FollowUpState,
        FollowUpStop,
        Approval,
        CancelReason,
        ChannelKind,
        NoticeKind,
        NotificationState,
        DecidedBy,
        HoldReason,
        RefuseReason,
        Level,
        RowRefusal,
    ),
    "labels.md": (Status, Intent, Sentiment),
    "ai.md": (Engine, RefusedRow),
    "sandbox.md": (Fault, Addressing),
}
# Not a setting of waagent's, but of its tests.
OTHER_VARIABLES = {"WAAGENT_REQUIRE_SERVICES", LIMIT_VARIABLE}
# Put together here, so that this file does not name one.
REGISTRIES = tuple(
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))
)
MACHINE_PATH = re.compile(r"(?<![\w.~}])/(?:work|root|Users|home/\w+|tmp/(?!sandbox|waagent-))\b")
NOT_RUN = re.compile(r"(?:\b(?:user|role|database|clone .*|useradd .*|enable --now)|-u)\s+$")
"""Before a ``waagent`` that is the name of something else."""
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def reference(name: str) -> str:
    return text(REFERENCE / name)


def all_reference() -> str:
    return "\n".join(text(page) for page in sorted(REFERENCE.glob("*.md")))


def without_code(markdown: str) -> str:
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", markdown))


# --- everything is in the reference


@dataclass(frozen=True, slots=True)
class Command:
    """A command that can be run, and its options."""

    path: tuple[str, ...]
    options: frozenset[str]


@cache
def commands() -> dict[tuple[str, ...], Command]:
    found = [leaf for name, command in load_all().items() for leaf in _leaves((name,), command)]
    return {leaf.path: leaf for leaf in found}


def _leaves(path: tuple[str, ...], command: Any) -> Iterator[Command]:
    children = getattr(command, "commands", None)
    if children is None:
        options = {option for parameter in command.params for option in parameter.opts}
        yield Command(path, frozenset(options | {"--help", "-h", "--debug"}))
        return
    for name, child in children.items():
        yield from _leaves((*path, name), child)


def test_every_command_and_option() -> None:
    page = reference("cli.md")
    for command in commands().values():
        _, found, rest = page.partition(f"## waagent {' '.join(command.path)}\n")
        section = rest.partition("\n## ")[0]
        assert found, command.path
        for option in command.options - {"--help", "-h", "--debug"}:
            assert not option.startswith("-") or f"`{option}`" in section, (command.path, option)


def test_every_setting() -> None:
    page = reference("settings.md")
    for info in describe():
        assert f"| `{info.name}` | `{info.env}`" in page


def test_every_error_code_and_exit_code() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = {kind.code for kind in kinds if issubclass(kind, errors.WaagentError)}
    assert not {code for code in codes if f"| `{code}` |" not in reference("errors.md")}
    assert not {code for code in EXIT_CODES if f"\n| {code} |" not in reference("exit-codes.md")}


def test_every_key_of_the_board() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "keys_reference.py"))
    page = reference("keys.md")
    assert page.strip() == script["render"]().strip(), "run: python scripts/keys_reference.py"
    assert page.count("\n| `") == len(ACTIONS)


def test_every_state_of_a_number() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "session_states_reference.py"))
    assert set(script["COMES"]) == set(SessionState)
    page = reference("session-states.md")
    assert page.strip() == script["render"]().strip(), "run: scripts/session_states_reference.py"


def test_every_queue_and_job() -> None:
    page = reference("processes.md")
    assert not [name for name in (*names.QUEUES, *names.JOBS) if f"| `{name}` |" not in page]


@pytest.mark.parametrize("section", JSON_SECTIONS)
def test_every_json_field(section: str) -> None:
    _, _, rest = reference("json.md").partition(f"## {section}\n")
    table = rest.partition("\n## ")[0]
    documented = {
        name
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }
    shape = JSON_SECTIONS[section]
    assert documented == {*shape.fields, *(name for name, _ in shape.told)}


def test_every_event_of_connect() -> None:
    page = reference("json.md")
    for event, fields in CONNECT_FIELDS.items():
        assert f"| `{event}` | {', '.join(f'`{field}`' for field in fields)} |" in page


@pytest.mark.parametrize("page", SHOWN_VALUES)
def test_every_value_a_field_can_have(page: str) -> None:
    written = reference(page)
    for kind in SHOWN_VALUES[page]:
        assert not [value for value in kind if f"`{value}`" not in written], kind


# --- nothing is named that is not


def _anchors(markdown: str) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", markdown), re.MULTILINE)
    plain = [re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", h)) for h in headings]
    return {heading.lower().replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(without_code(text(page))):
        target, _, anchor = unquote(link).partition("#")
        if "://" in target:
            continue
        path = (page.parent / target).resolve() if target else page
        if not path.exists() or (anchor and anchor not in _anchors(text(path))):
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_commands_in_examples_exist(page: Path) -> None:
    wrong = [
        line
        for language, block in FENCE.findall(text(page))
        if language in ("sh", "console", "ini")
        for line in _command_lines(block, language)
        for words in _invocations(line)
        if not _exists(words)
    ]
    assert not wrong


def _command_lines(block: str, language: str) -> Iterator[str]:
    for line in block.splitlines():
        if language == "console" and not line.startswith("$ "):
            continue
        yield line.removeprefix("$ ")


def _invocations(line: str) -> Iterator[list[str]]:
    """The words after each ``waagent`` that is run on a line."""
    for match in re.finditer(r"(?:^|[\s=(|]|bin/)waagent( [^|;&<>()#]*|$)", line):
        before = line[: match.start() + 1]
        if before.count('"') % 2 or re.search(NOT_RUN, before):
            continue
        yield shlex.split(match[1].replace("'", "").replace("`", ""), comments=True)


def _exists(words: list[str]) -> bool:
    if not words or words[0].startswith("-"):
        return True  # the board, or --version
    path = next((tuple(words[:n]) for n in (3, 2, 1) if tuple(words[:n]) in commands()), None)
    if path is None:
        return False
    options = {word.partition("=")[0] for word in words[len(path) :] if re.match(r"--?[a-z]", word)}
    return options <= commands()[path].options


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_settings_that_are_named_exist(page: Path) -> None:
    known = {name for info in describe() for name in (info.env, f"{info.env}_FILE")}
    named = set(re.findall(r"\bWAAGENT_[A-Z_]*[A-Z]\b", text(page)))
    assert not named - known - OTHER_VARIABLES


def test_the_make_targets_of_the_readme_exist() -> None:
    readme = text(ROOT / "README.md")
    targets = set(re.findall(r"^([a-z-]+):", text(ROOT / "Makefile"), re.MULTILINE))
    lines = [line for _, block in FENCE.findall(readme) for line in block.splitlines()]
    lines += re.findall(r"`([^`\n]+)`", FENCE.sub("", readme))
    named = {match[1] for line in lines if (match := re.match(r"make ([a-z]+)", line))}
    assert {"demo", "install", "test"} <= named <= targets


@pytest.mark.parametrize("page", PAGES, ids=PAGE_IDS)
def test_no_path_of_one_machine(page: Path) -> None:
    assert not MACHINE_PATH.findall(text(page))


def test_no_registry_host_in_the_repository() -> None:
    listed = subprocess.run(
        ["git", "grep", "-IlF", *(word for host in REGISTRIES for word in ("-e", host))],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode > 1:
        pytest.skip("not a git repository")
    assert listed.stdout == ""
