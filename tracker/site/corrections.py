"""What was changed in published documents since they were first published: what, when
and why, never by whom.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tracker.contract import fields as forms
from tracker.contract import labels
from tracker.site import published, values
from tracker.site.account import Account
from tracker.site.citing import title

SHOWN = 100


@dataclass(frozen=True)
class Correction:
    """`what` was done, in words; `anchor` leads to the record on the same page, ""
    where it is no longer there.
    """

    day: date
    about: str
    anchor: str
    what: str
    reason: str


def with_account(
    documents: Sequence[published.Document],
) -> tuple[Account, dict[str, Any]]:
    """These documents as facts to tell, and their corrections for the template. Three
    queries at most.
    """
    rows = published.corrections(documents, SHOWN)
    account = Account(documents, published.named_by(documents, named_in(rows)))
    return account, {"corrections": told(account, rows), "most": SHOWN}


def named_in(rows: Iterable[Any]) -> Iterator[str]:
    """The ids that rows of corrections hold as values: of a release event, a place,
    another record.
    """
    for row in rows:
        if isinstance(values.form(row.record_kind, row.field), forms.Id | forms.Ids):
            for value in (row.before, row.after):
                yield from _ids_in(value)


def told(account: Account, rows: Iterable[Any]) -> list[Correction]:
    corrections = []
    for row in rows:
        anchor = ""
        if str(row.record_id) in account.records:
            anchor = f"r-{row.record_id}"
        correction = Correction(
            day=row.corrected_on,
            about=_about(row.record_kind, row.field),
            anchor=anchor,
            what=_what(account, row),
            reason=row.reason,
        )
        corrections.append(correction)
    return corrections


def _about(kind: str, field: str) -> str:
    if kind == "person_name" and field not in {"", "value"}:
        return f"{labels.RECORDS[kind]}: {labels.of(kind, field).lower()}"
    return labels.about(kind, field)


def _what(account: Account, row: Any) -> str:
    if row.change == "added":
        return _("added")
    is_something = row.change == "changed" and not row.field
    if is_something or row.field == "name_withheld":
        return _("changed")
    if row.before is None and row.after is None:
        return _("something was taken out")
    before = _words(account, row, row.before)
    after = _words(account, row, row.after)
    return _("from %(before)s to %(after)s") % {"before": before, "after": after}


def _words(account: Account, row: Any, value: Any) -> str:
    if isinstance(values.form(row.record_kind, row.field), forms.Id | forms.Ids):
        words = ", ".join(_name(account, record_id) for record_id in _ids_in(value))
    else:
        words = values.words(row.record_kind, row.field, value)
    if not words:
        return _("not given")
    return f"“{words}”"


def _name(account: Account, record_id: str) -> str:
    if record_id in account.others:
        return title(account.others[record_id])
    if record_id in account.records:
        return account.name_of(record_id)
    return _("something that is not shown")


def _ids_in(value: str | list[str] | None) -> list[str]:
    """A value is one id, a list of them, or nothing."""
    if isinstance(value, list):
        return value
    if not value:
        return []
    return [value]
