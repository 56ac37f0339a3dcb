"""A case as an edition holds it, made without a database.

    case(born_on="1980", names=[row(PersonName, "name", value="Ales Example")])

Ids are any words. What is not given is unknown; a case is public unless it says who
sees it.
"""

from copy import deepcopy
from datetime import date
from typing import Any

from cases.aggregate import OF_CLAIMANT, Aggregate, links, row_of
from cases.catalogue import KINDS, part_lists, target_of
from cases.disclosure.disclosing import disclose
from cases.disclosure.surroundings import Surroundings
from cases.models import Citation, Claimant, PersonName
from cases.models.base import Record
from tracker.audiences import PUBLIC, Audience

Row = dict[str, Any]

TODAY = date(2025, 3, 15)


def row(model: type[Record], id: str, **fields: Any) -> Row:
    """Of a list, or of the case itself. Links are given by their ids: `charges_ids`."""
    linked = {column: fields.pop(column, []) for column in links(model)}
    return {**row_of(model(id=id, **fields)), **linked}


def case(kind: str = "prisoner", **given: Any) -> Aggregate:
    """Its lists, `sources` and `claimants` by their names; the rest are facts of it. A
    person has a name unless the list of them is given.
    """
    has_names = "names" in given
    made: Aggregate = {name: given.pop(name, {}) for name in ("sources", "claimants")}
    for part in part_lists(kind):
        made[part.name] = given.pop(part.name, [])
    made["root"] = row(KINDS[kind], "case", **{"visibility": "public", **given})
    if kind == "prisoner" and not has_names:
        made["names"] = [row(PersonName, "called", value="Somebody", preferred=True)]
    return made


def cited(
    model: type[Record], about: str, source: str = "report", **fields: Any
) -> Row:
    """A citation of the record with this id."""
    id = fields.pop("id", f"citation of {about}")
    target = {f"{target_of(model)}_id": about}
    return row(Citation, id, source_id=source, **target, **fields)


def claimant(**fields: Any) -> Row:
    """What an edition keeps of one."""
    values = {"name": "Real Name", "role": "witness", "visibility": "public", **fields}
    made = row_of(Claimant(**values))
    return {name: made[name] for name in OF_CLAIMANT}


def source(visibility: str = "public", label: str = "", **fields: Any) -> Row:
    """What an edition keeps of one."""
    return {"visibility": visibility, "public_label": label, **fields}


def present(visibility: str = "public", label: str = "", **fields: Any) -> Row:
    return source(visibility, label, **fields)


def shown(
    then: Aggregate,
    now: Aggregate | None = None,
    audience: Audience = PUBLIC,
    *,
    kind: str = "prisoner",
    approved_on: date | None = None,
    **around: Any,
) -> Any:
    """The content of the document of a case that was approved as `then` and is `now`:
    the same, if not given.
    """
    surroundings = Surroundings(**{"today": TODAY, **around})
    if now is None:
        now = deepcopy(then)
    return disclose(kind, deepcopy(then), now, audience, surroundings, approved_on)
