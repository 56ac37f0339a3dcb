"""A text by language as one box for each language: nobody who documents has to write
JSON.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings

from tracker.language_names import language_name

OFFERED = ("en", "be", "ru")


class TextsWidget(forms.Widget):
    """Boxes for the languages offered, those of the site, and any other that the text
    has already.
    """

    template_name = "admin/cases/texts.html"

    def __init__(self, rows: int = 4, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.rows = rows

    def get_context(
        self, name: str, value: object, attrs: dict[str, Any] | None
    ) -> dict[str, Any]:
        texts: dict[str, str] = {}
        if isinstance(value, dict):
            texts = value
        of_the_site = [code for code, _name in settings.LANGUAGES]
        offered = () if settings.OWN.languages else OFFERED
        boxes = []
        for code in dict.fromkeys([*offered, *of_the_site, *texts]):
            box = {
                "code": code,
                "language": language_name(code),
                "text": texts.get(code, ""),
                "rows": self.rows,
            }
            boxes.append(box)
        context = super().get_context(name, value, attrs)
        context["boxes"] = boxes
        return context

    def value_from_datadict(
        self, data: Mapping[str, Any], files: object, name: str
    ) -> dict[str, str]:
        start = f"{name}__"
        texts = {}
        for key in data:
            if key.startswith(start):
                texts[key.removeprefix(start)] = data[key]
        return texts

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: object, name: str
    ) -> bool:
        return not any(key.startswith(f"{name}__") for key in data)

    def id_for_label(self, id_: str) -> str:
        if not id_:
            return ""
        return f"{id_}__{OFFERED[0]}"


class TextsField(forms.Field):
    """{"en": "…"}: languages without a text are left out. Of what JSONField.formfield()
    passes it takes the labels.
    """

    widget = TextsWidget

    def __init__(
        self, *, encoder: object = None, decoder: object = None, **kwargs: Any
    ) -> None:
        super().__init__(**{**kwargs, "show_hidden_initial": False})

    def to_python(self, value: Any) -> dict[str, str]:
        texts = {}
        for language, typed in (value or {}).items():
            text = typed.replace("\r\n", "\n").strip()
            if text:
                texts[language] = text
        return texts

    def has_changed(self, initial: object, data: object) -> bool:
        return (initial or {}) != self.to_python(data)
