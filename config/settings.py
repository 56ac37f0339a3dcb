"""Every setting, read from the environment.

docs/operations.md has the table of those that an operator may set.
"""

from datetime import date
from pathlib import Path
from typing import Any

from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import environment as env
from config import logs, organisation
from config.static import ask_to_keep

BASE_DIR = Path(__file__).resolve().parent.parent
# Installed from a wheel, the code stands where nobody writes.
place = BASE_DIR if (BASE_DIR / "manage.py").exists() else Path.cwd()
VAR_DIR = Path(env.text("VAR_DIR", str(place / "var")))

DEBUG = env.flag("DEBUG", default=False)
DEMO = env.flag("DEMO", default=False)
# One process serves everything. Or it has only that installed which the public, or the
# partners, may see.
SERVE = env.choice("SERVE", "all", ("all", "public", "partners"))
DESK = SERVE == "all"
DESK_ADDRESSES: tuple[str, ...] = ()
if DESK:
    DESK_ADDRESSES = ("/admin/", "/api/editorial/")

# What the organisation says of itself and of its country: docs/organisation.md.
OWN = organisation.read(env.text("ORGANISATION_FILE"))

# --- Who may reach the site -----------------------------------------------------------

SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it to a long random string, or DEBUG=on to try"
            " things out."
        )
    SECRET_KEY = env.kept_secret(VAR_DIR / "secret-key")

# What proves to the database who acts (cases/history/proof.py). The desk and whoever
# migrates have it.
ACTING_SECRET = ""
if DESK:
    ACTING_SECRET = env.text("ACTING_SECRET")
    if not ACTING_SECRET and DEBUG:
        ACTING_SECRET = env.kept_secret(VAR_DIR / "acting-secret")

# DEBUG turns HTTPS off: the machine on which one tries things out has no certificate.
hosts, hsts_seconds = "", 31_536_000
if DEBUG:
    hosts, hsts_seconds = "127.0.0.1 localhost [::1]", 0
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", hosts)
SECURE_SSL_REDIRECT = env.flag("HTTPS_REDIRECT", default=not DEBUG)
SESSION_COOKIE_SECURE = env.flag("HTTPS_COOKIES", default=not DEBUG)
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
SECURE_HSTS_SECONDS = env.number("HSTS_SECONDS", default=hsts_seconds)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.flag("HSTS_SUBDOMAINS", default=not DEBUG)
SECURE_HSTS_PRELOAD = env.flag("HSTS_PRELOAD", default=False)
# Preloading binds a whole domain for years. Its owner decides that.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
if HTTPS_HEADER := env.header("HTTPS_HEADER"):
    SECURE_PROXY_SSL_HEADER = (HTTPS_HEADER, "https")

# Where the public pages are an onion service, too: they tell browsers that can use it.
ONION_ADDRESS = env.onion("ONION_ADDRESS")

# How many requests of readers, and how many of the desk, each worker works on at once.
REQUESTS_AT_ONCE = env.number("REQUESTS_AT_ONCE", default=4, minimum=1)
POOLED = env.flag("DATABASE_POOL", default=False)

# --- Databases: one server, five logins (docs/architecture.md) ------------------------

DATABASE_VARIABLES = {
    "desk": "DATABASE_URL",
    "owner": "DATABASE_OWNER_URL",
    "publisher": "DATABASE_PUBLISHER_URL",
    "public": "DATABASE_PUBLIC_URL",
    "partners": "DATABASE_PARTNERS_URL",
}
ROLES: tuple[str, ...] = (SERVE,)
if DESK:
    ROLES = tuple(DATABASE_VARIABLES)
DATABASE_URLS = {role: env.text(DATABASE_VARIABLES[role]) for role in ROLES}
if not any(DATABASE_URLS.values()):
    if not DEBUG:
        raise ImproperlyConfigured(
            f"{DATABASE_VARIABLES[ROLES[0]]} is not set. The embedded PostgreSQL is"
            " for trying, developing and testing only (DEBUG=on)."
        )
    from config import embedded_postgres

    DATABASE_URLS = embedded_postgres.start(VAR_DIR)
DATABASE_LOGIN = env.choice(
    "DATABASE_LOGIN", "desk", ("desk", "owner", "publisher", "relay")
)
# The address behind each role. A role without an address has the desk's, which
# `check --deploy` refuses. The publisher's process needs no address but its own, and
# nobody else needs that one: the desk must not hold its password.
DATABASE_LOGINS: dict[str, dict[str, Any]] = {}
for role in ROLES:
    url = DATABASE_URLS[role] or DATABASE_URLS.get("desk", "")
    if not url and DATABASE_LOGIN == "publisher":
        url = DATABASE_URLS["publisher"]
    DATABASE_LOGINS[role] = env.database(DATABASE_VARIABLES[role], url)
