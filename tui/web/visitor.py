"""``python -m tui.web.visitor``: the board of one visitor, started by the web front alone.

Who it is for stands in its environment, as the id of a login; what they may see is looked up here,
and an owner's process then serves that shop and no other.
"""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from collections.abc import MutableMapping

from waagent.errors import RefusedError, WaagentError

LOGIN = "WAAGENT_VISITOR_LOGIN"
LINK = "WAAGENT_VISITOR_LINK"
_LOOK_S = 0.5


def main(environment: MutableMapping[str, str] = os.environ) -> int:
    """Show the board until the visitor is gone; the exit code."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # memory holds keys and customers' words
    threading.Thread(target=_end_with_parent, args=(os.getppid(),), daemon=True).start()
    try:
        run(environment.pop(LOGIN, ""), environment.pop(LINK, ""))
    except WaagentError as error:
        import structlog

        structlog.get_logger().error("visitor.ended", code=error.code)
        return error.exit_code
    return 0


def run(login_id: str, link: str) -> None:
    """Open the services for whom the login is of, and show the board. Raises WaagentError."""
    from tui.__main__ import candidates, log_to
    from tui.links import parse_link
    from tui.memory import collect_rarely
    from tui.practice import practice_phone
    from tui.preferences import prepare
    from waagent.bootstrap import open_services
    from waagent.settings import load_settings

    settings = load_settings()
    with log_to(settings), open_services(settings) as services:
        visitor = services.logins.visitor(login_id)
        if visitor is None:
            raise RefusedError("this login does not hold any more")
        if visitor.tenant is not None:
            services.pin(visitor.tenant)
        theme, preferences = prepare(settings, f"web-{visitor.user_id}")
        shops = candidates(services, visitor.tenant.id if visitor.tenant else None)
        from tui.app import WaagentApp  # after the language and the keys are set

        app = WaagentApp(
            services,
            shops[0] if len(shops) == 1 else None,
            tenants=shops,
            link=parse_link(link) if link else None,
            operator=visitor.operator,
            theme=theme,
            preferences=preferences,
            practice=practice_phone(settings),
        )
        collect_rarely()
        app.run()


def _end_with_parent(parent: int) -> None:
    """End when the web front is gone, however it went."""
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
