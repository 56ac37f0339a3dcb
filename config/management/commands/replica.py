"""`manage.py replica`: sets up a relay, and replicas of it."""

import os
import re

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from config import replication


class Command(BaseCommand):
    help = (
        "Sets up the database of a relay, which python -m tracker.mirror --into postgres"
        " fills, and replicas of it: docs/scaling.md. It needs SERVE, and"
        " DATABASE_RELAY_URL: the login that owns this very database."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--relay",
            action="store_true",
            help="make this database a relay's, also after each upgrade",
        )
        what.add_argument(
            "--name",
            help="make this database a replica of this name, also after each upgrade."
            " RELAY_URL is the address of the relay's database",
        )
        what.add_argument(
            "--drop",
            metavar="NAME",
            help="on the relay: keep nothing more for a replica that is gone",
        )
        parser.add_argument(
            "--anew",
            action="store_true",
            help="with --name: empty its tables, and fill them again",
        )

    def handle(
        self,
        *,
        relay: bool,
        name: str | None,
        drop: str | None,
        anew: bool,
        **_options: object,
    ) -> None:
        if not settings.IS_RELAY:
            raise CommandError("A relay is for one audience: set SERVE.")
        for given in filter(None, (name, drop)):
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,19}", given):
                raise CommandError(
                    "A name has small letters, digits and “_”, and at most 20 of them."
                )
        try:
            if relay:
                self._relay()
            elif drop:
                replication.drop(drop)
                self.stdout.write(f"The relay keeps nothing more for “{drop}”.")
            elif name:
                self._replica(name, anew)
        except replication.Refused as refusal:
            raise CommandError(str(refusal)) from None
        except DatabaseError as error:
            raise CommandError(f"PostgreSQL refuses it: {error}") from None

    def _relay(self) -> None:
        if replication.set_relay_up():
            self.stdout.write("The relay is ready, and readers are let in.")
        else:
            self.stdout.write(
                "The tables are ready. Fill them: python -m tracker.mirror"
                " https://… --into postgres. Then run this again."
            )

    def _replica(self, name: str, anew: bool) -> None:
        address = os.environ.get("RELAY_URL", "")
        if not address:
            raise CommandError("RELAY_URL is not set: where the relay's database is.")
        replication.set_replica_up(name, address, anew=anew)
        self.stdout.write("Every table is in sync, and readers are let in.")
