"""What this is, and what it is not, in plain words."""

from tracker.site.base import Page


class AboutPage(Page):
    template_name = "tracker/about.html"
