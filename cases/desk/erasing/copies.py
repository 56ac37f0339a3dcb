"""Copies of what history has to forget: in editions, in the admin's own log, in
searches, in published corrections.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.db.models import CharField, Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from cases.catalogue import KINDS
from cases.desk.access.forgetting import forget_reasons, forget_words
from cases.desk.erasing.erasable import Doomed, Refused, What, ids
from cases.desk.proposals.forgetting import forget_proposals
from cases.models import Edition, EvidencePack, Merge, SentBack
from cases.publishing.corrections import forget
from tracker.clock import today

# By record and column the values that go.
Gone = Mapping[str, Mapping[str, Sequence[Any]]]

_LONGEST_NAME = 200  # characters


def gone(doomed: Sequence[Doomed]) -> Gone:
    found: dict[str, dict[str, list[Any]]] = defaultdict(lambda: defaultdict(list))
    records = ids(doomed)
    for event in doomed:
        for name, value in event.values.items():
            if event.record_id in records:
                found[event.record_id][name].append(value)
    return found


def editions(values: Gone) -> list[Edition]:
    """Those that say any of it, with snapshots that no longer do; not saved.

    Raises Refused where what says it may still be published: there the correction must
    be approved first. The name of a claimant that has changed since is published from
    no edition.
    """
    found: list[Edition] = []
    written = Edition.objects.annotate(written=Cast("snapshot", TextField()))
    for edition in (
        written.filter(written__regex="|".join(values)).order_by("id") if values else []
    ):
        own = [
            edition.snapshot["root"],
            *(row for rows in _lists(edition.snapshot) for row in rows),
        ]
        if _blank(((row.get("id"), row) for row in own), values):
            if _may_be_published(edition):
                raise Refused(
                    _(
                        "It still stands in what is approved: %(kind)s %(id)s, № %(number)s. Approve it again first."
                    )
                    % {
                        "kind": edition.root_kind,
                        "id": edition.root_id,
                        "number": edition.number,
                    }
                )
            found.append(edition)
        others = (
            pair
            for name in ("sources", "claimants")
            for pair in edition.snapshot.get(name, {}).items()
        )
        if _blank(others, values) and edition not in found:
            found.append(edition)
    return found


def _lists(snapshot: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    return (rows for rows in snapshot.values() if isinstance(rows, list))


def _blank(records: Any, values: Gone) -> bool:
    """Whether there was anything to blank. A blank is of the same kind: other code goes
    on reading it.
    """
    changed = False
    for record_id, record in records:
        for name, those in values.get(record_id, {}).items():
            if record.get(name) in those:
                record[name] = (
                    type(record[name])()
                    if isinstance(record[name], str | list | dict)
                    else None
                )
                changed = True
    return changed


def _may_be_published(edition: Edition) -> bool:
    """The last one that is due, and what comes after it; of a case that is gone none."""
    its = Edition.objects.filter(root_kind=edition.root_kind, root_id=edition.root_id)
    shown = its.exclude(not_before__gt=today()).order_by("-number").first()
    exists = (
        KINDS[edition.root_kind]._default_manager.filter(id=edition.root_id).exists()
    )
    return exists and (shown is None or edition.number >= shown.number)


def forget_elsewhere(doomed: Sequence[Doomed], what: What) -> None:
    """The admin's log names what was saved, corrections hold what was corrected, and a
    reason may repeat it.
    """
    of = ids(doomed) | ({str(what.case)} if what.case else set())
    LogEntry.objects.filter(object_id__in=of).update(object_repr="", change_message="")
    forget(of)
    forget_words([what.containing] if what.containing else _names(doomed))
    if what.containing:
        forget_reasons(what.containing)
        forget_proposals(what.containing)
    if what.case and what.containing:
        _forget_reasons(what.case, what.containing)


def _names(doomed: Sequence[Doomed]) -> Iterator[str]:
    """What somebody may have searched for: short texts that are written freely."""
    for event in doomed:
        for name, value in event.values.items():
            field: Any = next(
                (
                    one
                    for one in event.model._meta.concrete_fields
                    if one.column == name
                ),
                None,
            )
            written = type(field) in {CharField, TextField}
            if written and isinstance(value, str) and len(value) <= _LONGEST_NAME:
                yield value


def _forget_reasons(case: UUID, text: str) -> None:
    """A reason that has to be there says instead that it was erased."""
    in_case = Q(root_id=case)
    for model, of_case, field, instead in (
        (Edition, in_case, "reason", ""),
        (Edition, in_case, "public_reason", ""),
        (SentBack, in_case, "comment", _("erased")),
        (EvidencePack, in_case, "reason", _("erased")),
        (Merge, Q(kept=case) | Q(merged=case), "reason", _("erased")),
        (Merge, Q(kept=case) | Q(merged=case), "end_reason", ""),
    ):
        model._default_manager.filter(of_case, **{f"{field}__icontains": text}).update(
            **{field: instead}
        )
