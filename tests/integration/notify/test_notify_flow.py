"""From a number that goes away to what its owner reads: ticks, the queue's job, real servers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from notify_servers import MailServer, WebServer, closed_port
from shop_support import Customer, Shop

from waagent.domain.notifications import ChannelKind, NotificationState
from waagent.domain.views import NotificationView
from waagent.errors import (
    ConflictError,
    InvalidInputError,
    InvalidPhoneError,
    NotFoundError,
    NotificationError,
    TimedOutError,
)
from waagent.notify.mail import Mailer
from waagent.notify.push import Pusher
from waagent.queueing import names
from waagent.queueing.jobs import JsonQueue
from waagent.services.delivery import Delivery
from waagent.services.notices import NoticeService
from waagent.services.notifications import NotificationService
from waagent.services.operator_line import OperatorLine

pytestmark = pytest.mark.usefixtures("redis_clean")
OWNER = "rini@dapur.test"
MINUTE = timedelta(minutes=1)


@dataclass
class Desk:
    """A shop with a linked number, and everything that tells its owner of it."""

    shop: Shop
    session_id: str
    delivery: Delivery
    notices: NoticeService

    @property
    def service(self) -> NotificationService:
        return NotificationService(self.shop.host.core, self.delivery, region="ID")

    def add(
        self, kind: ChannelKind, target: str, name: str = "owner", language: str = "id"
    ) -> None:
        self.service.add(self.shop.tenant, name, kind, target, language)  # type: ignore[arg-type]

    def is_in(
        self, state: str, *, since: timedelta | None = None, reason: str | None = None
    ) -> None:
        """As a host writes it; ``since`` is how long it has been away, None: it is connected."""
        self.shop.admin.run(
            "update sessions set state = %s, reason = %s, down_since = now() - %s::interval"
            " where id = %s",
            state,
            reason,
            since,
            self.session_id,
        )

    def tick(self) -> None:
        self.notices.tell_owners()

    def work(self) -> list[NotificationState | None]:
        """Do every job of the queue, as its worker would."""
        ended: list[NotificationState | None] = []
        queue = JsonQueue(names.NOTIFY, connection=self.shop.host.redis)
        for job in queue.get_jobs():
            assert job.func_name == names.SEND_NOTIFICATION
            job.delete()
            ended.append(self.delivery.deliver(*job.args))
        return ended

    def run(self) -> list[NotificationState | None]:
        self.tick()
        return self.work()

    def later(self) -> None:
        """Let every wait be over."""
        self.shop.admin.run(
            "update notifications set not_before = now(), queued_at = null where tenant_id = %s",
            self.shop.id,
        )

    def log(self) -> list[NotificationView]:
        return self.service.log(self.shop.tenant)[::-1]

    def kinds(self) -> list[tuple[str, str]]:
        return [(entry.kind.value, entry.state.value) for entry in self.log()]


@pytest.fixture
def new_desk(new_shop: Callable[..., Shop], mail: MailServer) -> Callable[..., Desk]:
    def make(
        name: str = "Dapur Bu Rini", *, line: str | None = None, timezone: str = "Asia/Jakarta"
    ) -> Desk:
        shop = new_shop(name, timezone=timezone)
        session_id = shop.linked()
        shop.connected(session_id)
        core = shop.host.core
        delivery = Delivery(
            core,
            Mailer(mail.url, "kabar@waagent.test", timeout_s=0.5),
            Pusher(),
            OperatorLine(core, line),
        )
        notices = NoticeService(core, shop.host.ticks.jobs, 2 * MINUTE)
        return Desk(shop, session_id, delivery, notices)

    return make


@pytest.fixture
def desk(new_desk: Callable[..., Desk]) -> Desk:
    """With the owner's e-mail."""
    made = new_desk()
    made.add(ChannelKind.EMAIL, OWNER)
    return made


# --- what is told, and when


