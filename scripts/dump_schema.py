"""Write ``waagent/storage/schema.sql``: the schema that the migrations add up to.

Run it after adding a migration. A test compares the file with the migrations, so it can be read,
and reviewed, in their place.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

from waagent.embedded import attach, remove
from waagent.embedded.binaries import postgres_install
from waagent.security.cipher import KeyRing
from waagent.storage.migrate import migrate

SCHEMA = Path(__file__).parents[1] / "waagent" / "storage" / "schema.sql"
HEADER = """\
-- The schema of waagent: what the numbered migrations add up to. Do not edit; see
-- scripts/dump_schema.py. The roles it names belong to the whole server: 0001 makes them.
"""
# What differs from one run or version of pg_dump to the next, and settings of its session.
_NOISE = re.compile(r"^(--.*|\\(un)?restrict .*|SET .*|SELECT pg_catalog\.set_config.*)\n", re.M)


def dump(url: str) -> str:
    """The schema ``waagent`` of the database at ``url``, as SQL that would make it anew."""
    program = str(postgres_install() / "bin" / "pg_dump")
    command = [program, "--schema-only", "--schema=waagent", "--no-owner", url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    statements = re.sub(r"\n{2,}", "\n\n", _NOISE.sub("", text)).strip()
    return f"{HEADER}\n{statements}\n"


def main() -> None:
    """Migrate an empty database and write its schema."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        with attach(home) as backend:
            migrate(backend.database_url, KeyRing(bytes(32)), lambda: None)
            SCHEMA.write_text(dump(backend.database_url))
        remove(home)


if __name__ == "__main__":
    main()
