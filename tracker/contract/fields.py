"""The few forms that a published value has. They pass finished values on, and tell
OpenAPI what they are.

Every field may be null: unknown, or not published. The empty text of the record is null
too.
"""

from typing import Any

from django.db.models import TextChoices
from rest_framework import serializers

from tracker import dates


class _Finished:
    """A value that needs no conversion."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"read_only": True, "allow_null": True, **kwargs})

    def to_representation(self, value: Any) -> Any:
        return None if value == "" else value


class Text(_Finished, serializers.CharField):
    pass


class Number(_Finished, serializers.IntegerField):
    pass


class Flag(_Finished, serializers.BooleanField):
    pass


class Id(_Finished, serializers.UUIDField):
    pass


class Ids(_Finished, serializers.ListField):
    child = serializers.UUIDField()


class Texts(_Finished, serializers.ListField):
    child = serializers.CharField()


class TextByLanguage(_Finished, serializers.DictField):
    """{"en": "…", "be": "…"}"""

    child = serializers.CharField()


class Anything(_Finished, serializers.JSONField):
    pass


class Code(_Finished, serializers.ChoiceField):
    def __init__(self, vocabulary: type[TextChoices], **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        self.settings = kwargs
        super().__init__(choices=vocabulary.choices, **kwargs)

    def __deepcopy__(self, memo: Any) -> "Code":
        return type(self)(self.vocabulary, **self.settings)


class Codes(_Finished, serializers.ListField):
    def __init__(self, vocabulary: type[TextChoices], **kwargs: Any) -> None:
        self.each = vocabulary
        super().__init__(child=Code(vocabulary, allow_null=False), **kwargs)

    def __deepcopy__(self, memo: Any) -> "Codes":
        return type(self)(self.each)


class Date(_Finished, serializers.DictField):
    """EDTF text with its first and last possible day: {"edtf": "2025-09", "earliest":
    …, "latest": …}
    """

    def to_representation(self, value: Any) -> Any:
        return dates.published(value) if value else None


__all__ = [
    "Anything",
    "Code",
    "Codes",
    "Date",
    "Flag",
    "Id",
    "Ids",
    "Number",
    "Text",
    "TextByLanguage",
    "Texts",
]