def test_after_the_grace_time_and_when_it_is_back(desk: Desk, mail: MailServer) -> None:
    desk.is_in("disconnected", since=1.9 * MINUTE)
    assert desk.run() == []
    desk.is_in("connecting", since=3 * MINUTE, reason="keepalive")
    assert desk.run() == [NotificationState.SENT]
    text = mail.only().get_content()
    phone = desk.shop.front.sessions.list(desk.shop.tenant)[0].phone
    assert phone is not None
    assert f"08{phone[4:6]}…{phone[-2:]}" in text
    assert phone[3:] not in text
    assert desk.shop.tenant.name in text
    assert "WIB" in text
    assert "Penyebab: WhatsApp tidak menjawab tanda hidup" in text
    assert "Yang perlu dilakukan:" in text
    assert str(mail.only()["Subject"]).startswith(f"{desk.shop.tenant.name}: WhatsApp 08")
    assert desk.run() == [], "once is enough"
    desk.is_in("connected")
    assert desk.run() == [NotificationState.SENT]
    assert "tersambung lagi" in str(mail.received[1]["Subject"])
    assert desk.run() == []
    assert desk.kinds() == [("down", "sent"), ("back", "sent")]


def test_a_short_absence_is_told_neither_way(desk: Desk, mail: MailServer) -> None:
    desk.is_in("disconnected", since=MINUTE)
    desk.run()
    desk.is_in("connected")
    assert desk.run() == []
    assert mail.received == []


@pytest.mark.parametrize(
    ("state", "reason", "says"),
    [
        ("logged_out", "device_removed", "waagent connect "),
        ("banned_until", "104", "pesan yang sama"),
        ("outdated", "405", "diperbarui"),
        ("replaced", None, "waagent kedua"),
        ("suspended", None, "pengelola"),
    ],
)
def test_what_needs_somebody_is_told_at_once(
    desk: Desk, mail: MailServer, state: str, reason: str | None, says: str
) -> None:
    desk.is_in(state, since=timedelta(0), reason=reason)
    assert desk.run() == [NotificationState.SENT]
    text = " ".join(mail.only().get_content().split())
    assert says in text
    assert mail.only()["Importance"] == "high"
    assert desk.run() == []


def test_an_outage_that_turns_into_more_is_told_again(desk: Desk, mail: MailServer) -> None:
    desk.is_in("disconnected", since=5 * MINUTE)
    desk.run()
    since = desk.shop.admin.value("select down_since from sessions where id = %s", desk.session_id)
    desk.is_in("logged_out", reason="401")
    desk.shop.admin.run("update sessions set down_since = %s where id = %s", since, desk.session_id)
    desk.run()
    desk.run()
    assert desk.kinds() == [("down", "sent"), ("action", "sent")]
    desk.is_in("connected")
    desk.run()
    assert desk.kinds()[2:] == [("back", "sent")]


def test_a_passkey_is_told(desk: Desk, mail: MailServer) -> None:
    desk.is_in("pairing")
    desk.shop.admin.run(
        "update sessions set detail = 'passkey_required' where id = %s", desk.session_id
    )
    assert desk.run() == [NotificationState.SENT]
    assert "passkey" in mail.only().get_content()
    assert desk.run() == []


def test_a_freeze_is_told_once(desk: Desk, mail: MailServer) -> None:
    freeze = "update sessions set freeze_reason = '463', frozen_until = %s where id = %s"
    until = datetime.now(UTC) + timedelta(hours=3)
    desk.shop.admin.run(freeze, until, desk.session_id)
    assert desk.run() == [NotificationState.SENT]
    assert "(kode 463)" in " ".join(mail.only().get_content().split())
    desk.shop.admin.run(freeze, until + timedelta(hours=2), desk.session_id)
    assert desk.run() == []


def test_a_number_that_nobody_wants_connected_is_left_alone(desk: Desk) -> None:
    desk.is_in("logged_out", since=timedelta(hours=1))
    desk.shop.admin.run("update sessions set desired = 'stopped' where id = %s", desk.session_id)
    assert desk.run() == []


def test_each_channel_in_its_language_and_the_shop_s_zone(
    new_desk: Callable[..., Desk], mail: MailServer, web: WebServer
) -> None:
    desk = new_desk("Toko Jaya", timezone="Asia/Jayapura")
    desk.add(ChannelKind.EMAIL, OWNER)
    desk.add(ChannelKind.APPRISE, web.url, "hook", "en")
    desk.is_in("disconnected", since=3 * MINUTE)
    assert desk.run() == [NotificationState.SENT] * 2
    (pushed,) = web.received
    assert "is disconnected since" in pushed["title"]
    assert "What to do:" in pushed["message"]
    assert " WIT" in pushed["message"]
    assert " WIT" in mail.only().get_content()


