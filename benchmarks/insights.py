"""Insights a second for one worker, and what becomes of them when a language model's server fails.

The real service on the embedded backend: messages are stored, and every conversation that is due is
judged, one after another, as a worker of the ``ai`` queue does it. The server is a real one on this
machine, slow, refusing, talking nonsense or not there at all.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import structlog

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "integration" / "ai"))

from llm_server import running

from waagent.ai import DEFAULT_THRESHOLD
from waagent.ai.fallback import CascadeClassifier, FallbackClassifier
from waagent.ai.local import LocalClassifier
from waagent.ai.openai_engine import OpenAiClassifier
from waagent.ai.port import ANY_SHOP, Classifier, ShopContext
from waagent.bootstrap import HostServices, follow_up_policy, open_host_services, open_services
from waagent.domain.labels import Classification, Turn
from waagent.domain.messages import InboundMessage, MessageKind
from waagent.embedded import remove
from waagent.services.inbound import Arrival
from waagent.services.understanding import UnderstandingService
from waagent.settings import load_settings

CONVERSATIONS = 150
WITH_MODEL = 30
DEADLINE_S = 1.0
"""Of the language model here; 20 seconds in production."""
TEXTS = (
    "kak, nasi box ayam bakar 40 porsi berapa ya? buat hari Sabtu",
    "udah tf ya kak, tolong dicek",
    "masih ready yang warna hitam?",
    "pesanan saya kok belum sampai juga, dari kemarin lho",
    "halo min",
    "oke mau 2 ya, kirim ke Solo",
    "itu gimana ya kalo misalnya yang kayak kemarin",
    "oh gitu, temenku katanya bukan segitu",
)


Figures = list[tuple[str, float, str]]


def run() -> Figures:
    """Throughput of ``local``, and for each way to fail: throughput, fallbacks, what is left."""
    local = LocalClassifier()
    with _shop() as shop, running() as server:
        alone, left, _ = shop.judge(local, CONVERSATIONS)
        figures: Figures = [
            ("local, insights a second and worker", alone, "/s"),
            ("local, conversations that still wait", left, ""),
        ]
        for mode in ("ok", "slow", "e429", "e429later", "prose", "html", "e500"):
            server.script, server.requests = [mode], []
            figures += _beside(shop, f"model {mode}", server.base_url, local, alone)
            figures.append((f"model {mode}, requests", len(server.requests), ""))
        server.script, server.requests = ["ok"], []
        cascade = CascadeClassifier(
            local=local, model=_model(server.base_url), threshold=DEFAULT_THRESHOLD
        )
        rate, _, _ = shop.judge(cascade, WITH_MODEL)
        figures.append(("cascade, insights a second and worker", rate, "/s"))
        asked = len(server.requests) / WITH_MODEL
        figures.append(("cascade, share that asks the model", asked, ""))
        down = f"http://127.0.0.1:{_free_port()}/v1"
        return figures + _beside(shop, "model down", down, local, alone)


def _beside(shop: _Shop, what: str, base_url: str, local: Classifier, alone: float) -> Figures:
    """Of the model with ``local`` behind it: its rate beside that of ``local`` alone."""
    both = FallbackClassifier(primary=_model(base_url), fallback=local)
    rate, left, fallbacks = shop.judge(both, WITH_MODEL)
    return [
        (f"{what}, insights a second beside local alone", rate / alone, "x"),
        (f"{what}, share answered by local instead", fallbacks / WITH_MODEL, ""),
        (f"{what}, conversations that still wait", left, ""),
    ]


def _model(base_url: str) -> OpenAiClassifier:
    return OpenAiClassifier(base_url=base_url, api_key=None, model="bench", timeout_s=DEADLINE_S)


def _free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


@dataclass(slots=True)
class _Counted:
    """An engine, and how many of its answers were another's."""

    engine: Classifier
    fallbacks: int = 0
    name: str = "counted"

    def classify(self, turns: Sequence[Turn], shop: ShopContext = ANY_SHOP) -> Classification:
        answer = self.engine.classify(turns, shop)
        self.fallbacks += answer.fallback_reason is not None
        return answer


@dataclass(frozen=True, slots=True)
class _Due:
    tenant_id: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shop:
    host: HostServices
    tenant_id: str
    session_id: str

    def judge(self, engine: Classifier, count: int) -> tuple[float, int, int]:
        """Insights a second, conversations that still wait, and answers of a fallback."""
        arrivals = [Arrival(self.session_id, _message(number)) for number in range(count)]
        self.host.inbound.store(self.tenant_id, arrivals)
        counted = _Counted(engine)
        policy = follow_up_policy(self.host.settings)
        service = UnderstandingService(self.host.core, counted, policy=policy)
        due = self._claim()
        assert len(due) == count
        begun = time.perf_counter()
        for one in due:
            service.process(one.tenant_id, one.id)
        return count / (time.perf_counter() - begun), len(self._claim()), counted.fallbacks

    def _claim(self) -> list[_Due]:
        """As the ticks do it, at once."""
        with self.host.core.db.system() as tx:
            now = timedelta(0)
            return tx.all(_Due, "conversations.claim_due", again_after=now, limit=CONVERSATIONS)


@contextmanager
def _shop() -> Iterator[_Shop]:
    home = Path(tempfile.mkdtemp(prefix="waagent-bench-"))
    settings = load_settings(home=home, quiet_period=timedelta(0))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        with open_services(settings) as services, open_host_services(settings) as host:
            tenant = services.tenants.create("Bench")
            with host.core.tenant(tenant.id) as scope:
                session_id = str(scope.tx.value("sessions.ensure", name="main"))
            yield _Shop(host=host, tenant_id=tenant.id, session_id=session_id)
    finally:
        remove(home)
        shutil.rmtree(home, ignore_errors=True)


def _message(number: int) -> InboundMessage:
    """Somebody new's first message."""
    unique = uuid4().int % 10**10
    return InboundMessage(
        wa_message_id=uuid4().hex,
        chat_jid=f"9{unique:010d}@lid",
        lid=f"9{unique:010d}",
        phone=None,
        from_me=False,
        push_name="Pelanggan",
        kind=MessageKind.TEXT,
        text=TEXTS[number % len(TEXTS)],
        sent_at=datetime.now(UTC),
    )
