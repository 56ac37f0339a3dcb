"""The rules of a record, asked before it is saved, each problem under the fields that
it is about.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import BaseConstraint, Model
from django.utils.translation import gettext as _

from cases import quotes, withheld
from cases.locking import root_of
from cases.models import Citation
from cases.models.base import Part, Root
from cases.models.dates import BOUNDS

Problems = dict[str, list[Any]]


def problems_of(record: Model) -> Problems:
    """What `full_clean` finds, with the database's constraints under the names of their
    fields.
    """
    problems: Problems = {}
    try:
        record.full_clean(validate_constraints=False)
    except ValidationError as error:
        problems = dict(error.message_dict)
    if "withheld" not in problems and (sentences := _unknown_facts(record)):
        problems["withheld"] = sentences
    if "quote" not in problems and (sentence := _quote_refused(record)):
        problems["quote"] = [sentence]
    for rule in record._meta.constraints:
        fields = fields_of(rule, type(record))
        if problems.keys() & fields:
            continue
        try:
            rule.validate(type(record), record)
        except ValidationError as error:
            for field in fields:
                problems[field] = [*problems.get(field, []), *error.messages]
    return problems


def _unknown_facts(record: Model) -> list[str]:
    """Of those that are now to be withheld."""
    if not isinstance(record, Root):
        return []
    return list(withheld.unknown(record, withheld.stored(record)))


def _quote_refused(record: Model) -> str:
    if not isinstance(record, Citation) or not record.quote:
        return ""
    case = record.root if record.record is not None else None
    return quotes.refusal(
        record.quote, case=case, source_id=record.source_id, claimant=record.claimant
    )


def fields_of(rule: BaseConstraint, model: type[Model]) -> list[str]:
    """The fields that a constraint is about; for a bound of a date, the date."""
    names = set(getattr(rule, "fields", ()))
    condition = getattr(rule, "condition", None)
    if condition:
        names |= set(condition.referenced_base_fields)
    for bound in BOUNDS:
        names = {name.removesuffix(f"_{bound}") for name in names}
    field_names: list[str] = []
    for field in model._meta.concrete_fields:
        if field.name in names and not field.primary_key:
            field_names.append(field.name)
    return field_names


def strays(record: Any, links: dict[str, Any]) -> Problems:
    """Links to parts of another case: `links` are the values given, by field, one
    record or a list of them.
    """
    root = root_of(record)
    problems: Problems = {}
    for name, value in links.items():
        linked_records = value if isinstance(value, list) else [value]
        for linked in linked_records:
            if isinstance(linked, Part) and root_of(linked) != root:
                problems[name] = [_("This belongs to another case.")]
    return problems


def moves(before: Any, after: Any) -> Problems:
    """A part stays in its case: whoever locked and read that case has not seen another
    one.
    """
    if not isinstance(before, Part) or root_of(before) == root_of(after):
        return {}
    field = after.root_path.split("__")[0]
    if isinstance(after, Citation):
        field = str(after.target_name)
    sentence = _(
        "A record cannot move to another case. Delete it here and create it there."
    )
    return {field: [sentence]}