def test_going_up_and_down_all_the_time_is_told_once_more_and_then_how_it_ended(
    desk: Desk, mail: MailServer
) -> None:
    for _ in range(6):
        desk.is_in("disconnected", since=3 * MINUTE)
        desk.run()
        desk.is_in("connected")
        desk.run()
    told = [kind for kind, _ in desk.kinds()]
    assert told == ["down", "back"] * 3 + ["flapping"]
    assert "putus-nyambung" in str(mail.received[-1]["Subject"])
    assert "Sambungan ke WhatsApp terputus." in mail.received[-1].get_content()
    an_hour_on = (
        "update notifications set created_at = created_at - interval '1 hour' where tenant_id = %s"
    )
    desk.shop.admin.run(an_hour_on, desk.shop.id)
    desk.shop.admin.run(
        "update session_notices set quiet_until = now() where tenant_id = %s", desk.shop.id
    )
    desk.run()
    assert [kind for kind, _ in desk.kinds()][7:] == ["back"]
    assert desk.run() == []


def test_what_a_person_must_do_is_told_in_the_quiet_hour_too(desk: Desk) -> None:
    for _ in range(4):
        desk.is_in("disconnected", since=3 * MINUTE)
        desk.run()
        desk.is_in("connected")
        desk.run()
    desk.is_in("logged_out", since=timedelta(0), reason="401")
    desk.run()
    assert desk.kinds()[-1] == ("action", "sent")
    desk.is_in("connected")
    assert desk.run() == [], "that it is back waits for the end of the hour"


# --- never twice, and not for nothing


def test_two_ticks_at_once_tell_it_once(desk: Desk, mail: MailServer) -> None:
    for round_ in range(5):
        desk.is_in("logged_out", since=timedelta(seconds=round_), reason="401")
        desk.shop.admin.run("delete from session_notices where tenant_id = %s", desk.shop.id)
        desk.shop.admin.run("delete from notifications where tenant_id = %s", desk.shop.id)
        start = Barrier(2)

        def run(_: int, start: Barrier = start) -> None:
            start.wait()
            desk.tick()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(run, range(2)))
        assert desk.shop.count("notifications") == 1
    desk.work()
    assert len(mail.received) == 1


def test_two_workers_at_once_send_it_once(desk: Desk, mail: MailServer) -> None:
    desk.is_in("logged_out", since=timedelta(0))
    desk.tick()
    (entry,) = desk.log()
    start = Barrier(2)

    def deliver(_: int) -> NotificationState | None:
        start.wait()
        return desk.delivery.deliver(desk.shop.id, entry.id)

    with ThreadPoolExecutor(2) as pool:
        ended = set(pool.map(deliver, range(2)))
    assert ended == {NotificationState.SENT, None}
    assert len(mail.received) == 1


def test_a_worker_that_dies_while_it_sends_leaves_unknown_and_nobody_sends_again(
    desk: Desk, mail: MailServer
) -> None:
    @dataclass
    class Killed(BaseException):
        pass

    class Dying:
        def send(self, target: str, letter: object) -> None:
            desk.delivery.mail.send(target, letter)  # type: ignore[arg-type]
            raise Killed

    desk.is_in("logged_out", since=timedelta(0))
    desk.tick()
    (entry,) = desk.log()
    with pytest.raises(Killed):
        replace(desk.delivery, mail=Dying()).deliver(desk.shop.id, entry.id)
    assert desk.kinds() == [("action", "sending")]
    desk.run()
    assert desk.kinds() == [("action", "sending")], "it may be under way still"
    desk.later()
    desk.run()
    assert [(each.state, each.error) for each in desk.log()] == [("unknown", "interrupted")]
    desk.is_in("connected")
    desk.run()
    assert desk.kinds() == [("action", "unknown"), ("back", "sent")], "it may have been told"
    assert len(mail.received) == 2


def test_a_job_that_redis_lost_is_queued_again(desk: Desk, mail: MailServer) -> None:
    desk.is_in("logged_out", since=timedelta(0))
    desk.tick()
    desk.shop.host.redis.flushdb()
    assert desk.run() == []
    desk.shop.admin.run(
        "update notifications set queued_at = queued_at - interval '31 s' where tenant_id = %s",
        desk.shop.id,
    )
    assert desk.run() == [NotificationState.SENT]


