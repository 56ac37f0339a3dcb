"""Holding history against its checkpoints: what was changed, added or removed since,
and what was erased.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.history import digests, ledgers, of_ledgers, publications
from cases.history.checkpoints import (
    Block,
    Checkpoint,
    File,
    TableDigest,
    Unusable,
    by_table,
    read,
)
from cases.history.digests import Columns, Digest, Named
from cases.models import Erasure


@dataclass
class Report:
    """Sentences for people. History holds if there is no finding."""

    findings: list[str] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)
    events: int = 0
    """How many the checkpoints cover."""
    entries: int = 0
    """Of ledgers."""
    last: int = 0
    keys: set[str] = field(default_factory=set)


def verify(paths: Sequence[Path], keys: set[str]) -> Report:
    """`keys`: public keys that may have signed, in hexadecimal; empty: each file's own,
    which anyone can make.
    """
    report = Report()
    files = _files(paths, report)
    for before, file in zip([None, *files], files, strict=False):
        _verify_file(file, before, keys, report)
    with digests.one_snapshot():
        acts = list(Erasure.objects.all())
        for file in files:
            if file.signature_fits:
                _compare(file, acts, report)
                _compare_ledgers(file, report)
        erasures = {act.number for act in acts}
        report.findings += of_ledgers.wrongly_forgotten(erasures)
        report.findings += publications.findings()
        report.forgotten += of_ledgers.forgotten()
        _verify_erased(acts, [file.checkpoint.last for file in files], report)
    return report


def _files(paths: Sequence[Path], report: Report) -> list[File]:
    found = []
    for path in paths:
        try:
            found.append(read(path))
        except Unusable as error:
            report.findings.append(str(error))
    return sorted(found, key=lambda file: file.checkpoint.number)


def _verify_file(
    file: File, before: File | None, keys: set[str], report: Report
) -> None:
    """The signature, and the link to the one before."""
    checkpoint, names = file.checkpoint, {"file": file.name}
    report.keys.add(file.public_key)
    if not file.signature_fits:
        report.findings.append(
            _("%(file)s: the signature does not fit; the file was changed.") % names
        )
    elif keys and file.public_key not in keys:
        report.findings.append(
            _("%(file)s was signed with another key: %(key)s")
            % {**names, "key": file.public_key}
        )
    if before is None:
        if checkpoint.number > 1:
            report.findings.append(
                _("%(file)s is not the first, and the ones before it were not given.")
                % names
            )
    elif checkpoint.number != before.checkpoint.number + 1:
        report.findings.append(
            _("Between %(before)s and %(file)s a checkpoint is missing.")
            % {**names, "before": before.name}
        )
    elif (
        checkpoint.previous != before.sha256
        or checkpoint.first != before.checkpoint.last + 1
    ):
        report.findings.append(
            _("%(file)s was made after another file than this %(before)s.")
            % {**names, "before": before.name}
        )


# --- Against the database --------------------------------------------------------------------------------------------


def _compare(file: File, acts: Sequence[Erasure], report: Report) -> None:
    checkpoint = file.checkpoint
    report.events += checkpoint.events
    report.last = max(report.last, checkpoint.last)
    today = digests.columns()
    known = _comparable(file, checkpoint.columns, today, report)
    for table, names in today.items():
        if table not in checkpoint.columns:  # it must have no event that early
            known[table] = names
    after = checkpoint.first - 1 if checkpoint.number > 1 else None
    whole = digests.before_erasures(acts, checkpoint.last)
    present = digests.read(known, after=after, last=checkpoint.last)
    events = digests.as_then(present, whole)
    for position, found in _by_block(checkpoint, events):
        _compare_block(file, position, by_table(found), known, report)


def _comparable(file: File, listed: Columns, today: Columns, report: Report) -> Columns:
    """What can be compared: as the checkpoint lists it, and what was added later.

    An added column must be NULL in the rows of the checkpoint, which leaves their
    digests as they were.
    """
    there = digests.columns_in_database()
    comparable = {}
    for table, names in listed.items():
        missing = ", ".join(name for name in names if name not in there.get(table, ()))
        if missing:
            report.findings.append(
                _(
                    "%(file)s covers columns of %(table)s that are no longer there: %(columns)s"
                )
                % {"file": file.name, "table": table, "columns": missing}
            )
        else:
            added = set(today.get(table, ())) & set(there[table]) - set(names)
            comparable[table] = [*names, *sorted(added)]
    return comparable


def _by_block(
    checkpoint: Checkpoint, events: Iterator[Digest]
) -> Iterator[tuple[int, list[Digest]]]:
    """Every block, those included of which no event is left."""
    lasts = [block.last for block in checkpoint.blocks]
    position = 0
    for at, found in groupby(events, lambda event: bisect_left(lasts, event[0])):
        yield from ((empty, []) for empty in range(position, min(at, len(lasts))))
        yield at, list(found)
        position = at + 1
    yield from ((empty, []) for empty in range(position, len(lasts)))


def _compare_block(
    file: File,
    position: int,
    found: dict[str, TableDigest],
    known: Columns,
    report: Report,
) -> None:
    checkpoint = file.checkpoint
    if position < len(checkpoint.blocks):
        block = checkpoint.blocks[position]
    else:  # after the last block, where the checkpoint saw nothing
        block = Block(
            checkpoint.blocks[-1].last + 1 if checkpoint.blocks else checkpoint.first,
            checkpoint.last,
            {},
        )
    nothing = TableDigest(0, "")
    for table in sorted((found.keys() | block.tables.keys()) & known.keys()):
        was, now = block.tables.get(table, nothing), found.get(table, nothing)
        if was != now:
            place = _(
                "%(file)s, block %(block)s (events %(first)s to %(last)s), %(table)s"
            ) % {
                "file": file.name,
                "block": position + 1,
                "first": block.first,
                "last": block.last,
                "table": table,
            }
            report.findings.append(f"{place}: {_what_happened(was.events, now.events)}")


def _what_happened(was: int, now: int) -> str:
    if now < was:
        text = ngettext(
            "%(count)s event is missing.", "%(count)s events are missing.", was - now
        )
        return text % {"count": was - now}
    if now > was:
        text = ngettext(
            "%(count)s event was added.", "%(count)s events were added.", now - was
        )
        return text % {"count": now - was}
    return _("as many events as there were, but not what they said.")


# --- Ledgers, and what is published ----------------------------------------------------


def _compare_ledgers(file: File, report: Report) -> None:
    listed = {}
    for table, sealed in file.checkpoint.ledgers.items():
        listed[table] = sealed.columns
        report.entries += sum(day.events for day in sealed.days.values())
    known = _comparable(file, listed, ledgers.columns(), report)
    report.findings += of_ledgers.changed(file, known)
    report.findings += of_ledgers.published_otherwise(file)


def _verify_erased(
    acts: Sequence[Erasure], lasts: Sequence[int], report: Report
) -> None:
    """What an act left of an event must still be there as it left it.

    An event is erased once. A second act of it would put another digest in the place
    of the first one's.
    """
    erased: set[Named] = set()
    for act in acts:
        for table, events in act.events.items():
            report.findings += _changed_since(table, events)
        for event in _named(act):
            if event in erased:
                report.findings.append(_erased_twice(event, act))
            erased.add(event)
        report.erased.append(_in_words(act) + _unsealed(act, lasts))


def _named(act: Erasure) -> Iterator[Named]:
    for table, events in act.events.items():
        for number in events:
            yield table, int(number)


def _in_words(act: Erasure) -> str:
    sentence = _(
        "Erased: %(events)s, on %(day)s by act %(act)s, requested by %(one)s,"
        " approved by %(other)s: %(reason)s"
    )
    return sentence % {
        "events": ", ".join(f"{table} {number}" for table, number in _named(act)),
        "day": act.erased_at.date().isoformat(),
        "act": act.number,
        "one": act.requested_by,
        "other": act.approved_by,
        "reason": act.reason,
    }


def _unsealed(act: Erasure, lasts: Sequence[int]) -> str:
    """Of what no checkpoint had sealed, nothing says what it was but the act."""
    count = 0
    for _table, number in _named(act):
        sealed_at = min((last for last in lasts if last >= number), default=None)
        if sealed_at is None or sealed_at >= act.number:
            count += 1
    if not count:
        return ""
    sentence = ngettext(
        " (%(count)s event was erased before it was sealed)",
        " (%(count)s events were erased before they were sealed)",
        count,
    )
    return sentence % {"count": count}


def _erased_twice(event: Named, act: Erasure) -> str:
    sentence = _(
        "Event %(number)s of %(table)s had been erased before act %(act)s says so."
    )
    return sentence % {"number": event[1], "table": event[0], "act": act.number}


def _changed_since(table: str, events: Mapping[str, Sequence[str]]) -> Iterator[str]:
    now: dict[int, str] = {}
    if table in digests.columns():  # an act that somebody made up may name any
        with connection.cursor() as cursor:
            now = digests.of_events(cursor, table, [int(number) for number in events])
    for number, (_was, left) in events.items():
        if now.get(int(number)) != left:
            sentence = _(
                "Event %(number)s of %(table)s was changed after it was erased."
            )
            yield sentence % {"number": number, "table": table}
