"""Two savers of one case meet: whoever changes a case locks its root first."""

from typing import Any, TypeVar

from cases.models.base import Part, Record

R = TypeVar("R", bound=Record)


def root_of(record: Record) -> Any:
    """What is locked and versioned as a whole: the case of a part, or the record itself."""
    return record.root if isinstance(record, Part) else record


def lock(model: type[R], pk: Any) -> R | None:
    """The record as it is stored, which nobody else changes until the transaction ends.

    None: it is not there.
    """
    return model._base_manager.select_for_update().filter(pk=pk).first()
