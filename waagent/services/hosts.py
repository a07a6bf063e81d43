"""The session hosts: who lives, what they hold, and how they are told to let go."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

from waagent.domain.views import HostView
from waagent.errors import NotFoundError, RefusedError
from waagent.services.core import Core

HOSTS_CHANNEL = "waagent_hosts"
"""Tells every host to look at once; the payload is empty."""
BEAT_EVERY = timedelta(seconds=3)
SILENT = timedelta(seconds=12)
"""A host that was not heard of for so long is taken for dead; as a lease it lasts four beats."""
FORGOTTEN = timedelta(minutes=10)


class HostService:
    """What hosts write of themselves, and what operators ask of them."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def beat(
        self, host: str, *, machine: str, pid: int, sessions: int, capacity: int, draining: bool
    ) -> bool:
        """A host lives; whether it was asked to drain."""
        with self._core.db.system() as tx:
            return bool(
                tx.value(
                    "hosts.beat",
                    owner=host,
                    machine=machine,
                    pid=pid,
                    sessions=sessions,
                    capacity=capacity,
                    draining=draining,
                )
            )

    def leave(self, host: str) -> None:
        """A host has ended."""
        with self._core.db.system() as tx:
            tx.run("hosts.leave", owner=host)

    def prune(self) -> None:
        """Forget hosts that died long ago."""
        with self._core.db.system() as tx:
            tx.run("hosts.prune", silent=FORGOTTEN)

    def with_room(self) -> int:
        """How many hosts could take a session now."""
        with self._core.db.system() as tx:
            return int(tx.value("hosts.with_room", silent=SILENT))

    def list(self) -> list[HostView]:
        """Every host of the last minutes, oldest first."""
        with self._core.db.system() as tx:
            return tx.all(HostView, "hosts.list", silent=SILENT)

    def drain(self, host: str) -> HostView:
        """Ask a host to hand its sessions over and to end.

        Raises:
            NotFoundError: there is no such host.
            RefusedError: it does not answer.
        """
        found = self.living(host)
        with self._core.db.system() as tx:
            tx.run("hosts.drain", owner=host)
            tx.notify(HOSTS_CHANNEL, "")
        return HostView(**{**asdict(found), "draining": True})

    def living(self, host: str) -> HostView:
        """That host.

        Raises:
            NotFoundError: there is none of that id.
            RefusedError: it does not answer.
        """
        hosts = self.list()
        found = next((each for each in hosts if each.id == host), None)
        if found is None:
            raise NotFoundError(f"no host {host!r}", hint=_who_lives(hosts))
        if not found.alive:
            raise RefusedError(f"the host {host} does not answer", hint=_who_lives(hosts))
        return found

    def target(self, host: str | None, other_than: str | None) -> HostView:
        """The host to move a session to: that one, or the one with most room.

        Raises:
            NotFoundError: there is none of that id, or no other one at all.
            RefusedError: it does not answer, is being drained, or is full.
        """
        if host is not None:
            return self._with_room(self.living(host))
        free = [h for h in self.list() if _has_room(h) and h.id != other_than]
        if not free:
            raise NotFoundError(
                "there is no other host with room", hint="start one: waagent worker sessions"
            )
        return max(free, key=lambda each: each.capacity - each.sessions)

    def _with_room(self, found: HostView) -> HostView:
        if found.draining or found.sessions >= found.capacity:
            why = "is being drained" if found.draining else "is full"
            raise RefusedError(f"the host {found.id} {why}", hint=_who_lives(self.list()))
        return found


def _has_room(host: HostView) -> bool:
    return host.alive and not host.draining and host.sessions < host.capacity


def _who_lives(hosts: list[HostView]) -> str:
    living = [host.id for host in hosts if host.alive]
    return f"hosts that answer: {', '.join(living)}" if living else "no host runs: waagent up"