# The owner of a relay's or a replica's own database (docs/scaling.md): only the commands
# that fill it ask for this login.
IS_RELAY = DATABASE_LOGIN == "relay"
if IS_RELAY:
    if DESK:
        raise ImproperlyConfigured(
            "A relay is for one audience. Set SERVE to public or partners."
        )
    relay_url = env.text("DATABASE_RELAY_URL")
    DATABASE_LOGINS["relay"] = env.database("DATABASE_RELAY_URL", relay_url)
# "public" is what anyone may see, "partners" what partners may see. Tracker querysets
# name one of these two, and never "default". In a process for one audience, "default"
# has the same login, so nothing can reach further.
default_login, audiences, reading = SERVE, [SERVE], []
if IS_RELAY:
    default_login = "relay"
if DESK:
    default_login, audiences = DATABASE_LOGIN, ["public", "partners"]
    reading = ["public"]
elif SERVE == "public":
    reading = ["public"] if IS_RELAY else ["default", "public"]
DATABASES: dict[str, Any] = {"default": {**DATABASE_LOGINS[default_login]}}
for alias in audiences:
    DATABASES[alias] = {**DATABASE_LOGINS[alias], "TEST": {"MIRROR": "default"}}
for alias in reading:
    DATABASES[alias]["OPTIONS"] = env.read_only(DATABASES[alias].get("OPTIONS", {}))
# Nothing that readers ask takes so long. What sets this away is ended by the publisher.
for alias in DATABASES:
    if alias != "default" or not (DESK or IS_RELAY):
        options = DATABASES[alias].get("OPTIONS", {})
        DATABASES[alias]["OPTIONS"] = env.at_most(30, options)
# A web server's threads share connections (config/wsgi.py). A command, which works alone,
# keeps its own.
if POOLED:
    for database in DATABASES.values():
        env.pool(database, 2 * REQUESTS_AT_ONCE)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- What runs ------------------------------------------------------------------------

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
    "config.request_ids.name_requests",
    "config.headers.ask_of_browsers",
    "config.load.shed",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.compressing.CompressForAnyone",
    "tracker.site.languages.PageLanguage",
    "django.middleware.common.CommonMiddleware",
    "config.headers.cap_bodies",
    "config.other_pages.answer_preflights",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
CONTEXT_PROCESSORS = ["django.template.context_processors.request"]
if DESK:
    INSTALLED_APPS = [
        # Before the library, whose `createsuperuser` it replaces.
        "cases.desk.signin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "pgtrigger",
        "pghistory",
        "cases.desk.partners",
        "cases.desk.access",
        "cases.desk.proposals",
        "cases.desk.lists",
        "cases.desk.casework",
        "cases.desk.drafts",
        "cases.desk.requests",
        "cases.desk.erasing",
        "allauth",
        "allauth.account",
        "allauth.mfa",
        "allauth.usersessions",
        "cases.desk",
        "cases",
        # The admin stands after the apps whose templates go before its own.
        "cases.desk.site.SiteConfig",
        *INSTALLED_APPS,
    ]
    MIDDLEWARE += [
        "cases.desk.asked.refuse_long_questions",
        "cases.desk.signin.sessions.Sessions",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "allauth.account.middleware.AccountMiddleware",
        "cases.desk.signin.language.speak_to_the_reader",
        "cases.desk.signin.middleware.RequireSecondFactor",
        "cases.desk.lists.door.let_in",
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

# --- Signing in to the desk (docs/decisions/sign-in.md) -------------------------------

# Must every account show a second factor? It is off in the demo only, whose account is
# made anew at each start.
REQUIRE_SECOND_FACTOR = env.flag("REQUIRE_SECOND_FACTOR", default=not DEMO)
validation = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"{validation}.UserAttributeSimilarityValidator"},
    {
        "NAME": f"{validation}.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": f"{validation}.CommonPasswordValidator"},
    {"NAME": f"{validation}.NumericPasswordValidator"},
    {"NAME": "cases.desk.signin.passwords.MoreThanTheName"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "admin:index"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
SESSION_ENGINE = "cases.desk.signin.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds: a working day
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # seconds: how long a link for a password is good
ACCOUNT_ADAPTER = "cases.desk.signin.adapter.Accounts"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# How many attempts may fail in so many minutes, or in a day. They are counted by
# address; by the account name as it was typed, even if there is no such account; and by
# the account whose code is asked.
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key,50/d/key"}
MFA_ADAPTER = "cases.desk.signin.adapter.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "cases.desk.signin.forms.AuthenticateForm",
    "reauthenticate": "cases.desk.signin.forms.ReauthenticateForm",
}
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # half a minute, for clocks that go wrong and codes typed late

