"""Dates in templates, for people and for machines."""

from collections.abc import Iterable
from datetime import date
from html import escape
from itertools import chain
from typing import Any

from django import template
from django.conf import settings
from django.template import Context
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tracker import dates
from tracker.site import described, languages, release_events, values
from tracker.site import sections as all_sections
from tracker.site.case_list import Line
from tracker.site.hedged import Told
from tracker.site.publisher import Publisher
from tracker.site.publisher import publisher as stated_publisher
from tracker.site.records import machine_date, page_of
from tracker.site.values import date_words, language_and_text

register = template.Library()


@register.filter
def day(value: Any) -> SafeString | str:
    """A published date, such as {"edtf": "2025-09", …}; “date not given” for none."""
    if not value:
        return _("date not given")
    words, machine = date_words(value), machine_date(value)
    return (
        format_html('<time datetime="{}">{}</time>', machine, words)
        if machine
        else words
    )


@register.simple_tag(takes_context=True)
def this_page_by_language(context: Context) -> dict[str, str]:
    """The address of this page in each language; the start page's for what was refused,
    so that nothing of its address is repeated.
    """
    addresses = {}
    for language, _name in settings.LANGUAGES:
        if "request" in context and "refused" not in context:
            addresses[language] = languages.in_language(context["request"], language)
        else:
            with translation.override(language):
                addresses[language] = reverse("site:home")
    return addresses


@register.simple_tag(takes_context=True)
def this_page_for_all_others(context: Context) -> str:
    return languages.for_all_others(context["request"])


@register.simple_tag(takes_context=True)
def sections(context: Context) -> list[all_sections.Section]:
    return all_sections.sections(context.get("request"))


@register.simple_tag
def publisher() -> Publisher:
    return stated_publisher()


@register.simple_tag(takes_context=True)
def for_programs(context: Context) -> SafeString:
    """What the page says of itself to chats and search engines. Of what was refused or
    asked, nothing.
    """
    request = context.get("request")
    if request is None or "refused" in context or request.META.get("QUERY_STRING"):
        return mark_safe("")
    properties = described.open_graph(request).items()
    tags = format_html_join("", '<meta property="{}" content="{}">\n', properties)
    edition = context.get("edition")
    return tags + described.page(request, edition and edition.day)


@register.simple_tag
def noindex_if_one_objects(*lists: Iterable[Line]) -> SafeString:
    """For a page that names people: search engines may list it if they may list the page
    of each.
    """
    for line in chain(*lists):
        if not line.is_listed:
            return mark_safe('<meta name="robots" content="noindex">')
    return mark_safe("")


@register.filter
def written(day: date) -> str:
    """A day of the calendar, as the reader's language writes it."""
    return dates.written(day)


@register.filter
def full_stop(words: str) -> str:
    """At the end of a sentence, also where that is a date with a stop of its own:
    “11 верасня 2025 г.”
    """
    return words if strip_tags(words).endswith(".") else words + mark_safe(".")


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
    return values.role(claimant)


@register.filter
def address(document: Any) -> str:
    return page_of(document)


@register.filter
def facts_of_event(document: Any) -> list[Told]:
    return release_events.facts_of(document)


@register.filter
def translated(texts: Any) -> SafeString:
    """Text by language, marked with the language that it is in."""
    language, text = language_and_text(texts)
    return format_html('<bdi lang="{}">{}</bdi>', language, text)
