"""The few forms that a published value has, and what a line of the contract says of it.

A form passes finished values on, and tells OpenAPI what they are. Every field may be
null: unknown, or not published. The empty text of the record is null too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from django.db.models import TextChoices
from django.utils.functional import Promise
from rest_framework import serializers

from tracker import dates

Label = str | Promise
Question = Label | tuple[Label, Label] | None
"""What a list is asked: of a day or a number two things, from when on and until when,
at least and at most.
"""


@dataclass(frozen=True)
class Place:
    """Where a page tells a field. `breath`: the name of a fact that is told of several
    fields in one breath.
    """

    where: str
    breath: str = ""

    def within(self, breath: str) -> "Place":
        return replace(self, breath=breath)


ALWAYS = Place("always")  # among the facts of its record, also where it is unknown
IF_KNOWN = Place("if known")  # there, if the record or a source says something
ELSEWHERE = Place("elsewhere")  # the page has a place of its own for it
NOWHERE = Place("nowhere")  # an id or a term: it tells nothing of the case


@dataclass(frozen=True)
class Counted:
    """How lists are counted by a question; `label`, where that differs from the
    question's. What has codes is always counted by them.
    """

    by: Literal["", "value", "month", "age"] = ""
    label: Label = ""


NOT_COUNTED = Counted()
BY_VALUE = Counted("value")


def by_month(label: Label) -> Counted:
    return Counted("month", label)


def by_age(label: Label) -> Counted:
    """Of those who were born on these days."""
    return Counted("age", label)


@dataclass(frozen=True)
class Case:
    """What a field of a part does for lists of the documents that hold the part.

    `fact` is the name by which they are asked; that of the field, if none is given.
    `column` is the column of their table.
    """

    fact: str = ""
    asks: Question = None
    counted: Counted = NOT_COUNTED
    column: str = ""


@dataclass(frozen=True)
class Line:
    """What the contract says of a field beside its form.

    `asks`: the question put to lists of its own kind, and how they are `counted` by it.
    `in_table`: has it a column in the table of its list? `in_rows`: may it stand in a
    table at all, a row beside those of many people?
    `own_word`: the organisation says it of its own work, so it needs no source.
    `derived`: the gate computes it from the rest, so no correction tells of it.
    `lasting`: it is told of every day back as it is today (tracker/contract/past.py).
    `in_corrections`: may a correction repeat what it said before?
    `when_empty`: what a page says where an empty field is not an unknown one.
    `told_by`: the list within the record that tells it where the field is empty.
    `prose`: two sources that word it differently may both be right.

    For proposals: may a partner say it (`proposed`), must they (`required`), how much
    at most (`most`: characters, or the number itself), and a word of help (`hint`).
    """

    label: Label = ""
    place: Place | None = None
    asks: Question = None
    counted: Counted = NOT_COUNTED
    of_case: Case = Case()
    in_table: bool = True
    in_rows: bool = True
    own_word: bool = False
    derived: bool = False
    lasting: bool = False
    in_corrections: bool = True
    when_empty: Label = ""
    told_by: str = ""
    prose: bool = False
    proposed: bool = True
    required: bool = False
    most: int | None = None
    hint: Label = ""


class Form:
    """A value that needs no conversion. `takes` is what the form itself is made of."""

    line: Line

    def __init__(
        self,
        label: Label = "",
        *,
        allow_null: bool = True,
        takes: Mapping[str, Any] | None = None,
        **said: Any,
    ) -> None:
        self.line = Line(label, **said)
        super().__init__(read_only=True, allow_null=allow_null, **(takes or {}))  # type: ignore[call-arg]

    def __deepcopy__(self, memo: Mapping[Any, Any]) -> Self:
        """What a line says never changes, so copies share it."""
        field: Any = self
        return type(self)(*field._args, **field._kwargs)

    def to_representation(self, value: Any) -> Any:
        return None if value == "" else value


class Text(Form, serializers.CharField):
    pass


class Address(Text):
    """Of a page on the web."""


class Number(Form, serializers.IntegerField):
    pass


class Flag(Form, serializers.BooleanField):
    pass


class Id(Form, serializers.UUIDField):
    """`to`: the kind of record that it names; "" if it may be of several."""

    def __init__(self, label: Label = "", *, to: str = "", **said: Any) -> None:
        self.to = to
        super().__init__(label, **said)


class Ids(Form, serializers.ListField):
    child = serializers.UUIDField()

    def __init__(self, label: Label = "", *, to: str = "", **said: Any) -> None:
        self.to = to
        super().__init__(label, **said)


class Texts(Form, serializers.ListField):
    child = serializers.CharField()


class TextByLanguage(Form, serializers.DictField):
    """{"en": "…", "be": "…"}"""

    child = serializers.CharField()


class Anything(Form, serializers.JSONField):
    pass


class Code(Form, serializers.ChoiceField):
    def __init__(
        self, vocabulary: type[TextChoices], label: Label = "", **said: Any
    ) -> None:
        self.vocabulary = vocabulary
        super().__init__(label, takes={"choices": vocabulary.choices}, **said)


class Codes(Form, serializers.ListField):
    """`of_each`: the vocabulary."""

    def __init__(
        self, vocabulary: type[TextChoices], label: Label = "", **said: Any
    ) -> None:
        self.of_each = vocabulary
        code = Code(vocabulary, allow_null=False)
        super().__init__(label, takes={"child": code}, **said)


class Date(Form, serializers.DictField):
    """EDTF text with its first and last possible day: {"edtf": "2025-09", "earliest":
    …, "latest": …}
    """

    def to_representation(self, value: Any) -> Any:
        return dates.published(value) if value else None


def vocabulary_of(form: Any) -> type[TextChoices] | None:
    """Of a code, or of a list of codes; None for what has no codes."""
    match form:
        case Code():
            return form.vocabulary
        case Codes():
            return form.of_each
    return None
