"""A socket in front of a server's socket, to take the server away from one client alone."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from pathlib import Path


class SocketProxy:
    """Forwards ``path`` to ``target``, both Unix sockets, until cut or frozen."""

    def __init__(self, target: Path, path: Path) -> None:
        self._target, self.path = target, path
        self._flowing = threading.Event()
        self._flowing.set()
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self.mend()

    def cut(self) -> None:
        """End every connection and refuse new ones."""
        listener, self._listener = self._listener, None
        if listener is not None:
            self.path.unlink()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let the server be reached (again)."""
        self._flowing.set()
        if self._listener is None:
            self._listener = socket.socket(socket.AF_UNIX)
            self._listener.bind(str(self.path))
            self._listener.listen()
            self._run(self._accept, self._listener)

    def freeze(self) -> None:
        """Let what is sent never arrive, without an error to either side."""
        self._flowing.clear()

    def close(self) -> None:
        """End it, with its threads."""
        self.cut()
        self._flowing.set()
        for thread in self._threads:
            thread.join(5)

    def _run(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(self._target))
            self._open |= {client, server}
            ends = threading.Barrier(2, action=lambda c=client, s=server: self._end(c, s))
            self._run(self._pump, client, server, ends)
            self._run(self._pump, server, client, ends)

    def _pump(self, source: socket.socket, sink: socket.socket, ends: threading.Barrier) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self._flowing.wait()
                sink.sendall(data)
        for each in (source, sink):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        ends.wait()

    def _end(self, *pair: socket.socket) -> None:
        self._open -= set(pair)
        for each in pair:
            each.close()
