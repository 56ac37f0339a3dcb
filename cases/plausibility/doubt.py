"""A doubt: what is hardly so, and where it stands."""

import hashlib
import json
from dataclasses import dataclass

from django.utils.text import capfirst

from cases.models.base import Record

# Rules that ask about a person on record: the answer is no source's word.
NAMESAKE = "namesake"
KNOWN_PERSON = "known_person"


@dataclass(frozen=True)
class Doubt:
    """`rule` names the kind of doubt. `field` is empty for the record as a whole.
    `values` are what is doubted, as they are stored: other values are another doubt.
    """

    rule: str
    model: type[Record]
    field: str
    values: tuple[str, ...]
    sentence: str
    record_id: str = ""

    @property
    def key(self) -> str:
        """The same for the same doubt of a record that is about to be added again: it
        has another id then.
        """
        said = [self.rule, self.model.__name__, self.field, *self.values]
        digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()
        return f"{self.rule}-{digest[:16]}"

    @property
    def known_case(self) -> str:
        """The id of the case of which it is asked if it is the same person's; or ""."""
        if self.rule in (NAMESAKE, KNOWN_PERSON):
            return self.values[0]
        return ""

    @property
    def where(self) -> str:
        record = capfirst(str(self.model._meta.verbose_name))
        if not self.field:
            return record
        return f"{record}, {self.model._meta.get_field(self.field).verbose_name}"  # type: ignore[union-attr]

    def __str__(self) -> str:
        return f"{self.where}: {self.sentence}"
