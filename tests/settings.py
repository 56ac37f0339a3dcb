"""The settings of the tests: those of a developer's machine, starting as the owner, who makes the test database."""

import os

os.environ.setdefault("DEBUG", "on")
os.environ["DATABASE_LOGIN"] = "owner"
for name in ("DEMO", "REQUIRE_REVIEW"):
    os.environ.pop(name, None)

from config.settings import *  # noqa: E402, F403

# Nothing has been collected: static files are served from where they stand.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
