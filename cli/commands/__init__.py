"""One module for each command; each has an ``app``, imported only when it is run."""

from __future__ import annotations
