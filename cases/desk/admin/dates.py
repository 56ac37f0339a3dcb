"""Boxes for dates: people type them as they are used to, and see what was understood."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cases.typed_dates import in_words, understood


class DateBox(forms.TextInput):
    """Has in words beside it what is in it."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "date-as-stated", **(attrs or {})})

    def render(
        self, name: str, value: Any, attrs: Any = None, renderer: Any = None
    ) -> SafeString:
        box = super().render(name, value, attrs, renderer)
        words = _words(value)
        if not words:
            return box
        return format_html('{}<span class="understood quiet">{}</span>', box, words)


def _words(value: Any) -> str:
    """What is refused has its error beside it, and no words."""
    try:
        return in_words(str(value or ""))
    except ValidationError:
        return ""


class DateAsTyped(forms.CharField):
    """EDTF text, whichever form it was typed in."""

    widget = DateBox

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return understood(text) if text else text


class DayBox(forms.DateInput):
    """Browsers show their own calendar, and tell the day so, in whatever language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayAsTyped(forms.DateField):
    """One day of the calendar."""

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        return super().to_python(understood(value))
