"""The default: embedded PostgreSQL and Valkey under PORTAL_DATA, secrets made on first use.

DATABASE_URL and REDIS_URL take the place of the embedded services where they are set.
"""

import os

import dj_database_url

from filing_portal.embedded import secrets
from filing_portal.embedded.layout import Layout
from filing_portal.settings.base import *  # noqa: F403
from filing_portal.settings.base import ACCOUNT_REAUTHENTICATION_TIMEOUT, PORTAL_DATA, redis_urls  # noqa: F401

PORTAL_MODE = "embedded"
EMBEDDED = Layout(PORTAL_DATA)
EMBEDDED.make_folders()

DEBUG = os.environ.get("PORTAL_DEBUG") == "1"
PORTAL_DEMO_ACCOUNTS = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "testserver"]
ALLOWED_HOSTS += [host for host in os.environ.get("PORTAL_HOSTS", "").split(",") if host]
PORT = int(os.environ.get("PORT") or 8000)
PORTAL_BASE_URL = os.environ.get("PORTAL_BASE_URL", f"http://localhost:{PORT}").rstrip("/")

SECRET_KEY = secrets.text(EMBEDDED.secrets / "secret_key")
LEDGER_SIGNING_KEY = secrets.key(EMBEDDED.secrets / "ledger_signing_key")

# The services that this process starts on its first use of the database, where they do not run yet.
EMBEDDED_SERVICES = {
    name
    for name, variable in (("postgres", "DATABASE_URL"), ("valkey", "REDIS_URL"))
    if not os.environ.get(variable)
}
if os.environ.get("DATABASE_URL"):
    DATABASES = {
        "default": dj_database_url.parse(
            os.environ["DATABASE_URL"], conn_max_age=600, conn_health_checks=True
        )
    }
    if EMBEDDED_SERVICES:
        DATABASES["default"]["ENGINE"] = "filing_portal.embedded.postgresql"
    elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        DATABASES["default"]["ENGINE"] = "filing_portal.postgresql"
else:
    DATABASES = {
        "default": {
            "ENGINE": "filing_portal.embedded.postgresql",  # starts the embedded services on first use
            "NAME": "portal",
            "USER": "postgres",
            "HOST": str(EMBEDDED.pg_sockets),
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
        }
    }

if os.environ.get("REDIS_URL"):
    CELERY_BROKER_URL, _cache_url = redis_urls(os.environ["REDIS_URL"])
else:
    CELERY_BROKER_URL = f"redis+socket://{EMBEDDED.valkey_socket}?virtual_host=0"
    _cache_url = f"unix://{EMBEDDED.valkey_socket}?db=1"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _cache_url,
        "KEY_PREFIX": "portal",
    }
}

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = EMBEDDED.mail
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http"
CELERY_BEAT_SCHEDULE_FILENAME = str(PORTAL_DATA / "celerybeat-schedule")
