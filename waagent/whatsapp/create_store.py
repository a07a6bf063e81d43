"""The process behind :mod:`waagent.whatsapp.store`: ``python -m waagent.whatsapp.create_store``.

Reads the DSN from standard input, writes what went wrong to standard error, and leaves by
``os._exit`` (the library's threads would keep an ordinary exit waiting).
"""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Exit code 0 if the tables are there now."""
    from waagent.errors import WaagentError
    from waagent.whatsapp.library import create_tables

    try:
        create_tables(sys.stdin.read().strip())
    except WaagentError as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    return 0


if __name__ == "__main__":
    try:
        code = main()
    except Exception as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
