"""What all settings share. The embedded, production and test settings build on it.

Values from outside: DATABASE_URL, REDIS_URL, S3_*, PORTAL_DATA, PORTAL_HOSTS, and those that
docs/operators.md lists.
"""

from __future__ import annotations

import os
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent.parent
PORTAL_DATA = Path(os.environ.get("PORTAL_DATA") or BASE_DIR / "var").expanduser().resolve()

DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("PORTAL_HOSTS", "").split(",") if host]
PORTAL_DEMO_ACCOUNTS = False
PORTAL_FROZEN_NOW = None  # ISO 8601 with offset; rulebook.time.now() honours it in tests
PORTAL_BASE_URL = os.environ.get("PORTAL_BASE_URL", "").rstrip("/")
PORTAL_MFA_REQUIRED = False
PORTAL_CLAMAV = os.environ.get("PORTAL_CLAMAV", "")  # host:port or socket path of clamd; empty: no scanner

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django_htmx",
    "django_fsm",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    # the rooms, from the ground floor up
    "ledger",
    "rulebook",
    "accounts",
    "notices",
    "blacklist",
    "registry",
    "providers",
    "users",
    "review",
    "supervision",
    "guidance",
    "filing_portal",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "filing_portal.middleware.RequestSizeMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.MembershipMiddleware",
    "accounts.middleware.IdleMiddleware",
    "accounts.middleware.SessionTrackingMiddleware",
    "accounts.middleware.MfaRequiredMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "filing_portal.middleware.ContentSecurityPolicyMiddleware",
    "filing_portal.middleware.UnstorableInputMiddleware",
    "filing_portal.deadlocks.DeadlockMiddleware",
]

ROOT_URLCONF = "filing_portal.urls"
WSGI_APPLICATION = "filing_portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "filing_portal.context.portal",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.insert(0, "django.forms")  # its templates, so that templates/django/forms may override them

# --- people ----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["accounts.backends.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "after_login"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900  # seconds
ACCOUNT_SESSION_REMEMBER = False
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("PORTAL_PROXIES", "0"))
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_TOTP_ISSUER = "Filing portal"
USERSESSIONS_TRACK_ACTIVITY = True  # shown in the list; accounts.middleware notes it, seldom

SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 12 * 3600  # seconds
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_IDLE_SECONDS = int(os.environ.get("PORTAL_IDLE_SECONDS", "1800"))
CSRF_COOKIE_SAMESITE = "Lax"

# --- language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- files -----------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = PORTAL_DATA / "static"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Uploaded files have no public address: they are streamed by views that ask visible_to().
MEDIA_ROOT = PORTAL_DATA / "files"
MEDIA_URL = "/no-public-address/"
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # bytes, without files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# The largest form that comes without a script has six files of 20 MB each.
PORTAL_MAX_REQUEST_BYTES = 130 * 1024 * 1024

STORAGES: dict[str, dict] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "filing_portal.statics.StaticFiles"},
}
if os.environ.get("S3_BUCKET"):
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": os.environ["S3_BUCKET"],
            "endpoint_url": os.environ.get("S3_ENDPOINT_URL") or None,
            "access_key": os.environ.get("S3_ACCESS_KEY") or None,
            "secret_key": os.environ.get("S3_SECRET_KEY") or None,
            "region_name": os.environ.get("S3_REGION") or None,
            "default_acl": "private",
            "file_overwrite": False,
            "querystring_auth": True,
        },
    }

