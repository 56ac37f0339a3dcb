"""Copies of what history has to forget.

They stand in editions, in the admin's own log, in searches and in published
corrections.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.db.models import CharField, Model, Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from cases import editions as stored
from cases.catalogue import KINDS
from cases.day import today
from cases.desk.access.forgetting import forget_reasons, forget_words
from cases.desk.casework.forgetting import (
    forget_filters_called,
    forget_work,
    forget_work_with,
)
from cases.desk.drafts.forgetting import forget_drafts, forget_drafts_with
from cases.desk.erasing.erasable import Doomed, Refused, What, ids
from cases.desk.lists.forgetting import forget_rows
from cases.desk.proposals.forgetting import forget_proposals
from cases.desk.requests.forgetting import forget_requests, forget_requests_with
from cases.history import forgetting
from cases.models import Edition, Erasure, EvidencePack, Ledger, Merge, SentBack
from cases.publishing.corrections import forget
from cases.publishing.rows import tell_again
from cases.upgrades import former_columns

# The values that go, by column; and those by the id of their record.
GoneValues = Mapping[str, Sequence[object]]
Gone = Mapping[str, GoneValues]

ERASED_BY = "erased_by"  # in a snapshot, the numbers of the acts that changed it
_LONGEST_NAME = 200  # characters


def gone(doomed: Sequence[Doomed]) -> Gone:
    values_by_record: dict[str, dict[str, list[object]]] = defaultdict(
        lambda: defaultdict(list)
    )
    record_ids = ids(doomed)
    for event in doomed:
        if event.record_id in record_ids:
            for column, value in event.values.items():
                values_by_record[event.record_id][column].append(value)
    return values_by_record


def editions(values: Gone) -> list[Edition]:
    """The editions that say any of these values.

    Their snapshots no longer say them, but they are not saved yet.

    Raises Refused if an edition that says it may still be published: then the
    correction must be approved first. Names of claimants are an exception, because no
    edition publishes them.
    """
    if not values:
        return []
    with_text = Edition.objects.annotate(written=Cast("snapshot", TextField()))
    changed: list[Edition] = []
    for edition in with_text.filter(written__regex="|".join(values)).order_by("id"):
        own_changed = _blank_all(_own_records(edition.snapshot), values)
        if own_changed and _may_be_published(edition):
            raise Refused(
                _(
                    "It still stands in what is approved: %(kind)s %(id)s,"
                    " № %(number)s. Approve it again first."
                )
                % {
                    "kind": edition.root_kind,
                    "id": edition.root_id,
                    "number": edition.number,
                }
            )
        named_changed = _blank_all(_named_records(edition.snapshot), values)
        if own_changed or named_changed:
            changed.append(edition)
    return changed


Stored = tuple[str, dict[str, Any]]  # the id of a record, and the record


def _own_records(snapshot: dict[str, Any]) -> Iterator[Stored]:
    """The case of a snapshot, and its parts."""
    yield snapshot["root"].get("id"), snapshot["root"]
    for name, parts in snapshot.items():
        if isinstance(parts, list) and name != ERASED_BY:
            for part in parts:
                yield part.get("id"), part


def _named_records(snapshot: dict[str, Any]) -> Iterator[Stored]:
    """The sources and claimants of a snapshot, which are records of their own."""
    for name in ("sources", "claimants"):
        yield from snapshot.get(name, {}).items()


def _blank_all(records: Iterator[Stored], values: Gone) -> bool:
    """Blank these values in the records. Was there anything to blank?"""
    changed = False
    for record_id, record in records:
        if _blank(record, values.get(record_id, {})):
            changed = True
    return changed


def _blank(record: dict[str, Any], values: GoneValues) -> bool:
    """An older edition may call the column by another name."""
    changed = False
    for today_name, forgotten in values.items():
        for column in (today_name, *former_columns(today_name)):
            value = record.get(column)
            if value in forgotten:
                record[column] = _blank_like(value)
                changed = True
    return changed


def _blank_like(value: object) -> object:
    """An empty value of the same kind: other code goes on reading it."""
    if isinstance(value, str | list | dict):
        return type(value)()
    return None


def _may_be_published(edition: Edition) -> bool:
    """The last due edition of a case may be published, and the ones after it.

    No edition of a deleted case may be.
    """
    roots = KINDS[edition.root_kind]._default_manager
    if not roots.filter(id=edition.root_id).exists():
        return False
    editions_shown = stored.last_shown(edition.root_kind, [edition.root_id], today())
    shown = editions_shown.get(edition.root_id)
    return shown is None or edition.number >= shown.number


def forget_elsewhere(doomed: Sequence[Doomed], what: What, act: Erasure) -> None:
    """Forget it in the admin's log, in corrections, searches, proposals, lists, reasons, and
    in what colleagues wrote beside the case, and in what anybody typed and did not save.
    """
    record_ids = ids(doomed)
    if what.case:
        record_ids.add(str(what.case))
    entries = LogEntry.objects.filter(object_id__in=record_ids)
    entries.update(object_repr="", change_message="")
    tell_again(forget(record_ids), today())
    forget_drafts(record_ids)
    if what.containing:
        forget_drafts_with([what.containing])
        forget_words([what.containing], act)
        forget_reasons(what.containing, act)
        forget_proposals(what.containing)
        forget_rows(what.containing)
        forget_filters_called([what.containing])
        forget_requests_with([what.containing])
    else:
        names = list(_names(doomed))
        forget_words(names, act)
        forget_filters_called(names)
        forget_drafts_with(names)
        forget_requests_with(names)
    if what.case and what.containing:
        _forget_reasons(what.case, what.containing, act)
        forget_work_with(what.case, what.containing)
    if what.all_of_it:
        forget_work(record_ids)
        forget_requests(record_ids)


def _names(doomed: Sequence[Doomed]) -> Iterator[str]:
    """What somebody may have searched for: short texts that are written freely."""
    for event in doomed:
        free_columns = _free_columns(event.model)
        for column, value in event.values.items():
            is_short = isinstance(value, str) and len(value) <= _LONGEST_NAME
            if column in free_columns and is_short:
                yield value


def _free_columns(model: type[Model]) -> set[str]:
    columns = set()
    for field in model._meta.concrete_fields:
        if type(field) in {CharField, TextField}:
            columns.add(str(field.column))
    return columns


def _forget_reasons(case: UUID, text: str, act: Erasure) -> None:
    """A reason that must be there says instead that it was erased."""
    in_case = Q(root_id=case)
    for model, of_case, field, instead in (
        (Edition, in_case, "reason", ""),
        (Edition, in_case, "public_reason", ""),
        (SentBack, in_case, "comment", _("erased")),
        (EvidencePack, in_case, "reason", _("erased")),
        (Merge, Q(kept=case) | Q(merged=case), "reason", _("erased")),
        (Merge, Q(kept=case) | Q(merged=case), "end_reason", ""),
    ):
        with_text = model._default_manager.filter(
            of_case, **{f"{field}__icontains": text}
        )
        if issubclass(model, Ledger):
            forgetting.change(
                with_text,
                reason=act.reason,
                erasure=act.number,
                values={field: instead},
            )
        else:
            with_text.update(**{field: instead})
