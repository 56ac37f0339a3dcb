"""Runs an administrative command: manage.py in a checkout, `prisoner-tracker` where the
wheel is installed.
"""

import os
import sys

# Commands that change tables or take history out need the owner's login, those that
# publish the publisher's; everything else, web server included, runs with the desk's.
# See docs/operations.md, "Database logins".
PUBLISHER_COMMANDS = {"publish", "feed", "doctor", "statuses", "metrics"}
OWNER_COMMANDS = {
    "migrate",
    "upgrade",
    "makemigrations",
    "showmigrations",
    "sqlmigrate",
    "flush",
    "dbshell",
    "createsuperuser",
    "demo",
    "backup",
    "restore",
    "panic",
    "erase",
    "forget_access",
}
# Of a relay, of a replica: they have the software of one audience (docs/scaling.md).
RELAY_COMMANDS = {"replica", "doctor"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    of_one_audience = os.environ.get("SERVE", "").strip() not in ("", "all")
    if len(sys.argv) > 1 and sys.argv[1] in RELAY_COMMANDS and of_one_audience:
        os.environ.setdefault("DATABASE_LOGIN", "relay")
    if len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS:
        if of_one_audience:
            sys.exit(
                f"{sys.argv[1]} needs the whole software and the owner's login. Run it without SERVE."
            )
        os.environ.setdefault("DATABASE_LOGIN", "owner")
    if len(sys.argv) > 1 and sys.argv[1] in PUBLISHER_COMMANDS:
        os.environ.setdefault("DATABASE_LOGIN", "publisher")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(str(error))
