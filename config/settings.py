"""Every setting, read from the environment. The table of those that an operator may
set: docs/operations.md.
"""

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import environment as env
from config.logs import TO_STDERR
from config.static import ask_to_keep

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))

DEBUG = env.flag("DEBUG", default=False)
DEMO = env.flag("DEMO", default=False)
# One process for everything, or one that has nothing installed but what the public, or
# the partners, may see.
SERVE = env.choice("SERVE", "all", ("all", "public", "partners"))
DESK = SERVE == "all"
DESK_ADDRESSES = ("/admin/", "/api/editorial/") if DESK else ()

# --- Who may reach the site -------------------------------------------------------------------------------------

SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it to a long random string, or DEBUG=on to try things out."
        )
    SECRET_KEY = env.kept_secret(VAR_DIR / "secret-key")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1 localhost [::1]" if DEBUG else "")

# Off while DEBUG is on: the machine one tries things out on has no certificate.
SECURE_SSL_REDIRECT = env.flag("HTTPS_REDIRECT", default=not DEBUG)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.flag(
    "HTTPS_COOKIES", default=not DEBUG
)
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", default=0 if DEBUG else 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_SUBDOMAINS", default=not DEBUG)
SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD", default=False)
SILENCED_SYSTEM_CHECKS = [
    "security.W021"
]  # preloading binds a whole domain for years: its owner decides, not we
if HTTPS_HEADER := env.header("HTTPS_HEADER"):
    SECURE_PROXY_SSL_HEADER = (HTTPS_HEADER, "https")

# --- Databases: one server, four logins (docs/architecture.md) --------------------------------------------------

DATABASE_VARIABLES = {
    "desk": "DATABASE_URL",
    "owner": "DATABASE_OWNER_URL",
    "public": "DATABASE_PUBLIC_URL",
    "partners": "DATABASE_PARTNERS_URL",
}
ROLES = tuple(DATABASE_VARIABLES) if DESK else (SERVE,)
DATABASE_URLS = {role: env.text(DATABASE_VARIABLES[role]) for role in ROLES}
if not any(DATABASE_URLS.values()):
    if not DEBUG:
        raise ImproperlyConfigured(
            f"{DATABASE_VARIABLES[ROLES[0]]} is not set. The embedded PostgreSQL is for trying, developing and testing"
            " only (DEBUG=on)."
        )
    from config import embedded_postgres

    DATABASE_URLS = embedded_postgres.start(VAR_DIR)
# The address behind each role. A role without one of its own has the desk's, which
# `check --deploy` refuses.
DATABASE_LOGINS = {
    role: env.database(
        DATABASE_VARIABLES[role], DATABASE_URLS[role] or DATABASE_URLS["desk"]
    )
    for role in ROLES
}
DATABASE_LOGIN = env.choice("DATABASE_LOGIN", "desk", ("desk", "owner"))
# "public" and "partners" are what anyone, and what partners may see. Tracker querysets
# name one of these two, and never "default": in a process of their own that is the same
# login, so that nothing can reach further.
DATABASES: dict[str, Any] = {
    "default": {**DATABASE_LOGINS[DATABASE_LOGIN if DESK else SERVE]}
}
for alias in ("public", "partners") if DESK else (SERVE,):
    DATABASES[alias] = {**DATABASE_LOGINS[alias], "TEST": {"MIRROR": "default"}}
for alias in (
    ("public",) if DESK else ("default", "public") if SERVE == "public" else ()
):
    DATABASES[alias]["OPTIONS"] = env.read_only(DATABASES[alias].get("OPTIONS", {}))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- What runs ---------------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_countries",
    "csp",
    "config",
    "tracker",
]
MIDDLEWARE = [
    "config.headers.ask_of_browsers",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.headers.cap_bodies",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
CONTEXT_PROCESSORS = ["django.template.context_processors.request"]
if DESK:
    INSTALLED_APPS = [
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "rest_framework_api_key",
        "pgtrigger",
        "pghistory",
        "cases.desk.partners",
        "cases.desk.access",
        "cases.desk.proposals",
        "cases.desk.signin",
        "allauth",
        "allauth.account",
        "allauth.mfa",
        "allauth.usersessions",
        "cases.desk",
        "cases",
        "cases.desk.site.SiteConfig",  # the admin, after those that put templates of their own before its
        *INSTALLED_APPS,
    ]
    MIDDLEWARE += [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "allauth.account.middleware.AccountMiddleware",
        "cases.desk.signin.middleware.RequireSecondFactor",
        "cases.desk.access.middleware.log_what_is_shown",
        "cases.desk.middleware.say_who_acts",
        "django.contrib.messages.middleware.MessageMiddleware",
    ]
    CONTEXT_PROCESSORS += [
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": CONTEXT_PROCESSORS},
    },
]

# --- Signing in to the desk (docs/decisions/sign-in.md) ----------------------------------------------------------