# --- headers ---------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- API -------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "rest_framework.parsers.JSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "filing_portal.api.problem_handler",
    "DEFAULT_THROTTLE_RATES": {
        "anon": "600/min", "user": "1200/min", "bulk": "60/min", "token": "1200/min", "invite": "60/min",
    },
    "NUM_PROXIES": int(os.environ.get("PORTAL_PROXIES", "0")),
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Filing portal API",
    "DESCRIPTION": "Public registry, provider and authority interfaces of the filing portal. "
    "Errors are problem details (RFC 9457).",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SORT_OPERATIONS": True,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "accounts.api.once.describe"],
    "ENUM_NAME_OVERRIDES": {
        "FilingKindEnum": "providers.enums.FilingKind",
        "FilingStateEnum": "providers.enums.FilingState",
        "EntryLineStatusEnum": "registry.enums.EntryState",
        "VerificationStatusEnum": "registry.api.serializers.ANSWERS",
        "UseStateEnum": "users.enums.UseState",
        "BranchStateEnum": "providers.enums.BranchState",
        "AppraisalStateEnum": "review.enums.AppraisalState",
        "MembershipStatusEnum": "accounts.enums.MembershipStatus",
        "InvitationStatusEnum": "accounts.api.serializers.LOOKS",
        "ImportStatusEnum": "accounts.enums.BatchStatus",
        "ImportOutcomeEnum": "accounts.enums.RowOutcome",
        "RoleEnum": "accounts.enums.Role",
        "ListEnum": "blacklist.enums.ListKind.values",
        "StoreDutyEnum": "supervision.enums.StoreDuty.values",
        "SubjectEnum": "supervision.enums.ReferralSubject.values",
    },
}

# --- background work -------------------------------------------------------------------------
# tasks go to a worker; tests alone run them at once
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {
    "rulebook.tasks.*": {"queue": "deadlines"},
    "ledger.tasks.*": {"queue": "deadlines"},
    "notices.tasks.*": {"queue": "notices"},
    "*.tasks.bulk_*": {"queue": "bulk"},
    "users.tasks.mark_uses": {"queue": "bulk"},
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "sweep-clocks": {"task": "rulebook.tasks.sweep_clocks", "schedule": 60.0},
    "deliver-notices": {"task": "notices.tasks.deliver_pending", "schedule": 60.0},
    "send-reminders": {"task": "notices.tasks.send_reminders", "schedule": 300.0},
    "ask-waiting": {"task": "review.tasks.ask_waiting", "schedule": 60.0},
    "note-units": {"task": "review.tasks.bulk_note_units", "schedule": crontab(minute=37)},
    "mark-uses": {"task": "users.tasks.mark_uses", "schedule": 60.0},
    "reroute-uses": {"task": "users.tasks.bulk_reroute", "schedule": 60.0},
    "resume-imports": {"task": "accounts.tasks.resume_imports", "schedule": 60.0},
    "unfinished-bulk": {"task": "supervision.tasks.bulk_unfinished", "schedule": 60.0},
    "monitors": {"task": "supervision.tasks.bulk_monitors", "schedule": crontab(hour=2, minute=20)},
    "overdue-tasks": {"task": "supervision.tasks.tell_overdue_tasks", "schedule": 3600.0},
    "editions": {"task": "supervision.tasks.bulk_editions", "schedule": crontab(hour=1, minute=10)},
    "forget-calls": {"task": "accounts.tasks.bulk_forget_calls", "schedule": crontab(hour=3, minute=40)},
    "renew-tally": {"task": "registry.tasks.renew_tally", "schedule": 45.0},
    "compact-uses": {"task": "users.tasks.compact_tally", "schedule": 60.0},
    "remind-of-upkeep": {"task": "providers.tasks.remind_of_upkeep", "schedule": 3600.0},
    "trainings": {"task": "guidance.tasks.remind_of_trainings", "schedule": 3600.0},
    "ledger-checkpoint": {"task": "ledger.tasks.checkpoint", "schedule": crontab(minute=7)},
}

DEFAULT_FROM_EMAIL = os.environ.get("PORTAL_FROM_EMAIL", "noreply@portal.test")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10  # seconds

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("PORTAL_LOG_LEVEL", "INFO")},
    "loggers": {"fontTools": {"level": "WARNING"}, "botocore": {"level": "WARNING"}},
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS: list[str] = []
UNFOLD = {"SITE_TITLE": _("Filing portal"), "SITE_HEADER": _("Filing portal"), "SHOW_LANGUAGES": True}


def redis_urls(url: str) -> tuple[str, str]:
    """The broker's and the cache's address (databases 0 and 1) for a redis:// or rediss:// URL.

    A URL that names its database itself is used as it stands for both.
    """
    base = url.rstrip("/")
    if base.rsplit("/", 1)[-1].isdigit():
        return url, url
    return f"{base}/0", f"{base}/1"
