"""The settings of a node: one file, read from the environment only.

Every name that it reads begins with LIANQIAO_ and is explained in docs/operate/settings.md (a test compares the two).
A secret is read from the file named in LIANQIAO_<NAME>_FILE when that is set.
"""

import os
import secrets
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from lianqiao.site.language import language

env = environ.Env()


def secret(name: str, default: str = "") -> str:
    """The value of `name`, or the stripped content of the file named in `name`_FILE, which wins."""
    path = env.str(f"{name}_FILE", default="")
    if not path:
        return cast(str, env.str(name, default=default))
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name}_FILE names a file that cannot be read: {path} ({error.strerror})."
        ) from error


def generated_secret(path: Path) -> str:
    """The secret kept in `path`; written once, readable by its owner only."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


# The node

LIANQIAO_NODE: str = env.str("LIANQIAO_NODE", default="51")
LIANQIAO_DATA: Path = Path(env.str("LIANQIAO_DATA", default="var/data")).expanduser().resolve()
LIANQIAO_DATA.mkdir(mode=0o700, parents=True, exist_ok=True)
LIANQIAO_BASE_URL: str = env.str("LIANQIAO_BASE_URL", default="http://127.0.0.1:8051").rstrip("/")
LIANQIAO_LANGUAGE: str = language()
LIANQIAO_DEMO: bool = env.bool("LIANQIAO_DEMO", default=False)  # only a node of the demonstration starts with it
LIANQIAO_CONTACT: str = env.str(
    "LIANQIAO_CONTACT", default=""
)  # who runs the node and how to reach them, at the foot of every page

DEBUG: bool = env.bool("LIANQIAO_DEBUG", default=False)
SECRET_KEY: str = secret("LIANQIAO_SECRET_KEY") or generated_secret(LIANQIAO_DATA / "secret")
ALLOWED_HOSTS: list[str] = env.list(
    "LIANQIAO_HOSTS", default=["127.0.0.1", "localhost", "[::1]", urlsplit(LIANQIAO_BASE_URL).hostname or "localhost"]
)

# What a request may weigh, in bytes

LIANQIAO_BODY_BYTES: int = env.int("LIANQIAO_BODY_BYTES", default=4 * 2**20)
LIANQIAO_FILE_BYTES: int = env.int("LIANQIAO_FILE_BYTES", default=20 * 2**20)
LIANQIAO_FILES_TOTAL_BYTES: int = env.int("LIANQIAO_FILES_TOTAL_BYTES", default=200 * 2**20)
DATA_UPLOAD_MAX_MEMORY_SIZE = LIANQIAO_BODY_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# The database: SQLite needs nothing, PostgreSQL is for production


def database(url: str) -> dict[str, Any]:
    """Django's description of the database at `url`; refuses anything but sqlite and postgres(ql) addresses."""
    described: dict[str, Any] = env.db_url_config(url)
    described |= {"CONN_MAX_AGE": 0, "ATOMIC_REQUESTS": False}
    if described["ENGINE"] == "django.db.backends.sqlite3":
        # A transaction asks for the one write lock when it begins, so that it never fails half way.
        described["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA secure_delete=ON;",
        }
        # A file, because tests with threads need one database that several connections share.
        described["TEST"] = {"NAME": str(LIANQIAO_DATA / "test.sqlite3")}
    elif described["ENGINE"] == "django.db.backends.postgresql":
        described["CONN_MAX_AGE"] = 600  # seconds; each thread has its own
        described["OPTIONS"] = described.get("OPTIONS", {}) | {
            "prepare_threshold": 5,  # for what is prepared (cases.entering, cases.locked); the ORM prepares nothing
        }
    else:
        raise ImproperlyConfigured("LIANQIAO_DATABASE_URL must begin with sqlite:/// or postgresql://.")
    return described


