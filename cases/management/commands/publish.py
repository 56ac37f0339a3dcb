"""`manage.py publish`: the gate by hand, and as the safety loop."""

import logging
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, OperationalError, connection
from django.utils.translation import gettext as _

from cases.day import confirm, other_day_in_words, today
from cases.models import Heartbeat, Mark, PublishingFailure
from cases.publishing import (
    late_withdrawals,
    mark_everything,
    may_publish,
    publish_pending,
)
from cases.publishing.confirming import waiting_in_words
from cases.publishing.heartbeat import beat, has_beaten
from cases.publishing.listening import Listener
from cases.publishing.watchdog import end_long_reads

log = logging.getLogger(__name__)

# Seconds. A case that is changed again and again calls again and again.
REST = 0.1


@contextmanager
def _ends_when_told() -> Iterator[None]:
    """Also as the first process of a container, which no signal ends by itself. What is
    under way is rolled back, and its marks are still there.
    """
    before = signal.signal(signal.SIGTERM, lambda *_signal: sys.exit(0))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class Command(BaseCommand):
    help = (
        "Publishes what is marked. With --watch as soon as something is, until it is"
        " stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--watch", action="store_true", help="go on until stopped: the publisher"
        )
        parser.add_argument(
            "--every",
            type=float,
            default=2.0,
            metavar="SECONDS",
            help="how often at least, with --watch: what waits for its day calls nobody",
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
            " fail unless the publisher has run within so many seconds,"
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
        self._refuse_others()
        if day_is_right:
            words = {"day": confirm().isoformat()}
            self.stdout.write(_("The day in force is %(day)s.") % words)
        if all:
            mark_everything()
        if watch:
            with closing(Listener()) as listener, _ends_when_told():
                self._watch(listener, every)
        else:
            written = publish_pending(refresh=all)
            self.stdout.write(_("%(count)s documents written.") % {"count": written})

    def _refuse_others(self) -> None:
        try:
            may = may_publish()
        except OperationalError:
            return  # the database is away: who watches waits for it
        if not may:
            raise CommandError(
                _(
                    "This login may not publish. Set DATABASE_PUBLISHER_URL to the"
                    " address of the publisher's login."
                )
            )

    def _watch(self, listener: Listener, every: float) -> None:
        while True:
            try:
                listener.listen()
                self._end_long_reads()
                beat(publish_pending(after_each=beat))
            except DatabaseError as error:
                # The connection was lost, or somebody has the lock. The marks are still
                # there for the next round.
                log.warning("publishing failed, trying again: %s", type(error).__name__)
                connection.close()
                listener.close()
                self._warn_of_late_withdrawals()
                time.sleep(every)
            except Exception:
                # Its message may hold a name. The log leaves messages out.
                log.exception("publishing failed")
                raise SystemExit(1) from None
            else:
                time.sleep(REST)
                listener.wait(every)

    def _end_long_reads(self) -> None:
        ended = end_long_reads()
        if ended:
            log.warning("%d sessions of readers took too long and were ended", ended)

    def _warn_of_late_withdrawals(self) -> None:
        try:
            late = late_withdrawals()
        except DatabaseError:
            return  # nobody can be asked
        if late:
            log.error(
                "withdrawals are late: of %d cases what was taken back may be public, of %d"
                " it is out of sight",
                late.in_sight,
                late.out_of_sight,
            )

    def _ask_heartbeat(self, seconds: float) -> None:
        if not has_beaten(timedelta(seconds=seconds)):
            heartbeat = Heartbeat.objects.first()
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
        unconfirmed = waiting_in_words()
        if unconfirmed:
            raise CommandError(unconfirmed)
        late = late_withdrawals()
        if late:
            raise CommandError(" ".join(late.sentences()))
        waiting = Mark.objects.exclude(due_on__gt=today()).count()
        failures = PublishingFailure.objects.count()
        self.stdout.write(
            _(
                "The safety loop runs; %(waiting)s changes are waiting,"
                " %(failures)s cases could not be published."
            )
            % {"waiting": waiting, "failures": failures}
        )
