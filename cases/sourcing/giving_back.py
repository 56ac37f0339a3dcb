"""What went with a source when that was taken back: found again in the history of that
transaction, for whoever took it back by mistake.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction

from cases.catalogue import KINDS, part_lists
from cases.models import Citation, Source
from cases.models.base import Part, Record, Root
from cases.models.withheld import Withheld
from cases.sourcing.resting import Resting
from cases.visibility import is_narrower, is_wider
from tracker.contract.vocabulary import SourceStanding

# Numbers of transactions come round again, in years or after a restore.
_ONE_TRANSACTION = timedelta(hours=1)


def gone_with(source: Source, visibility: str, standing: str) -> list[Resting]:
    """What went with this source, as stored, and is still taken back, if it is about to
    be made more visible, or to count again. `visibility` of a piece is what it had; ""
    where it had none of its own.
    """
    counts_again = source.standing == SourceStanding.RETRACTED != standing
    if not counts_again and not is_wider(visibility, source.visibility):
        return []
    taken_back = _last_taken_back(source)
    if taken_back is None or taken_back.pgh_transaction is None:
        return []
    gone: list[Resting] = []
    for model in _models():
        for before, event in _changed_with(model, taken_back):
            record: Any = model._default_manager.filter(pk=event.id).first()
            if record is not None:
                gone += _gone(record, before, event)
    return gone


@transaction.atomic
def give_back(gone: Collection[Resting]) -> None:
    """The caller says who acts and why."""
    facts: dict[tuple[type[Root], str], list[Resting]] = defaultdict(list)
    for piece in gone:
        if piece.field:
            facts[piece.root_model, piece.root_id].append(piece)
            continue
        rows: Any = piece.model._default_manager.filter(pk=piece.record_id)
        rows.update(visibility=piece.visibility or None)
    for (model, root_id), pieces in facts.items():
        root: Any = model._base_manager.select_for_update().get(pk=root_id)
        withheld = _without(root.withheld, pieces)
        model._base_manager.filter(pk=root_id).update(withheld=withheld)


def _without(withheld: Withheld, pieces: Collection[Resting]) -> Withheld:
    back = {(piece.record_id, piece.fact) for piece in pieces}
    left: Withheld = {}
    for record_id, facts in withheld.items():
        for fact, who in facts.items():
            if (record_id, fact) not in back:
                left.setdefault(record_id, {})[fact] = who
    return left


def _last_taken_back(source: Source) -> Any:
    """The event of its history; None if it never was."""
    last = before = None
    for event in _history(Source).filter(id=source.pk).order_by("pgh_id"):
        if before is not None:
            retracted = event.standing == SourceStanding.RETRACTED != before.standing
            if retracted or is_narrower(event.visibility, before.visibility):
                last = event
        before = event
    return last


def _changed_with(model: type[Record], taken_back: Any) -> Iterator[tuple[Any, Any]]:
    """Of records that were changed in the same transaction, the event before and that
    one.
    """
    at = taken_back.pgh_created_at
    events = _history(model).filter(
        pgh_transaction=taken_back.pgh_transaction,
        pgh_created_at__range=(at - _ONE_TRANSACTION, at + _ONE_TRANSACTION),
        pgh_label="update",
    )
    for event in events.order_by("pgh_id"):
        earlier = _history(model).filter(id=event.id, pgh_id__lt=event.pgh_id)
        before = earlier.order_by("-pgh_id").first()
        if before is not None:
            yield before, event


def _gone(record: Any, before: Any, event: Any) -> Iterator[Resting]:
    """What is still as that change left it."""
    root = record if isinstance(record, Root) else record.root
    about = (root.kind, str(root.pk))
    is_narrowed = event.visibility != before.visibility
    if is_narrowed and record.visibility == event.visibility:
        yield Resting(*about, type(record), str(record.pk), before.visibility or "")
    if not isinstance(record, Root):
        return
    models = _models_by_record(record)
    for record_id, facts in event.withheld.items():
        known = before.withheld.get(record_id, {})
        now = record.withheld.get(record_id, {})
        for fact, who in facts.items():
            is_new = known.get(fact) != who == now.get(fact)
            if is_new and fact not in known and record_id in models:
                name, _colon, entry = fact.partition(":")
                yield Resting(*about, models[record_id], record_id, "", name, entry)


def _models_by_record(root: Root) -> dict[str, type[Record]]:
    models: dict[str, type[Record]] = {str(root.pk): type(root)}
    for part in part_lists(root.kind):
        rows = part.model._default_manager.filter(**{part.root_path: root.pk})
        for record_id in rows.values_list("pk", flat=True):
            models[str(record_id)] = part.model
    return models


def _models() -> list[type[Record]]:
    models: dict[type[Record], None] = {}
    for kind, root in KINDS.items():
        if root is not Source:
            models[root] = None
        for part in part_lists(kind):
            if issubclass(part.model, Part) and part.model is not Citation:
                models[part.model] = None
    return list(models)


def _history(model: type[Record]) -> Any:
    return model.pgh_event_model._default_manager  # type: ignore[attr-defined]
