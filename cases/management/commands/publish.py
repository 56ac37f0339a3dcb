"""`manage.py publish`: the gate by hand, and as the safety loop."""

import logging
import time
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.day import confirm, other_day_in_words, today
from cases.models import Heartbeat, Mark, PublishingFailure
from cases.publishing import late_withdrawals, mark_everything, publish_pending
from cases.publishing.heartbeat import beat

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
            "--day-is-right",
            action="store_true",
            help="after a longer stop: what waits for its day is shown by the day that the"
            " database says now",
        )
        parser.add_argument(
            "--heartbeat",
            type=float,
            metavar="SECONDS",
            help="publish nothing;"
            " fail unless the safety loop has run within so many seconds,"
            " and nothing that was taken back is late",
        )

    def handle(
        self,
        *,
        watch: bool,
        every: float,
        all: bool,
        day_is_right: bool,
        heartbeat: float | None,
        **_options: object,
    ) -> None:
        if heartbeat is not None:
            self._ask_heartbeat(heartbeat)
            return
        if day_is_right:
            words = {"day": confirm().isoformat()}
            self.stdout.write(_("The day in force is %(day)s.") % words)
        if all:
            mark_everything()
        if watch:
            self._watch(every)
        else:
            written = publish_pending(refresh=all)
            self.stdout.write(_("%(count)s documents written.") % {"count": written})

    def _watch(self, every: float) -> None:
        while True:
            try:
                beat(publish_pending(after_each=beat))
            except DatabaseError as error:
                # The connection was lost, or somebody has the lock. The marks are still
                # there for the next round.
                log.warning("publishing failed, trying again: %s", type(error).__name__)
                connection.close()
                self._warn_of_late_withdrawals()
            except Exception:
                # Its message may hold a name. The log leaves messages out.
                log.exception("publishing failed")
                raise SystemExit(1) from None
            time.sleep(every)

    def _warn_of_late_withdrawals(self) -> None:
        try:
            late = late_withdrawals()
        except DatabaseError:
            return  # nobody can be asked
        if late:
            log.error("%d withdrawals are late: what was taken back is public", late)

    def _ask_heartbeat(self, seconds: float) -> None:
        heartbeat = Heartbeat.objects.first()
        oldest = timezone.now() - timedelta(seconds=seconds)
        if heartbeat is None or heartbeat.beat_at < oldest:
            last = _("never")
            if heartbeat:
                last = heartbeat.beat_at.isoformat(timespec="seconds")
            raise CommandError(
                _("The safety loop has not run lately; the last time was: %(last)s.")
                % {"last": last}
            )
        other_day = other_day_in_words()
        if other_day:
            raise CommandError(other_day)
        late = late_withdrawals()
        if late:
            raise CommandError(
                _(
                    "What was taken back may still be public: %(count)s cases have"
                    " waited for more than 10 seconds."
                )
                % {"count": late}
            )
        waiting = Mark.objects.exclude(due_on__gt=today()).count()
        failures = PublishingFailure.objects.count()
        self.stdout.write(
            _(
                "The safety loop runs; %(waiting)s changes are waiting,"
                " %(failures)s cases could not be published."
            )
            % {"waiting": waiting, "failures": failures}
        )
