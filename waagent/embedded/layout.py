"""Where everything of one home lies: data, logs, passwords, sockets and locks.

As an ordinary user all of it is under the home, except the sockets: their paths may have at most
107 bytes, so they get a short private folder in /tmp, named after the home (not XDG_RUNTIME_DIR,
which is emptied at logout while the servers may go on). As root, PostgreSQL runs under an
unprivileged account; where that account cannot walk to the home, its data gets a folder under
/var/lib/waagent, and a small file in the home names it.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from waagent.embedded.accounts import Account, account_for
from waagent.errors import EmbeddedError

POSTGRES_PORT = 5432  # only names the socket; nothing listens on TCP
SERVICE_ROOT = Path("/var/lib/waagent")
_RECORD = "embedded.json"
_DATA_KEY = "postgresql_data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The paths of one home (absolute, symlinks resolved). Only the properties compute."""

    home: Path
    postgres_data: Path
    account: Account | None
    run_dir: Path

    @property
    def valkey_data(self) -> Path:
        """Valkey's append-only file, configuration and pid file."""
        return self.home / "valkey"

    @property
    def secrets(self) -> Path:
        """One file per password."""
        return self.home / "secrets"

    @property
    def postgres_log(self) -> Path:
        """What PostgreSQL says."""
        return self.home / "logs" / "postgresql.log"

    @property
    def valkey_log(self) -> Path:
        """What Valkey says."""
        return self.home / "logs" / "valkey.log"

    @property
    def postgres_sockets(self) -> Path:
        """The folder of PostgreSQL's socket, owned by the account it runs as."""
        return self.run_dir / "pg"

    @property
    def postgres_socket(self) -> Path:
        """PostgreSQL's socket."""
        return self.postgres_sockets / f".s.PGSQL.{POSTGRES_PORT}"

    @property
    def valkey_socket(self) -> Path:
        """Valkey's socket."""
        return self.run_dir / "valkey.sock"

    @property
    def start_lock(self) -> Path:
        """Held alone by whoever starts or stops servers."""
        return start_lock(self.home)

    @property
    def attach_lock(self) -> Path:
        """Shared by all that use the servers."""
        return self.home / "attach.lock"

    @property
    def record(self) -> Path:
        """Names PostgreSQL's data folder where it is not in the home."""
        return self.home / _RECORD


def start_lock(home: Path) -> Path:
    """The file that guards all changes to the servers of ``home``."""
    return home / "start.lock"


def prepare_home(home: Path) -> Path:
    """Make the home's own folders; returns its real path. Raises EmbeddedError and OSError."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    home = home.resolve()
    if os.geteuid() not in (0, home.stat().st_uid):
        raise EmbeddedError(
            f"{home} belongs to another user.", hint="Point WAAGENT_HOME at a folder of your own."
        )
    for name in ("logs", "secrets", "valkey"):
        private_folder(home / name)
    return home


def open_layout(home: Path, *, service_root: Path = SERVICE_ROOT) -> Layout:
    """The layout of a prepared home; the first time, decides where PostgreSQL's data goes.

    The caller holds the start lock: two deciding at once would decide differently. Raises
    EmbeddedError and OSError.
    """
    return _layout(home, _recorded(home) or _choose_data(home, service_root))


def make_run_folders(layout: Layout) -> None:
    """Make the socket folders; refuse those that somebody planted. Raises EmbeddedError."""
    private_folder(layout.run_dir, mode=0o711 if layout.account else 0o700)
    private_folder(layout.postgres_sockets, owner=layout.account)


def read_layout(home: Path) -> Layout | None:
    """The layout of ``home`` if it has been used before; makes nothing. Raises EmbeddedError."""
    home = home.resolve()
    data = _recorded(home) or home / "postgresql"
    return _layout(home, data) if data.is_dir() else None


def private_folder(path: Path, *, mode: int = 0o700, owner: Account | None = None) -> None:
    """Make ``path``, or check that it is a real folder of ours alone. Raises EmbeddedError."""
    wanted = owner.uid if owner else os.geteuid()
    try:
        path.mkdir(mode=mode)
        path.chmod(mode)
        if owner:
            os.chown(path, owner.uid, owner.gid)
    except FileExistsError:
        _require_private(path, wanted, mode)


def _require_private(path: Path, uid: int, mode: int) -> None:
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != uid:
        raise EmbeddedError(
            f"{path} exists and is not a folder of this user.",
            hint="Somebody else made it: move it away and try again.",
        )
    if found.st_mode & 0o777 & ~mode:
        path.chmod(mode)


def _layout(home: Path, data: Path) -> Layout:
    digest = sha256(os.fsencode(home)).hexdigest()[:12]
    run_dir = Path("/tmp").resolve() / f"waagent-{os.geteuid()}-{digest}"  # noqa: S108 (checked)
    return Layout(
        home=home, postgres_data=data.resolve(), account=account_for(data), run_dir=run_dir
    )


def _recorded(home: Path) -> Path | None:
    record = home / _RECORD
    try:
        data = Path(json.loads(record.read_text(encoding="utf-8"))[_DATA_KEY])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise EmbeddedError(
            f"{record} does not name PostgreSQL's data folder.",
            hint="Restore that file from a backup.",
        ) from error
    if not data.is_dir():
        raise EmbeddedError(
            f"PostgreSQL's data folder {data} is gone.",
            hint=f"Restore it, or delete {record} to start with an empty database.",
        )
    return data


def _choose_data(home: Path, service_root: Path) -> Path:
    inside = home / "postgresql"
    account = account_for(inside)
    if account is None or inside.is_dir() or account.can_enter(home):
        return inside
    return _data_outside(home, service_root)


def _data_outside(home: Path, service_root: Path) -> Path:
    """Make a data folder the account can reach, and record it in the home.

    A fresh name each time: data left by a deleted home of the same name must not be taken over.
    """
    service_folder(service_root)
    base = service_root / secrets.token_hex(6)
    private_folder(base, mode=0o711)
    (base / "home").write_text(f"{home}\n", encoding="utf-8", errors="surrogateescape")
    data = base / "postgresql"
    private_folder(data, owner=account_for(None))
    record = home / _RECORD
    draft = record.with_suffix(".new")
    draft.write_text(json.dumps({_DATA_KEY: str(data)}) + "\n", encoding="utf-8")
    draft.replace(record)
    return data


def service_folder(path: Path) -> None:
    """Make the machine-wide folder of root's servers. Raises EmbeddedError."""
    try:
        path.mkdir(mode=0o711, parents=True, exist_ok=True)
        _require_private(path, 0, 0o755)
    except OSError as error:
        raise EmbeddedError(
            f"{path} cannot be made: {error.strerror}.",
            hint="Run waagent as an ordinary user, or set WAAGENT_DATABASE_URL.",
        ) from error
