"""A running stack (gunicorn and a worker as processes) on a test run's database, for browser tests.

The test run gives PORTAL_TEST_DATABASE and PORTAL_STACK_FOLDER. A file ``now`` in that folder, where
there is one, tells all the stack's processes what moment it is.
"""

import os
from pathlib import Path

from filing_portal.settings.test import *  # noqa: F403
from filing_portal.settings.test import DATABASES, TEST_DATABASE

_FOLDER = Path(os.environ["PORTAL_STACK_FOLDER"])


class MomentInFile(str):
    """A text that is read anew from a file whenever it is asked for, false when there is no file."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return Path(str(self)).exists()

    def strip(self, chars: str | None = None, /) -> str:
        return Path(str(self)).read_text().strip(chars)


PORTAL_MODE = "embedded"
PORTAL_DEMO_ACCOUNTS = True
PORTAL_FROZEN_NOW = MomentInFile(_FOLDER / "now")  # type: ignore[assignment]
PORTAL_BASE_URL = os.environ.get("PORTAL_BASE_URL", "http://127.0.0.1")
DATABASES["default"]["NAME"] = TEST_DATABASE
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = _FOLDER / "mail"
MEDIA_ROOT = _FOLDER / "files"
CELERY_TASK_ALWAYS_EAGER = False
# Queues of this test run alone, on the Valkey that other runs may share.
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": f"{TEST_DATABASE}:"}
