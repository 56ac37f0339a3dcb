"""What is published beside what was approved; what waits, and for how long."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from cases.day import older_than, other_day_in_words, today
from cases.doctor.finding import Finding, named
from cases.models import Heartbeat, Mark, PublishingFailure, Source
from cases.publishing import (
    copies,
    late_withdrawals,
    publish_pending,
    renew_epochs,
)
from cases.publishing.confirming import waiting_in_words
from cases.publishing.examining import differing, faulty_feeds
from cases.publishing.holding import held_for
from cases.review.rule import saving_approves

TOO_LONG = timedelta(minutes=1)


def examine() -> Iterator[Finding]:
    other_day = other_day_in_words()
    if other_day:
        yield Finding(other_day)
    unconfirmed = waiting_in_words()
    if unconfirmed:
        yield Finding(unconfirmed)
    yield from _rule_of_review()
    yield from _what_waits()
    audiences = faulty_feeds()
    if audiences:
        words = _(
            "The counter of the feed does not fit what is published: %(audiences)s."
            " To mend it, all copies begin anew."
        )
        yield Finding(words % {"audiences": ", ".join(audiences)}, _begin_anew)
    roots = list(differing())
    if roots:
        words = _("Something else is published than was approved: %(ids)s.")
        ids = named(root_id for _kind, root_id in roots)
        yield Finding(words % {"ids": ids}, lambda: _publish(roots))
    strays, sources = copies.faulty()
    if strays or sources:
        words = _(
            "Redacted copies are published otherwise than their sources say: %(ids)s."
        )
        yield Finding(
            words % {"ids": named(sources)}, lambda: _put_right(strays, sources)
        )


def _rule_of_review() -> Iterator[Finding]:
    if not settings.REQUIRE_REVIEW and not saving_approves():
        yield Finding(
            _(
                "REQUIRE_REVIEW is off, and the database does not know that: nothing is"
                " approved by saving. Run manage.py migrate with this setting, or set"
                " it to on."
            )
        )


def _what_waits() -> Iterator[Finding]:
    for sentence in late_withdrawals().sentences():
        yield Finding(sentence, publish_pending)
    marks = Mark.objects.exclude(due_on__gt=today())
    marks = marks.filter(older_than(TOO_LONG, "marked_at"))
    waiting = marks.values("root_id").distinct().count()
    if waiting:
        words = _("%(count)s cases have waited to be published for more than a minute.")
        yield Finding(words % {"count": waiting}, publish_pending)
    held = held_for(TOO_LONG)
    if held:
        words = _(
            "What may hold %(count)s withdrawn things has been out of sight for more"
            " than a minute."
        )
        yield Finding(words % {"count": held}, publish_pending)
    failures = PublishingFailure.objects.values_list("root_id", flat=True)
    if failures:
        words = _("Cases could not be published: %(ids)s.")
        yield Finding(words % {"ids": named(failures)})
    if Heartbeat.objects.filter(older_than(TOO_LONG, "beat_at")).exists():
        yield Finding(_("The safety loop has not run for more than a minute."))


def _put_right(strays: Sequence[UUID], sources: Sequence[UUID]) -> None:
    copies.take_away(strays)
    _publish([(Source.kind, source_id) for source_id in sources])


def _begin_anew() -> None:
    renew_epochs()
    publish_pending()


def _publish(roots: Sequence[tuple[str, UUID]]) -> None:
    marks = [Mark(root_kind=kind, root_id=root_id) for kind, root_id in roots]
    Mark.objects.bulk_create(marks)
    publish_pending(refresh=True)
