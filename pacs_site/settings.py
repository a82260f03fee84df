"""Settings of Reading Room. Everything that a site may change comes from PACS_* variables (see .env.example)."""

import logging
import os
import sys
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from dotenv import load_dotenv

from pacs_site.catalogues import compiled_catalogues, language_names
from pacs_site.env import (
    env_bool,
    env_int,
    env_list,
    env_path,
    env_storage_path,
    env_str,
    made_folder,
    secret_from_file,
)
from pacs_site.runtime import celery_broker_url, embedded_broker_socket

BASE_DIR = Path(__file__).resolve().parent.parent
load_dotenv(BASE_DIR / ".env")

# --- Folders and addresses -----------------------------------------------------------------------------------------
PACS_DATA_DIR = made_folder(env_path("PACS_DATA_DIR", BASE_DIR / "var"))
PACS_HTTP_HOST = env_str("PACS_HTTP_HOST", "127.0.0.1")
PACS_HTTP_PORT = env_int("PACS_HTTP_PORT", 8000, minimum=1, maximum=65535)
PACS_DICOM_HOST = env_str("PACS_DICOM_HOST", "127.0.0.1")
PACS_DICOM_PORT = env_int("PACS_DICOM_PORT", 11112, minimum=1, maximum=65535)
PACS_AE_TITLE = env_str("PACS_AE_TITLE", "READINGROOM")
# Where orders come as HL7 messages; 0 is nowhere. The messages are not encrypted: keep it to a network that is.
PACS_HL7_HOST = env_str("PACS_HL7_HOST", "127.0.0.1")
PACS_HL7_PORT = env_int("PACS_HL7_PORT", 0, minimum=0, maximum=65535)
# Folder of the blob store; its temporary files live beside the blobs so that a rename is atomic.
PACS_BLOB_DIR = env_storage_path("PACS_STORAGE_URL", PACS_DATA_DIR / "blobs")
PACS_REDIS_URL = env_str("PACS_REDIS_URL", f"unix://{embedded_broker_socket(PACS_DATA_DIR)}?db=0")
# Render processes of this machine.
PACS_WORKERS = env_int("PACS_WORKERS", os.cpu_count() or 1, minimum=1, maximum=256)

# --- Security ------------------------------------------------------------------------------------------------------
SECRET_KEY = secret_from_file(env_path("PACS_SECRET_KEY_FILE", PACS_DATA_DIR / "secret_key"))
# Keys the audit chain. Apart from the secret key, which may be changed without breaking the chain.
PACS_AUDIT_KEY = secret_from_file(PACS_DATA_DIR / "audit_key")
# The newest place of the audit chain is written here every five minutes; best kept on another disk or machine.
PACS_AUDIT_ANCHOR_FILE = env_path("PACS_AUDIT_ANCHOR_FILE", PACS_DATA_DIR / "audit.anchors")
DEBUG = False
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env_list("PACS_ALLOWED_HOSTS", LOOPBACK_HOSTS)
# True where nginx or another proxy in front of us speaks TLS; then cookies are sent over TLS only.
PACS_TLS = env_bool("PACS_TLS", False)
# Proxies of our own in front of us; that many entries at the end of X-Forwarded-For are believed.
PACS_TRUSTED_PROXIES = env_int("PACS_TRUSTED_PROXIES", 1 if PACS_TLS else 0, maximum=10)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PACS_TLS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE_SSL_REDIRECT = PACS_TLS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PACS_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PACS_TLS
CSRF_TRUSTED_ORIGINS = env_list("PACS_TRUSTED_ORIGINS", [])
SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# Two installations on one host differ in their port only, and cookies do not know ports.
SESSION_COOKIE_NAME = f"reading_room_session_{PACS_HTTP_PORT}"
CSRF_COOKIE_NAME = f"reading_room_csrf_{PACS_HTTP_PORT}"
LANGUAGE_COOKIE_NAME = f"reading_room_language_{PACS_HTTP_PORT}"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "blob:", "data:"],
        "connect-src": [SELF],
        "worker-src": [SELF, "blob:"],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# --- Applications --------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    # Before django.contrib.auth, whose commands for users it replaces by ones that are recorded.
    "accounts",
    "accounts.admin_config.ReadingRoomAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "guardian",
    "csp",
    "axes",
    "common",
    "audit",
    "archive",
    "worklist",
    "viewer",
    "dimse",
    "hl7v2",
    "pacs_site",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "common.logging.RequestIdMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.common.CommonMiddleware",
    # Looks at a cookie and a header only; before anything that answers in words.
    "django.middleware.locale.LocaleMiddleware",
    # After what adds headers to every answer, before what finds out who asks.
    "viewer.middleware.AdmittedTilesMiddleware",
    # Before cookies are read: a request with a token has no other identity.
    "accounts.bearer.BearerTokenMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionLimitsMiddleware",
    "audit.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "pacs_site.urls"
