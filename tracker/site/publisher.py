"""Who publishes this, on what terms, and whom to write to: as far as it was stated."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language


@dataclass(frozen=True)
class Publisher:
    """Each is "" where nobody stated it."""

    name: str
    contact: str
    licence: str
    licence_address: str

    @property
    def contact_in_words(self) -> str:
        """As people read and type it."""
        return self.contact.removeprefix("mailto:").partition("?")[0]


def publisher() -> Publisher:
    return Publisher(
        settings.ORGANISATION, settings.CONTACT, settings.LICENCE, settings.LICENCE_URL
    )


@dataclass(frozen=True)
class OwnWords:
    language: str
    text: str


def own_words(page: str) -> OwnWords | None:
    """What the organisation itself says on a page (docs/organisation.md), in English
    where it says nothing in the reader's language.
    """
    by_language = settings.OWN.texts.get(page, {})
    for language in (get_language() or "", settings.LANGUAGE_CODE):
        if language in by_language:
            return OwnWords(language, by_language[language])
    return None