def test_while_the_mail_server_refuses_it_is_tried_again_with_growing_waits(
    desk: Desk, mail: MailServer
) -> None:
    mail.replies["RCPT"] = "451 later"
    desk.is_in("logged_out", since=timedelta(0))
    assert desk.run() == [NotificationState.QUEUED]
    assert desk.run() == [], "not at once"
    wait = "select not_before - now() from notifications where tenant_id = %s"
    first = desk.shop.admin.value(wait, desk.shop.id)
    desk.later()
    desk.run()
    assert timedelta(seconds=25) < first < timedelta(seconds=31)
    assert desk.shop.admin.value(wait, desk.shop.id) > 1.5 * first
    mail.replies.clear()
    desk.later()
    assert desk.run() == [NotificationState.SENT]
    assert desk.log()[0].attempt == 3
    assert len(mail.received) == 1


def test_not_for_ever(desk: Desk, mail: MailServer) -> None:
    mail.replies["RCPT"] = "451 later"
    desk.is_in("logged_out", since=timedelta(0))
    desk.tick()
    for _ in range(8):
        desk.later()
        desk.run()
    (entry,) = desk.log()
    assert (entry.state, entry.error, entry.attempt) == ("failed", "smtp_451", 8)


def test_a_refused_address_is_not_tried_again(desk: Desk, mail: MailServer) -> None:
    mail.replies["RCPT"] = "550 no such user"
    desk.is_in("logged_out", since=timedelta(0))
    assert desk.run() == [NotificationState.FAILED]
    desk.is_in("connected")
    desk.run()
    assert desk.kinds() == [("action", "failed")], "nobody heard of it, so it is not back either"


def test_what_is_out_of_date_before_it_could_be_sent_is_dropped(
    desk: Desk, mail: MailServer
) -> None:
    mail.replies["RCPT"] = "451 later"
    desk.is_in("disconnected", since=3 * MINUTE)
    desk.run()
    desk.is_in("connected")
    mail.replies.clear()
    desk.run()
    desk.later()
    assert desk.run() == []
    assert desk.kinds() == [("down", "dropped")]
    assert mail.received == []


def test_news_of_a_number_go_out_in_their_order(desk: Desk, mail: MailServer) -> None:
    mail.replies["DATA"] = "451 later"
    desk.is_in("disconnected", since=3 * MINUTE)
    desk.run()
    mail.replies.clear()
    desk.is_in("logged_out", since=3 * MINUTE)
    assert desk.run() == [None], "the first still waits for its next try"
    desk.later()
    desk.work()
    for _ in range(2):
        desk.later()
        desk.run()
    assert ["perlu" in str(each["Subject"]) for each in mail.received] == [False, True]


# --- long ago


def test_what_ended_long_ago_is_forgotten_but_not_what_an_outage_still_needs(
    desk: Desk, mail: MailServer
) -> None:
    def aged(days: int) -> None:
        desk.shop.admin.run(
            "update notifications set created_at = created_at - make_interval(days => %s)"
            " where tenant_id = %s",
            days,
            desk.shop.id,
        )
        desk.shop.host.redis.delete("waagent:asked:prune_notifications")
        desk.notices.prune()

    desk.is_in("disconnected", since=3 * MINUTE)
    desk.run()
    aged(91)
    assert desk.kinds() == [("down", "sent")], "its owner is to hear when it is back"
    desk.is_in("connected")
    desk.run()
    aged(0)
    assert desk.kinds() == [("back", "sent")]
    desk.shop.admin.run(
        "update notifications set state = 'queued' where tenant_id = %s", desk.shop.id
    )
    aged(400)
    assert desk.kinds() == [("back", "queued")], "it has not ended"
    desk.shop.admin.run(
        "update notifications set state = 'failed' where tenant_id = %s", desk.shop.id
    )
    desk.notices.prune()
    assert desk.kinds() != [], "not in every tick"
    aged(0)
    assert desk.kinds() == []


# --- by WhatsApp


@pytest.fixture
def operator(new_shop: Callable[..., Shop]) -> Shop:
    """The operator's own shop, whose number Bu Rini has written to."""
    shop = new_shop("Operator")
    session_id = shop.linked("kabar")
    shop.connected(session_id)
    shop.receive(session_id, Customer(name="Bu Rini", phone="6281298765432").says("halo"))
    return shop


