"""What the records and the fields of published documents are called on a page. The
contract has the name of a record, and of a field the label, in its line.
"""

from django.utils.translation import gettext_lazy as _

from tracker.contract.documents import DOCUMENTS
from tracker.contract.telling import COMPOSED
from tracker.contract.walking import RECORDS as KINDS
from tracker.contract.walking import fields_of

RECORDS = {kind: record.called for kind, record in KINDS.items()}
# What is told of several fields, or is no field with a line of its own.
_OTHERS = {"claim": _("Number claimed"), "claimant": _("Who says so")}


def of(kind: str, name: str) -> str:
    """Of a field, or of a fact that is told of several in one breath; the name itself
    where the contract has none for it.
    """
    if name in _OTHERS:
        return str(_OTHERS[name])
    first = COMPOSED.get(name, (name,))[0]
    form = fields_of(kind).get(first or "") if kind in KINDS else None
    return str(form.line.label) if form and form.line.label else name


def when_empty(kind: str, name: str) -> str:
    """Where an empty field does not mean that something is unknown; else ""."""
    form = fields_of(kind).get(name)
    return str(form.line.when_empty) if form else ""


def about(kind: str, field: str | None) -> str:
    """What a citation is about: “Release: Released”, or the record as a whole."""
    record = str(RECORDS.get(kind, kind))
    if not field or kind == "person_name":
        return record
    label = of(kind, field)
    document = DOCUMENTS.get(kind)
    return label if document and document.page else f"{record}: {label.lower()}"