ASGI_APPLICATION = "pacs_site.asgi.application"
WSGI_APPLICATION = "pacs_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "accounts.context_processors.navigation",
                "viewer.look.look",
            ],
        },
    }
]

# --- Database ------------------------------------------------------------------------------------------------------
DATABASE_URL = env_str("PACS_DATABASE_URL")
if DATABASE_URL:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(PACS_DATA_DIR / "reading_room.sqlite3"),
            # Seconds that a thread keeps its connection between requests.
            "CONN_MAX_AGE": 600,
            "OPTIONS": {
                # Seconds that a writer waits for the one before it.
                "timeout": 20,
                # A transaction that will write takes its place at once, or two readers that both turn writer fail.
                "transaction_mode": "IMMEDIATE",
                # FULL: a commit that was answered survives a power cut. Pages in kibibytes when negative.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000; "
                "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Rows of one key batch; also keeps SQLite under its limit of variables.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Accounts and sessions -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "worklist:start"
LOGOUT_REDIRECT_URL = "accounts:login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# Without a second factor a password has at least fifteen characters (NIST SP 800-63B-4, 3.1.1.2).
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
# Seconds without a request of the user's own, and seconds since login, after which a session ends.
PACS_SESSION_IDLE_SECONDS = env_int("PACS_SESSION_IDLE_SECONDS", 15 * 60, minimum=60)
PACS_SESSION_ABSOLUTE_SECONDS = env_int("PACS_SESSION_ABSOLUTE_SECONDS", 12 * 3600, minimum=300)
SESSION_COOKIE_AGE = PACS_SESSION_ABSOLUTE_SECONDS
# What pages ask for by themselves; like any request with the header "X-Background: 1" it keeps no session alive.
PACS_BACKGROUND_PATHS = frozenset({"/notices/"})
# The only addresses, by name, that a bearer token opens. A new interface for programs adds its own; pages do not.
PACS_TOKEN_ROUTES = frozenset(
    {
        "healthz",
        "readyz",
        "worklist:list",
        "worklist:row",
        "worklist:series",
        "worklist:place_order",
        "worklist:find_order",
        "worklist:order",
        "worklist:withdraw_order",
        "viewer:manifest",
        "viewer:annotations",
        "viewer:tile",
        "viewer:slide",
        "viewer:lookup",
        "viewer:marks",
        "viewer:presentations",
        "viewer:presented_table",
        "viewer:region_bitmap",
        "viewer:region_contours",
        "viewer:presented_marks",
        "viewer:statistics",
        "viewer:thumbnail",
        "viewer:volume",
        "viewer:plane",
        "viewer:oblique_plane",
        "archive:upload_file",
    }
)
PASSWORD_RESET_TIMEOUT = 3600
# Five failures from one address on one name lock that pair for a quarter of an hour, so nobody can lock a doctor out from afar.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# A further try while locked does not prolong the lock.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "accounts.lockout.username_of"
AXES_CLIENT_IP_CALLABLE = "audit.context.client_address"
AXES_ENABLE_ADMIN = False
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_HTTP_RESPONSE_CODE = 429
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
# The backend of guardian stays out: rows of shares are read by accounts.permissions, never by user.has_perm.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]
GUARDIAN_MONKEY_PATCH_USER = False
ANONYMOUS_USER_NAME = None
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if env_str("PACS_SMTP_HOST")
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = env_str("PACS_SMTP_HOST", "localhost")
EMAIL_PORT = env_int("PACS_SMTP_PORT", 25, minimum=1, maximum=65535)
DEFAULT_FROM_EMAIL = env_str("PACS_MAIL_FROM", "reading-room@localhost")

# --- Cache and background work -------------------------------------------------------------------------------------
CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": PACS_REDIS_URL}}
# Bytes of rendered tiles that the cache holds before it drops those unused for longest.
PACS_TILE_CACHE_BYTES = env_int("PACS_TILE_CACHE_BYTES", 512 * 2**20, minimum=2**20)
# Voxels of volumes that were reformatted last, for the render processes of this machine, and the bytes they may take.
PACS_VOLUME_DIR = env_path("PACS_VOLUME_DIR", PACS_DATA_DIR / "volumes")
PACS_VOLUME_CACHE_BYTES = env_int("PACS_VOLUME_CACHE_BYTES", 8 * 2**30, minimum=2**20)
# Films that readers asked for, until they have fetched them or an hour is over.
PACS_EXPORT_DIR = env_path("PACS_EXPORT_DIR", PACS_DATA_DIR / "exports")
# What one picture may cost a render process, in seconds and in bytes of its memory, before the process is ended.
PACS_RENDER_SECONDS = env_int("PACS_RENDER_SECONDS", 20, minimum=1, maximum=240)
PACS_RENDER_MEMORY_BYTES = env_int("PACS_RENDER_MEMORY_BYTES", 1536 * 2**20, minimum=512 * 2**20)
CELERY_BROKER_URL = celery_broker_url(PACS_REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A task must end before the broker believes it lost (visibility_timeout), or a second copy starts. Seconds.
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 280
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # What a reader waits for is taken before what is rendered ahead.
    "queue_order_strategy": "priority",
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0.05,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
CELERY_TASK_DEFAULT_QUEUE = "housekeeping"
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
# A render process that has grown to this between two tasks is replaced. Kibibytes.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = PACS_RENDER_MEMORY_BYTES // 1024 * 3 // 4
CELERY_BEAT_SCHEDULE_FILENAME = str(PACS_DATA_DIR / "scheduler")
CELERY_BEAT_SCHEDULE = {
    "sweep owed work": {"task": "archive.sweep_owed_work", "schedule": 5.0, "options": {"expires": 5}},
    "announce received studies": {
        "task": "archive.announce_received_studies",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "drop stale volumes": {
        "task": "viewer.drop_stale_volumes",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "assign waiting studies": {
        "task": "worklist.assign_waiting_studies",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "escalate overdue studies": {
        "task": "worklist.escalate_overdue",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "release stale claims": {
        "task": "worklist.release_stale_claims",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    "clean up interrupted writes": {"task": "archive.clean_up_interrupted_writes", "schedule": 3600.0},
    "verify the audit chain": {"task": "audit.verify_chain", "schedule": 24 * 3600.0},
    "anchor the audit chain": {"task": "audit.anchor_chain", "schedule": 300.0, "options": {"expires": 300}},
}

# --- Archive limits ------------------------------------------------------------------------------------------------
# Bytes of one DICOM file, and of all that one ZIP archive unpacks to.
PACS_MAX_INSTANCE_BYTES = env_int("PACS_MAX_INSTANCE_BYTES", 4 * 2**30, minimum=2**20)
PACS_MAX_ARCHIVE_BYTES = env_int("PACS_MAX_ARCHIVE_BYTES", 64 * 2**30, minimum=2**20)
PACS_MAX_ARCHIVE_MEMBERS = env_int("PACS_MAX_ARCHIVE_MEMBERS", 200_000, minimum=1)
# Free bytes below which nothing more is taken in.
PACS_MIN_FREE_BYTES = env_int("PACS_MIN_FREE_BYTES", 256 * 2**20)
# Seconds without a new instance after which a study counts as received.
PACS_QUIESCENCE_SECONDS = env_int("PACS_QUIESCENCE_SECONDS", 20, minimum=1)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20
FILE_UPLOAD_TEMP_DIR = str(made_folder(PACS_DATA_DIR / "uploads"))

# --- Demo ----------------------------------------------------------------------------------------------------------
_is_loopback = {PACS_HTTP_HOST, PACS_DICOM_HOST} <= {"127.0.0.1", "localhost", "::1"}
PACS_DEMO = env_bool("PACS_DEMO", _is_loopback)
if PACS_DEMO and not _is_loopback:
    raise ImproperlyConfigured("PACS_DEMO=1 is refused with a public host: demo users have well-known names.")

# --- Static files --------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = PACS_DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", PACS_DATA_DIR / "locale" / "browser"]

# --- Language and time ---------------------------------------------------------------------------------------------
# Spoken where neither the user nor the browser asks for another.
LANGUAGE_CODE = env_str("PACS_LANGUAGE", "en")
LANGUAGES = language_names(BASE_DIR / "locale")
LOCALE_PATHS = [PACS_DATA_DIR / "locale"]
PACS_CATALOGUES = compiled_catalogues(BASE_DIR / "locale", PACS_DATA_DIR / "locale")
FORMAT_MODULE_PATH = "pacs_site.formats"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
TIME_ZONE = env_str("PACS_TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True

# --- Logging -------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "common.logging.RequestIdFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} [{request_id}] {message}", "style": "{"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}
    },
    "root": {"handlers": ["stderr"], "level": env_str("PACS_LOG_LEVEL", "INFO")},
    # pydicom and pynetdicom may quote attribute values, which are patient data, below WARNING.
    "loggers": {
        "pydicom": {"level": "ERROR"},
        "pynetdicom": {"level": "ERROR"},
        "axes": {"level": "WARNING"},
    },
}
logging.captureWarnings("pytest" not in sys.modules)
