"""Texts and names by language, stored as {"en": "…", "be": "…"}."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from tracker.plain import refuse_unseen

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def validate_text_by_language(value: Any) -> None:
    if not isinstance(value, dict):
        raise ValidationError(_("Write the text by language, as in {“en”: “…”}."))
    for language, text in value.items():
        if not isinstance(text, str) or not _LANGUAGE_TAG.fullmatch(language):
            raise ValidationError(
                _(
                    "“%(language)s” must be a language tag such as en, be or ru, with a text."
                ),
                params={"language": language},
            )
        for line in text.splitlines():
            refuse_unseen(line.replace("\t", " "))


class TextByLanguage(models.JSONField):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)
        self.validators = [*self.validators, validate_text_by_language]

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _path, args, kwargs = super().deconstruct()
        kwargs.pop("validators", None)
        return name, "django.db.models.JSONField", args, kwargs
