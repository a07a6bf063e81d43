"""The one tree of errors that users can meet. Front ends render these; errors draw nothing.

WaagentError                     failed                1
├── ConfigError                  config                2
│   ├── MasterKeyError           master_key            2
│   └── EndpointError            endpoint              2
├── InvalidInputError            invalid_input         2
│   └── InvalidPhoneError        invalid_phone         2
├── BackendError                 backend               3
│   ├── DatabaseError            database_unreachable  3
│   ├── RedisError               redis_unreachable     3
│   ├── EmbeddedError            embedded              3
│   └── MigrationError           migration             3
├── NotPairedError               not_paired            4
├── RefusedError                 refused               4
├── NotFoundError                not_found             5
├── ConflictError                conflict              6
├── LimitError                   limit                 7
├── PartlyDoneError              partly_done           8
├── TimedOutError                timeout             124
├── NotificationError            notification          1
└── AiError                      ai                    1

Every class has a stable ``code`` (a slug, part of the public interface) and an ``exit_code``. Every
instance has a one-line message and, wherever there is one, a ``hint``: the user's next step.
"""

from __future__ import annotations

from typing import ClassVar


class WaagentError(Exception):
    """Something waagent could not do."""

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(WaagentError):
    """A setting is missing, malformed or contradicts another."""

    code = "config"
    exit_code = 2


class MasterKeyError(ConfigError):
    """The master key is missing, malformed, or not the one this database was written with."""

    code = "master_key"


class EndpointError(ConfigError):
    """The WhatsApp endpoint descriptor cannot be read, or may not be used with this database."""

    code = "endpoint"


class InvalidInputError(WaagentError):
    """An argument is not of the form it must have."""

    code = "invalid_input"
    exit_code = 2


class InvalidPhoneError(InvalidInputError):
    """A phone number that cannot exist."""

    code = "invalid_phone"


class BackendError(WaagentError):
    """PostgreSQL or Redis cannot be used."""

    code = "backend"
    exit_code = 3


class DatabaseError(BackendError):
    """PostgreSQL does not answer, or refuses."""

    code = "database_unreachable"


class RedisError(BackendError):
    """Redis or Valkey does not answer, or refuses."""

    code = "redis_unreachable"


class EmbeddedError(BackendError):
    """The embedded PostgreSQL or Valkey could not be started."""

    code = "embedded"


class MigrationError(BackendError):
    """The database's schema is not the one this version of waagent needs."""

    code = "migration"


class NotPairedError(WaagentError):
    """The session is not linked to a WhatsApp number."""

    code = "not_paired"
    exit_code = 4


class RefusedError(WaagentError):
    """WhatsApp, or a rule that protects the number, refused."""

    code = "refused"
    exit_code = 4


class NotFoundError(WaagentError):
    """No such tenant, session, lead or contact."""

    code = "not_found"
    exit_code = 5


class ConflictError(WaagentError):
    """It exists already, or somebody else holds it."""

    code = "conflict"
    exit_code = 6


class LimitError(WaagentError):
    """A limit of size or rate was reached."""

    code = "limit"
    exit_code = 7


class PartlyDoneError(WaagentError):
    """Some of it was done."""

    code = "partly_done"
    exit_code = 8


class TimedOutError(WaagentError):
    """It did not happen in the time given."""

    code = "timeout"
    exit_code = 124


class NotificationError(WaagentError):
    """A notification was not sent, or may not have been."""

    code = "notification"


class AiError(WaagentError):
    """A classifier could not give a usable answer."""

    code = "ai"
