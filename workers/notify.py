"""The job that sends a notification. In a queue of its own: a slow mail server delays no tick."""

from __future__ import annotations

from workers.runtime import services


def send_notification(tenant_id: str, notification_id: str) -> None:
    """Send it, if its time has come and nobody else does."""
    services().delivery.deliver(tenant_id, notification_id)
