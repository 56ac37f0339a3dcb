"""Every setting, read from the environment. The table of those that an operator may set: docs/operations.md."""

import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))

DEBUG = env.flag("DEBUG", default=False)
DEMO = env.flag("DEMO", default=False)

# --- Who may reach the site -------------------------------------------------------------------------------------

SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it to a long random string, or DEBUG=on to try things out."
        )
    SECRET_KEY = secrets.token_urlsafe(50)
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1 localhost [::1]" if DEBUG else "")

# --- Databases: one server, four logins (docs/architecture.md) --------------------------------------------------


def _database(url: str, **options: Any) -> dict[str, Any]:
    config = dj_database_url.parse(url, conn_max_age=600, conn_health_checks=True)
    if "postgresql" not in config["ENGINE"]:
        raise ImproperlyConfigured(
            "DATABASE_URL must be a PostgreSQL address, such as postgres://login:password@host/name."
        )
    return {**config, **options}


DATABASE_URLS = {
    "desk": env.text("DATABASE_URL"),
    "owner": env.text("DATABASE_OWNER_URL"),
    "public": env.text("DATABASE_PUBLIC_URL"),
    "partners": env.text("DATABASE_PARTNERS_URL"),
}
if not DATABASE_URLS["desk"]:
    if not DEBUG:
        raise ImproperlyConfigured(
            "DATABASE_URL is not set. The embedded PostgreSQL is for trying, developing and testing only (DEBUG=on)."
        )
    from config import embedded_postgres as embedded

    DATABASE_URLS = embedded.start(VAR_DIR)

DATABASE_LOGIN = env.text("DATABASE_LOGIN", "desk")
if DATABASE_LOGIN not in {"desk", "owner"}:
    raise ImproperlyConfigured(f"DATABASE_LOGIN must be desk or owner, not “{DATABASE_LOGIN}”.")

DATABASES = {
    "default": _database(DATABASE_URLS[DATABASE_LOGIN] or DATABASE_URLS["desk"]),
    # What anyone, and what partners may see. Tracker querysets name one of these two, and never "default".
    "public": _database(DATABASE_URLS["public"] or DATABASE_URLS["desk"], TEST={"MIRROR": "default"}),
    "partners": _database(DATABASE_URLS["partners"] or DATABASE_URLS["desk"], TEST={"MIRROR": "default"}),
}
# The login behind each role, for the grants made after migrating (config/logins.py).
DATABASE_LOGINS = {
    role: dj_database_url.parse(url or DATABASE_URLS["desk"])["USER"] for role, url in DATABASE_URLS.items()
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- What runs ---------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework_api_key",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_countries",
    "csp",
    "pgtrigger",
    "cases",
    "tracker",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# --- Review and publishing ---------------------------------------------------------------------------------------

# Must a second person approve what is published? Off only in the demo: saving then approves.
REQUIRE_REVIEW = env.flag("REQUIRE_REVIEW", default=not DEMO)

# --- Languages, files, APIs --------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"

REST_FRAMEWORK: dict[str, Any] = {
    "EXCEPTION_HANDLER": "tracker.api.problems.exception_handler",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Prisoner tracker",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- Security headers --------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "no-referrer"
X_FRAME_OPTIONS = "DENY"
