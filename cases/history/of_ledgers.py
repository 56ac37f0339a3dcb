"""What `checkpoint --verify` finds of the ledgers and of what is published, in
sentences. Within `digests.one_snapshot`.
"""

from collections.abc import Collection, Iterator

from django.db.models import F, Max, Min, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.history import ledgers, publications
from cases.history.checkpoints import File
from cases.history.digests import Columns
from cases.history.ledgers import TableDigest
from cases.models import Forgotten

NOTHING = TableDigest(0, "")


def changed(file: File, known: Columns) -> Iterator[str]:
    """`known`: the columns by which the tables can be compared."""
    checkpoint = file.checkpoint
    for table, names in known.items():
        sealed = checkpoint.ledgers[table]
        days = ledgers.by_day(table, names, sealed.first, checkpoint.ends)
        for day in sorted(sealed.days.keys() | days.keys()):
            was, now = sealed.days.get(day, NOTHING), days.get(day, NOTHING)
            if was != now:
                place = _("%(file)s, %(table)s of %(day)s") % {
                    "file": file.name,
                    "table": table,
                    "day": day,
                }
                yield f"{place}: {_what_happened(was.events, now.events)}"


def _what_happened(was: int, now: int) -> str:
    if now < was:
        text = ngettext(
            "%(count)s entry is missing.", "%(count)s entries are missing.", was - now
        )
        return text % {"count": was - now}
    if now > was:
        text = ngettext(
            "%(count)s entry was added.", "%(count)s entries were added.", now - was
        )
        return text % {"count": now - was}
    return _("as many entries as there were, but not what they said.")


def published_otherwise(file: File) -> Iterator[str]:
    numbers = publications.latest_numbers()
    for audience, sealed in file.checkpoint.published.items():
        names = {"file": file.name, "audience": audience}
        if publications.then(audience, sealed.kept) != (
            sealed.documents,
            sealed.digest,
        ):
            sentence = _(
                "%(file)s: what “%(audience)s” was shown then is not what is kept of it."
            )
            yield sentence % names
        if numbers.get(audience, 0) < sealed.number:
            yield _("%(file)s: the feed of “%(audience)s” has gone back.") % names


def wrongly_forgotten(erasures: Collection[int]) -> Iterator[str]:
    """Only a ledger that grows old loses rows. Of the others, texts go by an act of
    erasure; `erasures` are the numbers of those there are.
    """
    models = ledgers.models()
    acts = Forgotten.objects.annotate(is_deletion=Q(left=None)).order_by("id")
    for act, table, erasure, is_deletion in acts.values_list(
        "id", "table_name", "erasure", "is_deletion"
    ):
        model = models.get(table)
        may_go = model is not None and model.grows_old
        if (is_deletion and not may_go) or (
            not is_deletion and erasure not in erasures
        ):
            sentence = _("Nothing entitles act of forgetting %(act)s, of %(table)s.")
            yield sentence % {"act": act, "table": table}
    for table in models:
        for number in ledgers.not_as_left(table):
            sentence = _(
                "Entry %(number)s of %(table)s is not as it was left"
                " when it was forgotten."
            )
            yield sentence % {"number": number, "table": table}


def forgotten() -> Iterator[str]:
    acts = Forgotten.objects.values("at", "login", "reason", "table_name", "erasure")
    acts = acts.annotate(entries=Sum(F("rows__len")), first=Min("day"), last=Max("day"))
    for act in acts.order_by("at", "table_name"):
        sentence = _(
            "Forgotten: %(entries)s entries of %(table)s, of %(first)s to %(last)s,"
            " on %(day)s by the login %(login)s: %(reason)s"
        )
        yield sentence % {
            "entries": act["entries"],
            "table": act["table_name"],
            "first": act["first"].isoformat(),
            "last": act["last"].isoformat(),
            "day": act["at"].date().isoformat(),
            "login": act["login"],
            "reason": act["reason"],
        }
