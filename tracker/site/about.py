"""What this is, and what it is not, in plain words; and in those of the organisation."""

from typing import Any

from django.conf import settings

from tracker.audiences import PUBLIC
from tracker.site import described
from tracker.site.base import Page
from tracker.site.publisher import own_words


class AboutPage(Page):
    template_name = "tracker/about.html"


class PageOfWords(Page):
    """`text` names what the organisation may say here: `texts` in
    config/organisation.py.
    """

    text = ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(own_words=own_words(self.text), **kwargs)


class PoliticalPrisonersPage(PageOfWords):
    template_name = "tracker/political_prisoners.html"
    text = "political_prisoners"


class WritingPage(PageOfWords):
    template_name = "tracker/writing.html"
    text = "writing"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            hours=settings.WITHDRAWAL_HOURS, months=settings.REQUEST_MONTHS, **kwargs
        )


class MethodPage(PageOfWords):
    template_name = "tracker/method.html"
    text = "method"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """One query: the last change of what is shown. That of a withdrawal is nobody's
        to know.
        """
        last = PUBLIC.shown().order_by("-seq").values_list("seq", "changed_on").first()
        return super().get_context_data(
            last=last, dataset=described.dataset(self.request, last), **kwargs
        )
