"""The sentence for what the database refused: the last line behind the forms, and never
a page that breaks.
"""

from django.apps import apps
from django.db import models
from django.db.utils import DatabaseError
from django.utils.translation import gettext as _
from psycopg.errors import ForeignKeyViolation


def sentence(error: DatabaseError) -> str:
    by_django = isinstance(error, models.ProtectedError | models.RestrictedError)
    if by_django or _is_of_a_reference(error):
        # The database knows the table that refers to it: perhaps one of a case that
        # this person does not see.
        return _(
            "Nothing was saved: something here cannot be deleted, or is not there."
        )
    problem: object = error
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis:
        rule = _violated(diagnosis.constraint_name)
        problem = rule or diagnosis.message_primary or error
    return _("Nothing was saved. %(problem)s") % {"problem": problem}


def _is_of_a_reference(error: DatabaseError) -> bool:
    """Not one of ours, which say what is wrong and name no table."""
    cause = error.__cause__
    return isinstance(cause, ForeignKeyViolation) and bool(cause.diag.table_name)


def _violated(name: str | None) -> str | None:
    """The words of the rule with this name."""
    for model in apps.get_app_config("cases").get_models():
        for constraint in model._meta.constraints:
            if name and constraint.name == name:
                return str(constraint.violation_error_message)
    return None
