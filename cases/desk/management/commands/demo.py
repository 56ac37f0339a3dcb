"""`manage.py demo`: what `make run` shows.

It is the record of the seed texts, approved and published, and an account to sign in.
"""

import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from django.utils.translation import gettext as _

from cases import day as days
from cases.catalogue import CASES, KINDS
from cases.history import acting
from cases.publishing import epochs, publish_pending
from cases.publishing.confirming import must_be_confirmed, remember
from cases.review.approving import approve

# An advisory lock: two first starts would load the record twice.
ONE_AT_A_TIME = 7_120_260_913
USERNAME = "demo"


class Command(BaseCommand):
    help = (
        "Fill an empty record with the fixtures, publish it,"
        " and print a new password for the account “demo”."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--empty", action="store_true", help="Load nothing: begin a record."
        )

    def handle(self, *args: object, **options: object) -> None:
        if not (settings.DEBUG and settings.DEMO):
            raise CommandError(
                _(
                    "The demo is for trying things out only."
                    " Set DEBUG=on and DEMO=on to start it."
                )
            )
        with acting(page="manage.py demo"), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
            if record_is_empty() and not options["empty"]:
                load_fixtures()
                approve_everything()
        days.confirm()  # the demo may have been put away for weeks
        if must_be_confirmed(epochs.stored()):
            remember("", USERNAME)  # of a demo nobody has to read them
        publish_pending()
        password = renew_account()
        self.stdout.write(
            _("Sign in at /admin/ as “%(name)s” with the password %(password)s")
            % {"name": USERNAME, "password": password}
        )


def record_is_empty() -> bool:
    """Fixtures are for an empty record only: what anyone entered or edited stays."""
    return not any(model._default_manager.exists() for model in CASES.values())


def load_fixtures() -> None:
    fixtures = sorted((settings.BASE_DIR / "fixtures").glob("*.json"))
    call_command("loaddata", *fixtures, verbosity=0)


def approve_everything() -> None:
    for kind, model in KINDS.items():
        for root_id, version in model._default_manager.values_list("id", "version"):
            approve(
                kind, root_id, seen_version=version, reason=_("Loaded with the demo.")
            )


def renew_account() -> str:
    """Every start makes a new password, prints it, and keeps only its hash."""
    password = secrets.token_urlsafe(12)
    rights = {"is_staff": True, "is_superuser": True, "is_active": True}
    account, _created = get_user_model().objects.update_or_create(
        username=USERNAME, defaults=rights
    )
    account.set_password(password)
    account.save()
    return password
