"""Puts the sandbox together in one event loop and keeps it running until told to stop."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import signal
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import structlog
from websockets.asyncio.server import ServerConnection, serve

from waagent.errors import ConflictError
from waagent.sandbox.certs import noise_identity, tls_context
from waagent.sandbox.connection import Connection
from waagent.sandbox.control import Control
from waagent.sandbox.descriptor import (
    ControlAddress,
    EndpointDescriptor,
    write_control,
    write_endpoint,
)
from waagent.sandbox.files import directory_lock, private_dir
from waagent.sandbox.history import History
from waagent.sandbox.hub import Hub
from waagent.sandbox.info import SandboxInfo
from waagent.sandbox.media import MediaStore
from waagent.sandbox.media_server import MediaServer
from waagent.sandbox.messages import Messages
from waagent.sandbox.network import Network
from waagent.sandbox.ops import Operations
from waagent.sandbox.proxy import start_proxy
from waagent.sandbox.runner import Runner
from waagent.sandbox.store import Store
from waagent.sandbox.tasks import Background

log = structlog.get_logger(__name__)
_CLOSE_SECONDS = 2
_BACKLOG = 1024


async def run(
    state_dir: Path, port: int, control_port: int, ready: Callable[[SandboxInfo], None] | None
) -> None:
    """Serve until SIGTERM or SIGINT. Raises WaagentError when it cannot start."""
    private_dir(state_dir)
    with directory_lock(state_dir):
        async with sandbox(state_dir, port, control_port) as info:
            stop = _stop_on_signals()
            if ready is not None:
                ready(info)
            log.info("sandbox.ready", action="serve", proxy=info.proxy_url)
            await stop.wait()
            log.info("sandbox.stopping", action="stop")


@asynccontextmanager
async def sandbox(state_dir: Path, port: int, control_port: int) -> AsyncIterator[SandboxInfo]:
    """A running sandbox in the current event loop."""
    _allow_many_files()
    async with AsyncExitStack() as stack:
        store = Store(state_dir / "sandbox.db")
        stack.callback(store.close)
        identity = noise_identity(store)
        network = Network(store)
        background = Background()
        stack.push_async_callback(background.close)
        media = MediaStore(state_dir)
        messages = Messages(network, media, background)
        history = History(network, media, messages.delivery, background)
        hub = Hub(network=network, messages=messages, identity=identity, history=history)
        context, ca_file = tls_context(state_dir)
        tls_port = await _serve_clients(stack, hub, context)
        media_server = MediaServer(network, media)
        await media_server.start(context)
        stack.push_async_callback(media_server.close)
        with _taken(port):
            proxy = await start_proxy(tls_port, port, media_port=media_server.port)
        stack.push_async_callback(proxy.close)
        runner = Runner(network, messages)
        stack.push_async_callback(runner.close)
        control = Control(Operations(hub, runner, media))
        with _taken(control_port):
            await control.start(control_port)
        stack.push_async_callback(control.close)
        proxy_url = f"http://127.0.0.1:{proxy.port}"
        endpoint = write_endpoint(
            state_dir,
            EndpointDescriptor(
                proxy_url=proxy_url,
                ca_file=str(ca_file.resolve()),
                noise_root_public_key=identity.root_public.hex(),
            ),
        )
        address = ControlAddress(port=control.port, token=control.token, pid=os.getpid())
        control_file = write_control(state_dir, address)
        stack.callback(control_file.unlink, missing_ok=True)
        yield SandboxInfo(endpoint=endpoint, control=control_file, proxy_url=proxy_url)


async def _serve_clients(stack: AsyncExitStack, hub: Hub, context: ssl.SSLContext) -> int:
    """Listen for clients on a free loopback port, which is returned."""

    async def accept(socket: ServerConnection) -> None:
        hub.connections += 1
        try:
            await Connection(hub, socket).run()
        except Exception:
            log.exception("sandbox.connection_failed", action="close")
        finally:
            hub.connections -= 1

    server = await stack.enter_async_context(
        serve(
            accept,
            "127.0.0.1",
            0,
            ssl=context,
            compression=None,
            max_size=None,
            ping_interval=None,
            close_timeout=_CLOSE_SECONDS,
            backlog=_BACKLOG,
        )
    )
    port: int = next(iter(server.sockets)).getsockname()[1]
    return port


@contextmanager
def _taken(port: int) -> Iterator[None]:
    """Turns "address in use" into an error for users."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        raise ConflictError(
            f"port {port} on 127.0.0.1 cannot be used",
            hint="stop what uses it, or name another port (0 picks a free one)",
        ) from None


def _stop_on_signals() -> asyncio.Event:
    stop = asyncio.Event()
    if threading.current_thread() is threading.main_thread():
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
    return stop


def _allow_many_files() -> None:
    """Raise the soft limit of open files: a session takes three sockets."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
