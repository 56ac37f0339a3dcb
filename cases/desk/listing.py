"""What no list of the desk holds, in the admin or in the editorial API: a page of fifty
rows is soon read, and soon carried away. The record's own page has it.
docs/decisions/insiders.md
"""

from django.db.models import Model

from cases.disclosure.officials import OFFICIALS
from cases.models import Claimant, Hearing
from cases.models.declaring import inside_only

# Of what stays inside as a whole, such as a consent, a list has whose it is.
WHOSE = {"id", "prisoner", "version", "created_at", "updated_at"}
# These say nothing by themselves.
_PLAIN = {"version", "created_at", "updated_at"}


def left_out(model: type[Model]) -> set[str]:
    """The names of its fields that no list holds."""
    names = set()
    for name in inside_only(model):
        if name not in _PLAIN:
            names.add(name)
    for field in model._meta.fields:
        if getattr(model, "stays_inside", False) and field.name not in WHOSE:
            names.add(field.name)
            names |= {f"{field.name}_earliest", f"{field.name}_latest"}
    if model is Claimant:
        names.add("role_as_stated")
    if model is Hearing:
        names.update(OFFICIALS)
    return names
