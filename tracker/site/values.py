"""A published value in words. What form a value has, the contract says
(tracker/contract/documents.py).
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from tracker.contract import fields as forms
from tracker.contract.vocabulary import ClaimantRole, Measure, Qualifier
from tracker.contract.walking import RECORDS, fields_of
from tracker.dates import display


def form(kind: str, field: str) -> Any:
    """The field of the contract; None where it has none of that name."""
    return fields_of(kind).get(field) if kind in RECORDS else None


def words(kind: str, field: str, value: object) -> str:
    """`value` as a document has it, or as a citation states it; "" for none."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, list):
        return ", ".join(words(kind, field, entry) for entry in value)
    value_form = form(kind, field)
    vocabulary = forms.vocabulary_of(value_form)
    if vocabulary:
        return code(vocabulary, value)
    if isinstance(value_form, forms.Date):
        return date_words(value)
    if value is True:
        return _("yes")
    if value is False:
        return _("no")
    if isinstance(value, Mapping):
        return in_language(value)
    if isinstance(value, int):
        return _number(field, value)
    return str(value)


def code(vocabulary: Any, value: object) -> str:
    try:  # `vocabulary.values` is a list that is made anew each time
        return str(vocabulary(value).label)
    except ValueError:
        return str(value)


def role(claimant: Mapping[str, Any]) -> str:
    """What a claimant is: the source's own word where there is one."""
    if claimant["role_as_stated"]:
        return str(claimant["role_as_stated"])
    return code(ClaimantRole, claimant["role"]) if claimant["role"] else ""


def date_words(value: Any) -> str:
    """Of a published date, or of EDTF text."""
    text = value
    if isinstance(value, Mapping):
        text = value.get("edtf")
    try:
        return display(text)
    except (TypeError, ValidationError):
        return str(text)


def _number(field: str, value: int) -> str:
    if field.endswith("_months"):
        return term(value, None)
    if field.endswith("_days"):
        return term(None, value)
    return number_format(value, force_grouping=True)


def claim(qualifier: str | None, value: int | None) -> str:
    """“at least 1,300”; "" where no number is known."""
    if value is None:
        return ""
    number = number_format(value, force_grouping=True)
    if not qualifier or qualifier == Qualifier.EXACTLY:
        return number
    return f"{code(Qualifier, qualifier)} {number}"


def counted(count: Mapping[str, Any]) -> str:
    """“people released: more than 50”."""
    number = (
        claim(count["qualifier"], count["value"])
        or count["value_as_stated"]
        or _("not given")
    )
    return f"{code(Measure, count['measure'])}: {number}"


def money(amount: int | None, currency: str | None) -> str:
    """“3,700 BYN”; "" where no amount is known."""
    if amount is None:
        return ""
    number = number_format(amount, force_grouping=True)
    return f"{number} {currency}" if currency else number


def term(months: int | None, days: int | None, months_to: int | None = None) -> str:
    """54 months and 10 days are “4 years, 6 months, 10 days”; "" where neither is
    known. A range is “from 2 years to 3 years”.
    """
    if months_to is None:
        return _term(months, days)
    at_most = _term(months_to, None)
    if months is None and days is None:
        return _("at most %(term)s") % {"term": at_most}
    words = {"first": _term(months, days), "last": at_most}
    return pgettext("term", "from %(first)s to %(last)s") % words


def _term(months: int | None, days: int | None) -> str:
    years, rest = divmod(months or 0, 12)
    parts: list[str] = []
    if years:
        parts.append(ngettext("%d year", "%d years", years) % years)
    if rest:
        parts.append(ngettext("%d month", "%d months", rest) % rest)
    if days:
        parts.append(ngettext("%d day", "%d days", days) % days)
    if not parts and (months is not None or days is not None):
        return _("none")
    return ", ".join(parts)


def in_language(texts: Mapping[str, str] | None) -> str:
    return language_and_text(texts)[1]


def language_and_text(texts: Mapping[str, str] | None) -> tuple[str, str]:
    """What there is in the reader's language, else in English, else in any; ("", "")
    for nothing.
    """
    if not texts:
        return "", ""
    here = get_language() or "en"
    for language in (here, here.split("-")[0], "en"):
        if texts.get(language):
            return language, texts[language]
    language = next(iter(texts))
    return language, texts[language]
