"""A look at what runs, for the completions of a shell: it starts nothing and asks for little.

Somebody waits with a finger on the tab key, so nothing is imported that such a look can do without:
the settings it needs are read one by one (:func:`waagent.setting_sources.peek`), unchecked.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_state_path

from waagent.errors import DatabaseError
from waagent.setting_sources import Spec, peek

if TYPE_CHECKING:
    from waagent.services.glance import Glance

SPECS = {
    "home": Spec("WAAGENT_HOME", False),
    "database_url": Spec("WAAGENT_DATABASE_URL", True),
    "master_key": Spec("WAAGENT_MASTER_KEY", True),
    "tenant": Spec("WAAGENT_TENANT", False),
}
"""What is read, as :mod:`waagent.settings` has it; a test compares."""


@contextmanager
def open_glance(shop: str | None) -> Generator[Glance]:
    """What the completions ask of; about ``shop``, or the one of the settings.

    Raises:
        WaagentError: the database does not run, or cannot be used.
    """
    found = peek(SPECS)
    home = Path(str(found.get("home") or user_state_path("waagent"))).expanduser()
    url = found.get("database_url") or _embedded(home)
    from waagent.security.cipher import KeyRing
    from waagent.security.masterkey import master_key
    from waagent.services.core import Core
    from waagent.services.glance import Glance
    from waagent.storage.db import Database

    keys = KeyRing(master_key(found.get("master_key"), home, may_generate=False))
    with closing(Database(url, pooled=True, size=1)) as db:
        yield Glance(Core(db, keys), shop or found.get("tenant"))


def _embedded(home: Path) -> str:
    from waagent.embedded.layout import read_layout
    from waagent.embedded.probes import backend

    layout = read_layout(home)
    if layout is None or not layout.postgres_socket.exists():
        raise DatabaseError("PostgreSQL does not run", hint="start it: waagent up")
    return backend(layout).database_url