DATABASES = {
    "default": database(secret("LIANQIAO_DATABASE_URL", default=f"sqlite:///{LIANQIAO_DATA / 'lianqiao.sqlite3'}"))
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The server

LIANQIAO_SERVE_HOST: str = env.str("LIANQIAO_SERVE_HOST", default="127.0.0.1")
LIANQIAO_SERVE_PORT: int = env.int("LIANQIAO_SERVE_PORT", default=urlsplit(LIANQIAO_BASE_URL).port or 8051)
LIANQIAO_SERVE_PROCESSES: int = env.int("LIANQIAO_SERVE_PROCESSES", default=0)  # 0: 1 on SQLite, 2 on PostgreSQL
LIANQIAO_SERVE_THREADS: int = env.int("LIANQIAO_SERVE_THREADS", default=0)  # 0: 4 on SQLite, 8 on PostgreSQL

LIANQIAO_TRUSTED_PROXY: str = env.str("LIANQIAO_TRUSTED_PROXY", default="")

# Mail

LIANQIAO_MAIL_FROM: str = env.str("LIANQIAO_MAIL_FROM", default="")
LIANQIAO_SMTP_URL: str = secret("LIANQIAO_SMTP_URL")
if LIANQIAO_SMTP_URL:
    # smtp:// and smtps:// as people write them; an address says with +tls that the connection starts plain.
    vars().update(env.email_url_config(LIANQIAO_SMTP_URL.replace("smtps://", "smtp+ssl://", 1)))
    EMAIL_PORT = urlsplit(LIANQIAO_SMTP_URL).port or (465 if LIANQIAO_SMTP_URL.startswith("smtps:") else 587)
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
DEFAULT_FROM_EMAIL = LIANQIAO_MAIL_FROM

# Official documents

LIANQIAO_FONTS: str = env.str("LIANQIAO_FONTS", default="")

# Webhooks

LIANQIAO_WEBHOOK_NETWORKS: list[str] = env.list("LIANQIAO_WEBHOOK_NETWORKS", default=[])

# Rooms and doors

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "ninja",
    "template_partials",
    "lianqiao.record",
    "lianqiao.registry",
    "lianqiao.jobs",
    "lianqiao.cases",
    "lianqiao.batches",
    "lianqiao.hotline",
    "lianqiao.exchange",
    "lianqiao.signin",
    "lianqiao.notices",
    "lianqiao.ledgers",
    "lianqiao.meetings",
    "lianqiao.portal",
    "lianqiao.desk",
    "lianqiao.site",
    # Behind the rooms, whose templates and texts come before theirs.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.idp.oidc",
]
AUTH_USER_MODEL = "registry.Person"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
MIDDLEWARE = [
    "lianqiao.site.api.problems.problem_answers",
    "lianqiao.site.doors.body_first",
    "lianqiao.site.doors.visited",
    "lianqiao.site.straight.straight",
    "django.middleware.security.SecurityMiddleware",
    "lianqiao.site.doors.protective_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "lianqiao.site.faults.PageFaults",
    "allauth.account.middleware.AccountMiddleware",
    "lianqiao.signin.entrance.entrance",
]
ROOT_URLCONF = "lianqiao.site.urls"
WSGI_APPLICATION = "lianqiao.site.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "lianqiao.site.look.face",
            ]
        },
    }
]
FORM_RENDERER = "lianqiao.site.look.Drawn"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
MESSAGE_TAGS = {25: "good", 30: "warn", 40: "bad"}  # the tones of a notice on a page
CSRF_FAILURE_VIEW = "lianqiao.site.faults.form_expired"
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "lianqiao.site.assets.Marked"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 0 if DEBUG else 31_536_000  # their addresses change with their content

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_COOKIE_SECURE = LIANQIAO_BASE_URL.startswith("https://")
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
# Named after the node: on one machine, two nodes share the cookies of its address.
CSRF_COOKIE_NAME = f"__Host-csrf-{LIANQIAO_NODE}" if CSRF_COOKIE_SECURE else f"lianqiao_csrf_{LIANQIAO_NODE}"
SECURE_HSTS_SECONDS = 31_536_000 if CSRF_COOKIE_SECURE else 0
CSRF_TRUSTED_ORIGINS = [LIANQIAO_BASE_URL]

# Signing in: django-allauth, fitted to this house by lianqiao.signin (docs/decisions/0011)

LIANQIAO_SESSION_MINUTES: int = env.int("LIANQIAO_SESSION_MINUTES", default=30)
LIANQIAO_SESSION_HOURS: int = env.int("LIANQIAO_SESSION_HOURS", default=12)
LIANQIAO_LOCK_ATTEMPTS: int = env.int("LIANQIAO_LOCK_ATTEMPTS", default=5)
LIANQIAO_LOCK_SECONDS: int = env.int("LIANQIAO_LOCK_SECONDS", default=300)
LIANQIAO_INVITATION_HOURS: int = env.int("LIANQIAO_INVITATION_HOURS", default=72)
SESSION_ENGINE = "lianqiao.signin.store"
SESSION_COOKIE_AGE = LIANQIAO_SESSION_HOURS * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = (
    f"__Host-session-{LIANQIAO_NODE}" if SESSION_COOKIE_SECURE else f"lianqiao_session_{LIANQIAO_NODE}"
)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# In the database, because what one process writes (a code, a limit) another one reads.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "signin_kept",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}
AUTHENTICATION_BACKENDS = ["lianqiao.signin.backend.People"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/start"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "lianqiao.signin.fitting.Accounts"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "account"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": None}  # ours: lianqiao.signin.locks
ACCOUNT_FORMS = {"login": "lianqiao.signin.forms.SignIn", "change_password": "lianqiao.signin.forms.ChangePassword"}
IDP_OIDC_ADAPTER = "lianqiao.signin.provider.Provider"
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 30 * 24 * 3600
MFA_ADAPTER = "lianqiao.signin.fitting.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SESSION_COOKIE_SECURE
MFA_FORMS = {
    "authenticate": "lianqiao.signin.forms.SecondFactor",
    "reauthenticate": "lianqiao.signin.forms.SecondFactorAgain",
    "add_webauthn": "lianqiao.signin.forms.NewKey",
    "edit_webauthn": "lianqiao.signin.forms.RenamedKey",
}

# Language and time: stored in UTC, reckoned and shown in the one civil time of China

LANGUAGE_CODE = LIANQIAO_LANGUAGE
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "lianqiao.site.logs.Discreet", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LIANQIAO_LOG_LEVEL", default="INFO").upper()},
    "loggers": {"httpx": {"level": "WARNING"}},
}
