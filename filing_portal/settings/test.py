"""Tests: the embedded settings with quick hashing, no manifest, mail in memory and a database of its own."""

import os

from filing_portal.settings.embedded import *  # noqa: F403
from filing_portal.settings.embedded import CACHES, DATABASES, STORAGES

PORTAL_MODE = "test"
PORTAL_DEMO_ACCOUNTS = False
# One database per test process, so that two test runs do not collide.
TEST_DATABASE = os.environ.get("PORTAL_TEST_DATABASE") or f"test_portal_{os.getpid()}"
DATABASES["default"]["TEST"] = {"NAME": TEST_DATABASE}
DATABASES["default"]["CONN_MAX_AGE"] = 0
CACHES["default"]["KEY_PREFIX"] = TEST_DATABASE
CACHES["default"]["BACKEND"] = "tests.cache.OwnCache"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
PORTAL_STRICT_TEMPLATES = True
