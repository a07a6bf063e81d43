"""``python -m tui.web``: the board in browsers, until it is stopped."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from waagent.errors import ConfigError, WaagentError

if TYPE_CHECKING:
    from tui.web.site import Site
    from waagent.front import Services

HOST, PORT = "127.0.0.1", 8899


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or Ctrl-C; returns the exit code."""
    parser = argparse.ArgumentParser(prog="waagent tui --web")
    parser.add_argument("--host", default=HOST)
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--public-url")
    options = parser.parse_args(argv)
    try:
        run(host=options.host, port=options.port, public_url=options.public_url)
    except WaagentError as error:
        hint = f"hint: {error.hint}\n" if error.hint else ""
        sys.stderr.write(f"error: {error.message}\n{hint}")
        return error.exit_code
    return 0


def run(*, host: str, port: int, public_url: str | None) -> None:
    """Open the services and serve. Raises WaagentError."""
    from tui.web.site import make_site
    from waagent import logs
    from waagent.bootstrap import open_services
    from waagent.settings import load_settings

    settings = load_settings()
    site = make_site(host=host, port=port, public_url=public_url, proxy=settings.web_proxy)
    logs.configure(settings.log_level, settings.log_format, process="web")
    with open_services(settings) as services:
        asyncio.run(serve(services, site))


async def serve(services: Services, site: Site) -> None:
    """Serve until a signal comes; then every board is closed first. Raises ConfigError."""
    import structlog
    from aiohttp import web

    from tui.web.server import WebFront
    from tui.web.visitors import Visitors

    visitors = Visitors(services.logins, services.settings)
    front = WebFront(
        site=site,
        logins=services.logins,
        visitors=visitors,
        language=services.settings.language,
    )
    runner = web.AppRunner(front.app(), access_log=None, shutdown_timeout=5)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, site.host, site.port).start()
        except OSError as error:
            raise ConfigError(
                f"cannot listen on {site.host}:{site.port}: {error.strerror}",
                hint="choose another with --host and --port",
            ) from error
        log = structlog.get_logger()
        log.info("web.listening", url=site.url, hint="users: waagent user create NAME --shop SHOP")
        await stop.wait()
        log.info("web.stopping", open=len(visitors))
    finally:
        await visitors.close()
        await runner.cleanup()


if __name__ == "__main__":
    sys.exit(main())
