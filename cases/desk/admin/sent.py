"""What a browser would send of a page that nobody has typed into."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.utils.translation import gettext as _

from cases.desk.admin.fields import Aside
from cases.desk.admin.meanwhile import Boxes
from cases.desk.admin.texts import TextsWidget


def untouched(pages_forms: Iterable[forms.BaseForm]) -> Boxes:
    """Of forms that are not bound. What is none of the record is left out."""
    boxes: Boxes = {}
    for form in pages_forms:
        for name, field in form.fields.items():
            if isinstance(field, Aside) or name == "seen_version":
                continue
            boxes.update(_sent(form[name]))
    return boxes


def not_empty(boxes: Boxes) -> Boxes:
    return {name: texts for name, texts in boxes.items() if any(texts)}


def _sent(box: forms.BoundField) -> Boxes:
    widget = plain_widget(box)
    value = box.value()
    if isinstance(widget, TextsWidget):
        texts = value if isinstance(value, dict) else {}
        return {f"{box.html_name}__{code}": [text] for code, text in texts.items()}
    if isinstance(widget, forms.FileInput):
        return {}
    if isinstance(widget, forms.CheckboxInput):
        return {box.html_name: ["on"] if widget.check_test(value) else []}
    formatted = widget.format_value(value)
    if not getattr(widget, "allow_multiple_selected", False):
        if isinstance(formatted, list | tuple):
            formatted = formatted[0] if formatted else ""
        return {box.html_name: ["" if formatted is None else str(formatted)]}
    return {box.html_name: [str(text) for text in formatted]}


def plain_widget(box: forms.BoundField) -> Any:
    widget = box.field.widget
    if isinstance(widget, RelatedFieldWidgetWrapper):
        return widget.widget
    return widget


def names_of(box: forms.BoundField, boxes: Iterable[str]) -> list[str]:
    """Under which of these names the browser sends this box: a text by language has one
    for each.
    """
    name = box.html_name
    return [sent for sent in boxes if sent == name or sent.startswith(f"{name}__")]


def in_words(box: forms.BoundField, texts: list[str]) -> str:
    """What stands in the box, as its reader sees it."""
    field: Any = box.field
    if isinstance(field.widget, forms.CheckboxInput):
        return _("yes") if texts else _("no")
    words = []
    for text in texts:
        words.append(_choice(field, text))
    return ", ".join(words)


def _choice(field: Any, text: str) -> str:
    if isinstance(field, forms.ModelChoiceField):
        queryset: Any = field.queryset
        try:
            return str(queryset.get(pk=text))
        except (ObjectDoesNotExist, ValidationError, ValueError):
            return text
    for code, label in getattr(field, "choices", []):
        if str(code) == text:
            return str(label)
    return text
