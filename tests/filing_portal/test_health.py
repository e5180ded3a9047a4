"""/healthz."""

from __future__ import annotations

import json
import urllib.request

import pytest


@pytest.mark.django_db
def test_health_names_database_valkey_and_queues(client):
    answer = client.get("/healthz")
    assert answer.status_code == 200
    report = answer.json()
    assert (report["status"], report["database"], report["valkey"]) == ("ok", "ok", "ok")
    assert set(report["queues"]) == {"deadlines", "notices", "bulk", "default"}


@pytest.mark.django_db
def test_health_is_unavailable_without_valkey(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/valkey.sock",
        }
    }
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["status"] == "unavailable"
    assert answer.json()["valkey"] != "ok"
    assert answer.json()["database"] == "ok"


@pytest.mark.slow
def test_health_of_a_running_stack(running_stack):
    with urllib.request.urlopen(running_stack.url + "/healthz", timeout=5) as answer:
        assert json.load(answer)["status"] == "ok"
