"""Boxes for dates: people type them as they are used to, and see what was understood."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cases.typed_dates import TWO_READINGS, in_words, understood
from tracker.dates import validate


class DateBox(forms.TextInput):
    """Has in words beside it what is in it; a script asks anew while one types."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"class": "date-as-stated", **(attrs or {})})

    def build_attrs(
        self, base_attrs: dict[str, Any], extra_attrs: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        return {**super().build_attrs(base_attrs, extra_attrs), **asks_what_is_meant()}

    def render(
        self, name: str, value: Any, attrs: Any = None, renderer: Any = None
    ) -> SafeString:
        box = super().render(name, value, attrs, renderer)
        # It stands there while it is empty, too: a screen reader says what comes into it.
        beside = '{}<span class="understood quiet" role="status">{}</span>'
        return format_html(beside, box, _words(value))


def _words(value: Any) -> str:
    """What is refused has its error beside it, and no words."""
    try:
        return in_words(str(value or ""))
    except ValidationError:
        return ""


def asks_what_is_meant() -> dict[str, str]:
    """Attributes of a box in which a date is typed."""
    return {"data-understood": reverse("admin:understood")}


def understood_view(request: HttpRequest) -> JsonResponse:
    """For the script of these boxes. `words` are said while one types: as what it was
    understood, or that there are two readings. `refusal` is said when the box is left:
    until then it may be half a date.
    """
    typed = request.GET.get("typed", "").strip()
    answer = {"words": "", "refusal": ""}
    try:
        if typed:
            validate(understood(typed))
            answer["words"] = in_words(typed)
    except ValidationError as refusal:
        said_at = "refusal"
        if refusal.code == TWO_READINGS:
            said_at = "words"
        answer[said_at] = " ".join(refusal.messages)
    return JsonResponse(answer)


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
