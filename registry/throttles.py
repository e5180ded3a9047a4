"""A token bucket per address, held in the worker's memory.

It costs no round trip and needs no shared store: each worker allows its share, which is enough to keep
one visitor from crowding out the others. The grown shape adds the proxy's own limit in front.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

KEPT_ADDRESSES = 20_000


class Buckets:
    """``rate`` tokens per minute for each key, with bursts up to a minute's worth."""

    def __init__(self, rate: float) -> None:
        self.rate = rate / 60.0
        self.size = rate
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, key: str, cost: float = 1.0, *, moment: float | None = None) -> float:
        """Take ``cost`` tokens; 0.0 if there were enough, else the seconds until there are."""
        moment = time.monotonic() if moment is None else moment
        with self._lock:
            level, seen = self._levels.pop(key, (self.size, moment))
            level = min(self.size, level + (moment - seen) * self.rate)
            wait = 0.0 if level >= cost else (cost - level) / self.rate
            self._levels[key] = (level if wait else level - cost, moment)
            if len(self._levels) > KEPT_ADDRESSES:
                self._levels.popitem(last=False)
        return wait


def per_minute(name: str, default: int) -> Buckets:
    """Buckets with the rate of ``settings.REGISTRY_RATES[name]`` (requests a minute and address)."""
    return Buckets(float(getattr(settings, "REGISTRY_RATES", {}).get(name, default)))


#: reading one thing, searching, and calls that do many things at once
VERIFY = per_minute("verify", 1200)
SEARCH = per_minute("search", 600)
BULK = per_minute("bulk", 60)


def client_address(forwarded_for: str, remote: str) -> str:
    """The caller's address: the nearest hop that the trusted proxies did not add themselves."""
    proxies = int(str(settings.REST_FRAMEWORK.get("NUM_PROXIES") or 0))
    if proxies and forwarded_for:
        hops = [hop.strip() for hop in forwarded_for.split(",")]
        return hops[-min(proxies, len(hops))]
    return remote


class _Throttle(BaseThrottle):
    buckets: Buckets

    def allow_request(self, request: Request, view: APIView) -> bool:
        address = client_address(
            request.META.get("HTTP_X_FORWARDED_FOR", ""), request.META.get("REMOTE_ADDR", "")
        )
        self._wait = self.buckets.take(address)
        return not self._wait

    def wait(self) -> float:
        return self._wait


class VerifyThrottle(_Throttle):
    buckets = VERIFY


class SearchThrottle(_Throttle):
    buckets = SEARCH


class BulkThrottle(_Throttle):
    buckets = BULK
