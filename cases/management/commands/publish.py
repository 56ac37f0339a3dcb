"""`manage.py publish`: the gate by hand, and as the safety loop."""

import logging
import time
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import Heartbeat, Mark
from cases.publishing import mark_everything, publish_pending
from tracker.clock import today

log = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Publishes what is marked. With --watch every few seconds, until it is stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--watch", action="store_true", help="go on until stopped: the safety loop"
        )
        parser.add_argument(
            "--every",
            type=float,
            default=2.0,
            metavar="SECONDS",
            help="how often, with --watch",
        )
        parser.add_argument(
            "--all", action="store_true", help="look at everything anew: a full rebuild"
        )
        parser.add_argument(
            "--heartbeat",
            type=float,
            metavar="SECONDS",
            help="publish nothing; fail unless the safety loop has run within so many seconds",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["heartbeat"] is not None:
            self._ask_heartbeat(options["heartbeat"])
            return
        if options["all"]:
            mark_everything()
        if options["watch"]:
            self._watch(options["every"])
        else:
            written = publish_pending(refresh=options["all"])
            self.stdout.write(_("%(count)s documents written.") % {"count": written})

    def _watch(self, every: float) -> None:
        while True:
            try:
                written = publish_pending()
                Heartbeat.objects.update_or_create(
                    id=1, defaults={"beat_at": timezone.now(), "published": written}
                )
            except DatabaseError as error:
                # A lost connection or a lock that was not to be had: the marks are
                # still there for the next round.
                log.warning("publishing failed, trying again: %s", type(error).__name__)
                connection.close()
            except (
                Exception
            ):  # its message may hold a name: it is for the log, which leaves that out
                log.exception("publishing failed")
                raise SystemExit(1) from None
            time.sleep(every)

    def _ask_heartbeat(self, seconds: float) -> None:
        beat = Heartbeat.objects.first()
        if beat is None or beat.beat_at < timezone.now() - timedelta(seconds=seconds):
            last = beat.beat_at.isoformat(timespec="seconds") if beat else _("never")
            raise CommandError(
                _("The safety loop has not run lately; the last time was: %(last)s.")
                % {"last": last}
            )
        waiting = Mark.objects.exclude(due_on__gt=today()).count()
        self.stdout.write(
            _("The safety loop runs; %(count)s changes are waiting.")
            % {"count": waiting}
        )
