"""What the language and script of a text are called, in the reader's own language: as
Unicode's CLDR has it, by Babel.
"""

from functools import lru_cache

from babel import Locale
from babel.core import get_global
from django.utils.translation import get_language


def language_name(tag: str | None) -> str:
    """be-Latn is “Belarusian (Latin)”, zh-Hant-HK “Chinese (Traditional, Hong Kong SAR
    China)”. What CLDR has no word for stays a code; "" for nothing.
    """
    return _called(tag, get_language() or "en") if tag else ""


@lru_cache(maxsize=1024)
def script_of(tag: str) -> str:
    """Latn of be-Latn, Cyrl of be, in which it is mostly written; "" of what CLDR does
    not know.
    """
    language, *subtags = tag.split("-")
    for subtag in subtags:
        if len(subtag) == 4 and subtag.isalpha():
            return subtag.title()
    likely = get_global("likely_subtags").get(language.lower(), "")
    _language, _, script_and_country = likely.partition("_")
    return script_and_country.partition("_")[0]


@lru_cache(maxsize=1024)
def _called(tag: str, reader: str) -> str:
    language, *subtags = tag.split("-")
    here, english = Locale.parse(reader, sep="-"), Locale("en")
    words = []
    for subtag in subtags:
        for names in (here.scripts, here.territories, here.variants):
            # CLDR writes Latn, HK and TARASK; in tags either case is right.
            found = names.get(subtag.title()) or names.get(subtag.upper())
            if found:
                words.append(found)
                break
        else:
            words.append(subtag)
    code = language.lower()
    name = here.languages.get(code) or english.languages.get(code) or language
    return f"{name} ({', '.join(words)})" if words else str(name)
