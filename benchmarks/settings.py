"""The embedded settings on a database of the benchmark's own, without the limits for single visitors."""

import os

from filing_portal.settings.embedded import *  # noqa: F403
from filing_portal.settings.embedded import CACHES, DATABASES, PORTAL_DATA

DATABASES["default"]["NAME"] = os.environ.get("PORTAL_BENCH_DATABASE", "bench")
CACHES["default"]["KEY_PREFIX"] = DATABASES["default"]["NAME"]
REGISTRY_RATES = {"verify": 1e9, "search": 1e9, "bulk": 1e9}
STATIC_ROOT = PORTAL_DATA / "bench-static"
PORTAL_BASE_URL = "https://portal.test"
PORTAL_DEMO_ACCOUNTS = False