# --- Review and publishing ------------------------------------------------------------

# Must a second person approve what is published? It is off in the demo only, where
# saving approves.
REQUIRE_REVIEW = env.flag("REQUIRE_REVIEW", default=not DEMO)
# May somebody who changed the case approve it? Then one person alone can do everything.
APPROVE_OWN_CHANGES = env.flag("APPROVE_OWN_CHANGES", default=DEMO)

# --- On what terms --------------------------------------------------------------------

# The API's first address and every published document state these
# (tracker/contract/terms.py).
ORGANISATION = env.text("ORGANISATION", OWN.name)
PUBLISH_OFFICIALS = OWN.publish_officials
SEARCH_ENGINES = OWN.search_engines
CONTACT = env.text("CONTACT")
LICENCE = env.text("LICENCE")
LICENCE_URL = env.text("LICENCE_URL")
if DEMO:
    ORGANISATION = ORGANISATION or "Prisoner tracker (demonstration)"
    LICENCE = LICENCE or "CC-BY-4.0"
    LICENCE_URL = LICENCE_URL or "https://creativecommons.org/licenses/by/4.0/"
PARTNERS_LICENCE = env.text(
    "PARTNERS_LICENCE", "For partners only. Not for publication."
)
WITHDRAWAL_HOURS = env.number("WITHDRAWAL_HOURS", default=24, minimum=1)

# --- Tamper evidence ------------------------------------------------------------------

# A private key (docs/operations.md, “Checkpoints of history”). Only the machine that
# makes checkpoints needs it.
CHECKPOINT_KEY_FILE = env.text("CHECKPOINT_KEY_FILE")

# --- Insiders -------------------------------------------------------------------------

# How many rows one export from the desk may hold.
EXPORT_MAX_ROWS = env.number("EXPORT_MAX_ROWS", default=1_000)
# How many rows of lists the editorial API shows to one person on a day without a reason.
EDITORIAL_ROWS_A_DAY = env.number("EDITORIAL_ROWS_A_DAY", default=500)

# --- What goes by itself (docs/operations.md) -----------------------------------------

# After how many days `manage.py forget_access` deletes it.
longest = 36_500  # days: later ones are in no calendar
ACCESS_LOG_DAYS = env.number("ACCESS_LOG_DAYS", default=400, minimum=1, maximum=longest)
# The database gives nobody an older draft than of seven days.
DRAFT_DAYS = env.number("DRAFT_DAYS", default=7, minimum=1, maximum=7)
LIST_FILE_DAYS = env.number("LIST_FILE_DAYS", default=30, minimum=1, maximum=longest)
# What a partner said in a proposal that was decided; 0: never.
PROPOSAL_DAYS = env.number("PROPOSAL_DAYS", default=0, maximum=longest)

# --- Requests of people ---------------------------------------------------------------

# Within how many months a request to take something out, to correct it or to see it is
# answered (the GDPR, article 12(3)); and how many days after that we forget who asked.
REQUEST_MONTHS = env.number("REQUEST_MONTHS", default=1, minimum=1, maximum=12)
REQUEST_CONTACT_DAYS = env.number(
    "REQUEST_CONTACT_DAYS", default=90, minimum=1, maximum=longest
)

# --- What is to be done ---------------------------------------------------------------

# After how many months without news the start page asks for a person, or a case.
NEWS_EXPECTED_MONTHS = env.number("NEWS_EXPECTED_MONTHS", default=6, minimum=1)

# --- Backups (docs/operations.md) -----------------------------------------------------

BACKUP_KEYS = env.words("BACKUP_KEYS")
BACKUP_DAYS = env.number("BACKUP_DAYS", default=30, minimum=1, maximum=longest)

# --- Languages, files, APIs -----------------------------------------------------------

LANGUAGE_CODE = "en"
# Of the statement: a transaction may take long, and its end is nobody's to choose.
PGHISTORY_CREATED_AT_FUNCTION = "statement_timestamp()"
# Beside ISO 3166-1, by the codes that it leaves to its users.
COUNTRIES_OVERRIDE = {"XK": _("Kosovo")}
LANGUAGES = [("en", _("English")), ("be", _("Belarusian")), ("ru", _("Russian"))]
if OWN.languages:
    LANGUAGES = [(code, _(LANG_INFO[code]["name"])) for code in OWN.languages]
