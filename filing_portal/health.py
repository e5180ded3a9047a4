"""/healthz: is everything that the portal stands on there?"""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

QUEUES = ("deadlines", "notices", "bulk", "default")


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _valkey() -> str:
    cache.set("healthz", 1, 10)
    return "ok" if cache.get("healthz") == 1 else "does not keep what it is given"


def _queues() -> dict[str, int]:
    """Tasks waiting in each queue."""
    from filing_portal.celery import app

    with app.connection_for_read() as broker:
        client = broker.default_channel.client
        return {queue: client.llen(queue) for queue in QUEUES}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 with ``status`` "ok", or 503 naming what is missing. Tells nothing about data."""
    report: dict[str, Any] = {"status": "ok"}
    for name, probe in (("database", _database), ("valkey", _valkey), ("queues", _queues)):
        try:
            report[name] = probe()
        except Exception as error:  # noqa: BLE001  any failure is what this page is there to report
            report[name] = type(error).__name__
            report["status"] = "unavailable"
    return JsonResponse(report, status=200 if report["status"] == "ok" else 503)
