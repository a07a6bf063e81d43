"""Words and shapes in a message that tell what it is about, as named patterns on normalised text.

Each pattern of ``data/cues.toml`` becomes yes-or-no features of the ``local`` engine, which learns
how much each is worth; none decides a label alone. Customer patterns are applied to the last
meaningful message, to the last message and to all of the customer's messages; business patterns to
the business's.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from waagent.ai.tables import data_text


def _compile(patterns: Mapping[str, str]) -> dict[str, re.Pattern[str]]:
    return {name: re.compile(pattern) for name, pattern in patterns.items()}


_TABLES = tomllib.loads(data_text("cues.toml"))

CUSTOMER_CUES: Mapping[str, re.Pattern[str]] = _compile(_TABLES["customer"])
BUSINESS_CUES: Mapping[str, re.Pattern[str]] = _compile(_TABLES["business"])
