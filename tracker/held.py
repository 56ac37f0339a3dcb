"""What is held back: documents of which something was taken back a moment ago, until the
gate has rendered them anew (docs/decisions/publishing.md).

Nobody is shown them, and nobody is told why.
"""

from typing import Any

from django.db.models import BooleanField, Func
from django.utils.translation import gettext_lazy as _

RETRY_AFTER = 5  # seconds
SENTENCE = _("This is being brought up to date. Please try again in a few seconds.")

# Mostly nothing is held back. PostgreSQL asks that once for a statement, in the snapshot
# in which it reads the rows, and then looks no further: to compare each row with three
# empty lists makes long lists slower. Each of the three has an index.
_SQL = (
    "(EXISTS (SELECT FROM {held}) AND ({id} = ANY(ARRAY(SELECT root FROM {held}))"
    " OR {parent} IS NOT NULL AND {parent} = ANY(ARRAY(SELECT root FROM {held}))"
    " OR {named} && ARRAY(SELECT root FROM {held} WHERE everywhere)))"
)


class BeingUpdated(Exception):
    """What was asked for is held back."""


def sql(held: str, id: str = "id", parent: str = "parent", named: str = "named") -> str:
    """Is a row of a document held back? `held` is the table of what is."""
    return _SQL.format(held=held, id=id, parent=parent, named=named)


class Held(Func):
    """The same as a condition of a question to the documents of an audience."""

    def __init__(self, held: str) -> None:
        super().__init__("id", "parent", "named", output_field=BooleanField())
        self.held = held

    def as_sql(
        self, compiler: Any, connection: Any, *_args: object, **_more: object
    ) -> tuple[str, tuple[str | int, ...]]:
        columns = [compiler.compile(column)[0] for column in self.source_expressions]
        return sql(connection.ops.quote_name(self.held), *columns), ()