def test_by_whatsapp_it_goes_through_the_operator_s_outbox_once(
    new_desk: Callable[..., Desk], operator: Shop
) -> None:
    desk = new_desk(line=f"{operator.tenant.slug}/kabar")
    desk.add(ChannelKind.WHATSAPP, "0812-9876-5432")
    desk.is_in("logged_out", since=timedelta(0), reason="401")
    assert desk.run() == [NotificationState.SENDING]
    desk.later()
    assert desk.run() == [NotificationState.SENDING]
    assert desk.log()[0].attempt == 1
    text = operator.messages()[-1].text
    assert text.startswith(f"*{desk.shop.tenant.name}: WhatsApp")
    assert "waagent connect" in text
    assert operator.count("outbox") == 1
    assert desk.shop.messages() == []
    operator.admin.run("update outbox set state = 'sent' where tenant_id = %s", operator.id)
    desk.later()
    assert desk.run() == [NotificationState.SENT]


def test_one_that_the_operator_s_number_cannot_send_in_an_hour_is_taken_back(
    new_desk: Callable[..., Desk], operator: Shop
) -> None:
    desk = new_desk(line=f"{operator.tenant.slug}/kabar")
    desk.add(ChannelKind.WHATSAPP, "081298765432")
    desk.is_in("logged_out", since=timedelta(0))
    desk.run()
    desk.shop.admin.run(
        "update notifications set created_at = created_at - interval '61 minutes'"
        " where tenant_id = %s",
        desk.shop.id,
    )
    desk.later()
    assert desk.run() == [NotificationState.FAILED]
    assert desk.log()[0].error == "whatsapp_too_late"
    assert operator.count("outbox", "state = 'cancelled'") == 1
    assert operator.messages()[-1].state == "cancelled"


def test_an_owner_who_never_wrote_to_the_operator_gets_nothing(
    new_desk: Callable[..., Desk], operator: Shop
) -> None:
    desk = new_desk(line=f"{operator.tenant.slug}/kabar")
    desk.add(ChannelKind.WHATSAPP, "081311112222")
    with pytest.raises(NotificationError, match="owner_never_wrote"):
        desk.service.test(desk.shop.tenant, "owner")
    assert operator.count("outbox") == 0


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (None, "notify_session_not_configured"),
        ("tidak-ada/kabar", "notify_session_unknown"),
        ("{operator}/lain", "notify_session_unknown"),
    ],
)
def test_an_operator_s_number_that_is_not_there(
    new_desk: Callable[..., Desk], operator: Shop, line: str | None, error: str
) -> None:
    desk = new_desk(line=line and line.format(operator=operator.tenant.slug))
    desk.add(ChannelKind.WHATSAPP, "081298765432")
    with pytest.raises(NotificationError, match=error):
        desk.service.test(desk.shop.tenant, "owner")


def test_a_number_does_not_tell_of_itself(operator: Shop, new_desk: Callable[..., Desk]) -> None:
    line = f"{operator.tenant.slug}/kabar"
    core = operator.host.core
    delivery = replace(new_desk().delivery, line=OperatorLine(core, line))
    session_id = operator.session("kabar")
    desk = Desk(
        operator, session_id, delivery, NoticeService(core, operator.host.ticks.jobs, MINUTE)
    )
    desk.add(ChannelKind.WHATSAPP, "081298765432")
    desk.is_in("logged_out", since=timedelta(0))
    desk.run()
    assert desk.log()[0].error == "notify_session_is_this_number"


# --- channels


def test_a_test_tells_how_it_ended(desk: Desk, mail: MailServer) -> None:
    desk.service.test(desk.shop.tenant, "owner")
    assert "percobaan" in str(mail.only()["Subject"])
    mail.replies["RCPT"] = "550 <rini@dapur.test> unknown"
    with pytest.raises(NotificationError, match="was not sent: smtp_550") as caught:
        desk.service.test(desk.shop.tenant, "owner")
    assert "rini" not in str(caught.value)
    assert caught.value.exit_code == 1
    mail.replies["RCPT"] = "451 later"
    with pytest.raises(NotificationError, match="was not sent: smtp_451"):
        desk.service.test(desk.shop.tenant, "owner")
    desk.later()
    assert desk.run() == [], "a test is not tried again"
    mail.replies.clear()
    mail.hang_s = 5
    with pytest.raises(NotificationError, match="may or may not"):
        desk.service.test(desk.shop.tenant, "owner")
    mail.released.set()
    assert [state for _, state in desk.kinds()] == ["sent", "failed", "failed", "unknown"]
    down = replace(
        desk.delivery, mail=Mailer(f"smtp+plain://127.0.0.1:{closed_port()}", "a@b.test")
    )
    with pytest.raises(NotificationError, match="smtp_refused_connection"):
        NotificationService(desk.shop.host.core, down, region="ID").test(desk.shop.tenant, "owner")


