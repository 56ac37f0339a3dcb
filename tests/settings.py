"""The settings of the tests: those of a developer's machine, starting as the owner, who
makes the test database.
"""

import os

os.environ.setdefault("DEBUG", "on")
os.environ["DATABASE_LOGIN"] = "owner"
for name in ("DEMO", "REQUIRE_REVIEW", "APPROVE_OWN_CHANGES"):
    os.environ.pop(name, None)

# Those who sign in through `force_login` have none; tests/signin asks for it.
os.environ["REQUIRE_SECOND_FACTOR"] = "off"

from config.settings import *  # noqa: E402, F403
from config.settings import STORAGES  # noqa: E402

STORAGES["files"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}

# The real one takes half a second for each password, so that guessing is slow.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Nothing has been collected: static files are served from where they stand.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
# As a live site says: else a browser fetches each file anew with each page.
WHITENOISE_MAX_AGE = 60

# A test’s client does not close an answer of which it reads nothing, as servers do.
# tests/config/test_load.py has few places.
REQUESTS_AT_ONCE = 1_000