# In which the desk speaks to those who have not chosen theirs.
DESK_LANGUAGE = env.choice("DESK_LANGUAGE", "en", tuple(dict(LANGUAGES)))
# The second holds what Django and django-countries lack, or have in other spelling:
# months, languages and countries, as Unicode's CLDR has them.
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "cldr"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_TZ = True
TIME_ZONE = "UTC"
# Hours at the desk are told in it, with its name.
DESK_TIME_ZONE = env.time_zone("DESK_TIME_ZONE", OWN.time_zone or "UTC")

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nobody asks
    # `collectstatic` puts a compressed copy beside each file.
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
if DESK:
    # Kept of cases and sources, for the desk alone: no address leads into this folder.
    STORAGES["files"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.text("FILES_DIR", str(VAR_DIR / "files")),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    }
WHITENOISE_ADD_HEADERS_FUNCTION = ask_to_keep
WHITENOISE_ALLOW_ALL_ORIGINS = False  # config/other_pages.py says what others read

REST_FRAMEWORK: dict[str, Any] = {
    "EXCEPTION_HANDLER": "tracker.api.problems.exception_handler",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["tracker.api.parsing.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "tracker.api.schema.ApiSchema",
}
# How often one may ask the read API; 0 is no limit.
KEY_REQUESTS_A_MINUTE = env.number("KEY_REQUESTS_A_MINUTE", default=600)
ADDRESS_REQUESTS_A_MINUTE = env.number("ADDRESS_REQUESTS_A_MINUTE", default=600)
# How much of what was answered each worker keeps, until something else is published; 0
# keeps nothing (docs/decisions/caching.md).
KEPT_BYTES = env.number("KEPT_ANSWERS_MB", default=32) * 1_000_000
# Addresses of the read API that will go: {name in tracker/api/urls.py: (since, until)},
# both dates. Their answers say so (docs/api.md, “Versions”).
DEPRECATED: dict[str, tuple[date, date]] = {}
# How many proxies have their X-Forwarded-For believed.
REST_FRAMEWORK["NUM_PROXIES"] = env.number("TRUSTED_PROXIES", default=0)
IN_MEMORY = "django.core.cache.backends.locmem.LocMemCache"
CACHES: dict[str, Any] = {
    "default": {"BACKEND": IN_MEMORY},
    "throttles": {
        "BACKEND": IN_MEMORY,
        "LOCATION": "throttles",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}
if DESK:
    # What all processes count together. Without the desk nothing asks for it.
    CACHES["default"] = {"BACKEND": "cases.desk.signin.cache.SharedCache"}
else:
    # Django's own anonymous user comes with the app of accounts.
    REST_FRAMEWORK["UNAUTHENTICATED_USER"] = None
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Prisoner tracker",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/",
    "SERVE_INCLUDE_SCHEMA": False,
    "DEFAULT_GENERATOR_CLASS": "tracker.api.schema.DrawnOnce",
    "OAS_VERSION": "3.1.1",
    "COMPONENT_SPLIT_REQUEST": True,  # only answers have what the site sets itself
    "POSTPROCESSING_HOOKS": [
        "tracker.api.schema.with_problems",
        "tracker.api.schema.with_tags",
        "tracker.api.schema.with_any_value",
    ],
}

# --- Security headers -----------------------------------------------------------------

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
SECURE_REFERRER_POLICY = "no-referrer"  # another one at the desk: config/headers.py
X_FRAME_OPTIONS = "DENY"
# The words of a message (“… was changed”) stay on the server. Django's default puts
# them into a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_AGE = None  # it goes with the session, when the browser is closed
if SESSION_COOKIE_SECURE:
    # Browsers take a cookie with this prefix only by HTTPS, from this very host and for
    # the whole of it.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"

# --- What is written down -------------------------------------------------------------

LOGGING = logs.to_stderr(env.choice("LOG_FORMAT", "text", tuple(logs.FORMATTERS)))

# --- What is taken in -----------------------------------------------------------------

# Bytes of a request, without the files that come with a form of the desk.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
UPLOAD_MAX_BYTES = env.number("UPLOAD_MAX_MB", default=25) * 1_000_000
# In memory: no copy of a file is put into the folder for temporary files.
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_MAX_BYTES
# The largest file that is kept of a case, a source or anything else.
FILE_MAX_BYTES = env.number("FILE_MAX_MB", default=20) * 1_000_000
# A long case has thousands of fields on its page, and must still be saved.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
