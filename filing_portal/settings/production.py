"""The grown shape: everything from the environment, and no start with anything unsafe.

Variables: see docs/operators.md.
"""

import os
import re

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from filing_portal.settings.base import *  # noqa: F403
from filing_portal.settings.base import ALLOWED_HOSTS, PORTAL_BASE_URL, redis_urls

PORTAL_MODE = "production"


def _required(name: str, what: str) -> str:
    """The variable's value (or the content of the file that NAME_FILE names), or a refusal to start."""
    value = os.environ.get(name, "").strip()
    if not value and os.environ.get(f"{name}_FILE"):
        with open(os.environ[f"{name}_FILE"]) as file:
            value = file.read().strip()
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {what}. See docs/operators.md.")
    return value


DEBUG = False
if os.environ.get("PORTAL_DEBUG", "") not in ("", "0"):
    raise ImproperlyConfigured("PORTAL_DEBUG is set: production never runs with DEBUG. Unset it.")
if os.environ.get("PORTAL_DEMO_ACCOUNTS", "") not in ("", "0"):
    raise ImproperlyConfigured(
        "PORTAL_DEMO_ACCOUNTS is set: demonstration accounts exist in embedded mode only."
    )
PORTAL_DEMO_ACCOUNTS = False

SECRET_KEY = _required("SECRET_KEY", "a long random text that signs sessions")
if (
    len(SECRET_KEY) < 50
    or len(set(SECRET_KEY)) < 5
    or SECRET_KEY.startswith(("change-me", "django-insecure"))
):
    raise ImproperlyConfigured("SECRET_KEY is a default or too short: use 50 or more random characters.")
LEDGER_SIGNING_KEY = _required("LEDGER_SIGNING_KEY", "the ledger's Ed25519 private key, 64 hex digits")
if not re.fullmatch(r"[0-9a-f]{64}", LEDGER_SIGNING_KEY) or len(set(LEDGER_SIGNING_KEY)) < 5:
    raise ImproperlyConfigured(
        "LEDGER_SIGNING_KEY must be 64 random hex digits: `openssl rand -hex 32` makes some."
    )
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "PORTAL_HOSTS is not set: the host names the portal answers to, comma-separated."
    )
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("PORTAL_HOSTS must name hosts; * would answer to any.")
if not PORTAL_BASE_URL.startswith("https://"):
    raise ImproperlyConfigured("PORTAL_BASE_URL must be the portal's https:// address.")

DATABASES = {
    "default": dj_database_url.parse(
        _required("DATABASE_URL", "address of PostgreSQL or PgBouncer"),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured(
        "DATABASE_URL must be a postgresql:// address: PostgreSQL is the only database."
    )
DATABASES["default"]["ENGINE"] = "filing_portal.postgresql"
# PgBouncer in transaction mode cannot hold server-side cursors.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True

CELERY_BROKER_URL, _cache_url = redis_urls(_required("REDIS_URL", "address of Valkey or Redis"))
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _cache_url,
        "KEY_PREFIX": "portal",
    }
}

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31536000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrftoken"
LANGUAGE_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [PORTAL_BASE_URL]
PORTAL_MFA_REQUIRED = True

EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "1") == "1"