def test_a_whatsapp_test_waits_for_the_operator_s_number(
    new_desk: Callable[..., Desk], operator: Shop
) -> None:
    desk = new_desk(line=f"{operator.tenant.slug}/kabar")
    desk.add(ChannelKind.WHATSAPP, "081298765432")
    with pytest.raises(TimedOutError, match="still waits"):
        desk.service.test(desk.shop.tenant, "owner", timeout_s=0.1)
    operator.admin.run("update outbox set state = 'sent' where tenant_id = %s", operator.id)
    desk.later()
    desk.run()
    assert desk.kinds() == [("test", "sent")], "what came of it is seen later"


def test_a_target_is_never_shown_in_full(
    desk: Desk, web: WebServer, capfd: pytest.CaptureFixture[str]
) -> None:
    desk.add(ChannelKind.APPRISE, web.url, "hook")
    desk.add(ChannelKind.WHATSAPP, "0812-9876-5432", "wa")
    shown = {view.name: view.target for view in desk.service.list(desk.shop.tenant)}
    assert shown == {"owner": "r…@dapur.test", "hook": "json://…", "wa": "0812…32"}
    web.status = 500
    desk.is_in("logged_out", since=timedelta(0))
    desk.run()
    stored = desk.shop.admin.rows(
        "select n::text, c::text from notifications n join notification_channels c"
        " on c.tenant_id = n.tenant_id and c.id = n.channel_id where n.tenant_id = %s",
        desk.shop.id,
    )
    logged = capfd.readouterr()
    for text in (str(stored), logged.out, logged.err):
        assert "hook-token" not in text
        assert "rini@" not in text
        assert "98765432" not in text


def test_what_cannot_be_a_channel(desk: Desk) -> None:
    shop, service = desk.shop.tenant, desk.service
    with pytest.raises(ConflictError, match="already"):
        service.add(shop, " owner ", ChannelKind.EMAIL, OWNER, "id")
    with pytest.raises(InvalidInputError, match="e-mail"):
        service.add(shop, "a", ChannelKind.EMAIL, "rini@dapur.test\nBcc: x@y.test", "id")
    with pytest.raises(InvalidInputError, match="apprise"):
        service.add(shop, "a", ChannelKind.APPRISE, "syslog://", "id")
    with pytest.raises(InvalidPhoneError):
        service.add(shop, "a", ChannelKind.WHATSAPP, "12", "id")
    with pytest.raises(InvalidInputError, match="at most"):
        service.add(shop, "a", ChannelKind.APPRISE, "json://" + "x" * 2000, "id")
    with pytest.raises(InvalidInputError, match="name"):
        service.add(shop, " ", ChannelKind.EMAIL, OWNER, "id")


def test_a_removed_channel_gets_nothing_more(desk: Desk, mail: MailServer) -> None:
    desk.is_in("logged_out", since=timedelta(0))
    desk.tick()
    desk.service.remove(desk.shop.tenant, "owner")
    assert desk.work() == [None]
    assert mail.received == []
    with pytest.raises(NotFoundError):
        desk.service.remove(desk.shop.tenant, "owner")
    with pytest.raises(NotFoundError):
        desk.service.test(desk.shop.tenant, "owner")


def test_two_shops_know_nothing_of_each_other(
    desk: Desk, new_desk: Callable[..., Desk], mail: MailServer
) -> None:
    other = new_desk("Toko Pak Budi")
    other.add(ChannelKind.EMAIL, "budi@toko.test", "budi")
    desk.is_in("logged_out", since=timedelta(0))
    desk.run()
    assert [str(each["To"]) for each in mail.received] == [OWNER]
    (entry,) = desk.log()
    assert other.log() == []
    assert other.delivery.deliver(other.shop.id, entry.id) is None
    with pytest.raises(NotFoundError):
        other.service.remove(other.shop.tenant, "owner")
    assert [view.name for view in desk.service.list(desk.shop.tenant)] == ["owner"]