# Must every account show a second factor? Off only in the demo: its account is made
# anew at each start.
REQUIRE_SECOND_FACTOR = env.flag("REQUIRE_SECOND_FACTOR", default=not DEMO)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": 12}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
LOGIN_URL, LOGIN_REDIRECT_URL, ACCOUNT_LOGOUT_REDIRECT_URL = (
    "account_login",
    "admin:index",
    "account_login",
)
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds: a working day
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
PASSWORD_RESET_TIMEOUT = (
    24 * 60 * 60
)  # seconds: how long a link for a new password is good
ACCOUNT_ADAPTER = "cases.desk.signin.adapter.Accounts"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# In that many minutes, or in a day; by address, by account name as it was typed
# (whether or not there is such an account) and by the account whose code is asked.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key,50/d/key"}
MFA_ADAPTER = "cases.desk.signin.adapter.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "cases.desk.signin.forms.AuthenticateForm",
    "reauthenticate": "cases.desk.signin.forms.ReauthenticateForm",
}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = (
    1  # times half a minute, for clocks that go wrong and codes typed late
)

# --- Review and publishing ---------------------------------------------------------------------------------------

# Must a second person approve what is published? Off only in the demo: saving then
# approves.
REQUIRE_REVIEW = env.flag("REQUIRE_REVIEW", default=not DEMO)
# May it be one who changed the case? One person alone can then do everything.
APPROVE_OWN_CHANGES = env.flag("APPROVE_OWN_CHANGES", default=DEMO)

# --- On what terms ------------------------------------------------------------------------------------------------

# What the API's first address tells, and what goes with every published document
# (tracker/contract/terms.py).
ORGANISATION = env.text(
    "ORGANISATION", "Prisoner tracker (demonstration)" if DEMO else ""
)
CONTACT = env.text("CONTACT")
LICENCE = env.text("LICENCE", "CC-BY-4.0" if DEMO else "")
LICENCE_URL = env.text(
    "LICENCE_URL", "https://creativecommons.org/licenses/by/4.0/" if DEMO else ""
)
PARTNERS_LICENCE = env.text(
    "PARTNERS_LICENCE", "For partners only. Not for publication."
)
WITHDRAWAL_HOURS = env.number("WITHDRAWAL_HOURS", default=24, minimum=1)

# --- Tamper evidence ---------------------------------------------------------------------------------------------

# A private key (docs/operations.md, "Checkpoints of history"). Only the machine that
# makes checkpoints needs it.
CHECKPOINT_KEY_FILE = env.text("CHECKPOINT_KEY_FILE")

# --- Insiders ----------------------------------------------------------------------------------------------------

# How many rows one export from the desk may hold, and for how long `manage.py
# forget_access` keeps the access log.
EXPORT_MAX_ROWS = env.number("EXPORT_MAX_ROWS", default=1_000)
ACCESS_LOG_DAYS = env.number("ACCESS_LOG_DAYS", default=400)

# --- Languages, files, APIs --------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
WHITENOISE_ADD_HEADERS_FUNCTION = ask_to_keep

REST_FRAMEWORK: dict[str, Any] = {
    "EXCEPTION_HANDLER": "tracker.api.problems.exception_handler",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["tracker.api.parsing.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "tracker.api.schema.ApiSchema",
}
# How often one may ask the read API; 0 is no limit. Proxies are those whose
# X-Forwarded-For is believed.
KEY_REQUESTS_A_MINUTE = env.number("KEY_REQUESTS_A_MINUTE", default=600)
ADDRESS_REQUESTS_A_MINUTE = env.number("ADDRESS_REQUESTS_A_MINUTE", default=600)
REST_FRAMEWORK["NUM_PROXIES"] = env.number("TRUSTED_PROXIES", default=0)
IN_MEMORY = "django.core.cache.backends.locmem.LocMemCache"
CACHES: dict[str, Any] = {
    # What all processes count together. Without the desk nothing asks for it.
    "default": {
        "BACKEND": "cases.desk.signin.cache.SharedCache" if DESK else IN_MEMORY
    },
    "pages": {"BACKEND": IN_MEMORY, "LOCATION": "pages"},
    "throttles": {
        "BACKEND": IN_MEMORY,
        "LOCATION": "throttles",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}
if not DESK:
    REST_FRAMEWORK["UNAUTHENTICATED_USER"] = (
        None  # Django's own stands in its users' app
    )
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Prisoner tracker",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/",
    "SERVE_INCLUDE_SCHEMA": False,
    "OAS_VERSION": "3.1.1",
    "COMPONENT_SPLIT_REQUEST": True,  # what only the site sets stands in answers alone
    "POSTPROCESSING_HOOKS": [
        "tracker.api.schema.with_problems",
        "tracker.api.schema.with_any_value",
        "tracker.api.sampling.with_examples",
    ],
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
# What no page here needs, so that nothing that gets into one may use it either.
NOT_NEEDED = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "screen-wake-lock",
    "usb",
)
PERMISSIONS_POLICY: dict[str, list[str]] = {feature: [] for feature in NOT_NEEDED}
SECURE_REFERRER_POLICY = "no-referrer"  # but at the desk: config/headers.py
X_FRAME_OPTIONS = "DENY"
# The words of a message ("… was changed") stay on the server: by default they go into a
# cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_SAMESITE = "Strict"
if SESSION_COOKIE_SECURE:
    # By that prefix browsers hold that a cookie came by HTTPS, from this very host, for
    # all of it.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"

# --- What is written down -----------------------------------------------------------------------------------------

LOGGING = TO_STDERR

# --- What is taken in ---------------------------------------------------------------------------------------------

DATA_UPLOAD_MAX_MEMORY_SIZE = (
    2_500_000  # bytes; all of a request but the files that come with a form of the desk
)
UPLOAD_MAX_BYTES = env.number("UPLOAD_MAX_MB", default=25) * 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = (
    10_000  # a long case has thousands on its page, and must still be saved
)
