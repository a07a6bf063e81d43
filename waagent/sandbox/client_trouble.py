"""The control client's calls that make trouble and count. Only the standard library."""

from __future__ import annotations

from waagent.sandbox.calling import Caller
from waagent.sandbox.records import AccountCounts, ActiveFault, SeenState


class TroubleCalls(Caller):
    """Cutting, unlinking, banning and other misbehaviour; and what came of it."""

    def drop(self, account: str | None = None) -> int:
        """Cut the sockets of one account, or of all; how many. NotFoundError."""
        return int(self._call("drop", account=account)["dropped"])

    def unlink(self, account: str) -> int:
        """The owner removes all linked devices on the phone; how many. NotFoundError."""
        return int(self._call("unlink", account=account)["unlinked"])

    def stream_error(self, account: str, kind: str) -> int:
        """Send an account's open sockets a stream error and hang up; how many there were.

        ``kind``: ``replaced``, ``device_removed`` (unlinks them) or a code such as ``503``.
        Raises NotFoundError, InvalidInputError.
        """
        return int(self._call("stream_error", account=account, kind=kind)["sent"])

    def ban(self, account: str, *, code: int = 101, expire: float = 3600) -> int:
        """Ban an account for ``expire`` seconds and cut its sockets; how many. NotFoundError."""
        return int(self._call("ban", account=account, code=code, expire=expire)["dropped"])

    def burst(self, account: str, count: int, *, people: int = 10) -> list[str]:
        """So many messages of so many new customers, all at once; their ids. NotFoundError."""
        return [
            str(i) for i in self._call("burst", account=account, count=count, people=people)["ids"]
        ]

    def fault(
        self,
        name: str,
        *,
        account: str | None = None,
        value: float = 1,
        times: int | None = None,
        code: int | None = None,
        expire: float | None = None,
    ) -> None:
        """Misbehave from now on, for one account or all: see ``faults.py`` for the names.

        ``times``: only so often (``refuse_login``, ``ack_error``). ``code`` and ``expire`` (in
        seconds) are of a ``refuse_login`` with 402. Raises InvalidInputError.
        """
        more = {"times": times, "code": code, "expire": expire}
        self._call("fault", name=name, account=account, value=value, **more)

    def clear_faults(self, account: str | None = None, *, name: str | None = None) -> None:
        """Behave again: for one account or all, in one respect or in all. InvalidInputError."""
        self._call("clear_faults", account=account, name=name)

    def faults(self) -> list[ActiveFault]:
        """Those in force."""
        return [
            ActiveFault(account=account, name=name, **setting)
            for account, active in self._call("faults")["faults"].items()
            for name, setting in active.items()
        ]

    def counters(self, account: str) -> AccountCounts:
        """What happened to an account since the sandbox started. NotFoundError."""
        return AccountCounts(**self._call("counters", account=account))

    def chat_states(self, phone: str) -> list[SeenState]:
        """What a customer saw shops do in the chat, oldest first. NotFoundError."""
        return [SeenState(**state) for state in self._call("chat_states", phone=phone)["states"]]
