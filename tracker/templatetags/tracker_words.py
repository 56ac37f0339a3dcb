"""Dates in templates, for people and for machines."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tracker.contract.vocabulary import ClaimantRole
from tracker.site.records import machine_date, page_of
from tracker.site.values import code, date_words, language_and_text

register = template.Library()


@register.filter
def day(value: Any) -> SafeString | str:
    """A published date, such as {"edtf": "2025-09", …}; “date unknown” for none."""
    if not value:
        return _("date unknown")
    words, machine = date_words(value), machine_date(value)
    return (
        format_html('<time datetime="{}">{}</time>', machine, words)
        if machine
        else words
    )


@register.filter
def as_options(options: Iterable[tuple[str, str, bool]]) -> SafeString:
    """Of a select. In one go: for some hundred countries a template takes fifteen times
    as long.
    """
    return mark_safe(  # noqa: S308  both are escaped here
        "".join(
            f'<option value="{escape(code)}"{" selected" if chosen else ""}>{escape(label)}</option>'
            for code, label, chosen in options
        )
    )


@register.filter
def role(claimant: Any) -> str:
    """What a claimant is: the source's own word where there is one."""
    return claimant["role_as_stated"] or (
        code(ClaimantRole, claimant["role"]) if claimant["role"] else ""
    )


@register.filter
def address(document: Any) -> str:
    return page_of(document)


@register.filter
def translated(texts: Any) -> SafeString:
    """Text by language, marked with the language that it is in."""
    language, text = language_and_text(texts)
    return format_html('<bdi lang="{}">{}</bdi>', language, text)
