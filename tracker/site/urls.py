"""The public pages, below a language such as /en/."""

from django.urls import path

from tracker.site.about import (
    AboutPage,
    MethodPage,
    PoliticalPrisonersPage,
    WritingPage,
)
from tracker.site.birthdays import BirthdaysPage
from tracker.site.case import CasePage
from tracker.site.cases import CaseList
from tracker.site.charts import HeldPage, HeldRows, ReleasesPage, ReleasesRows
from tracker.site.counts import CountsPage
from tracker.site.court_cases import CourtCaseList, CourtCasePage
from tracker.site.facilities import FacilityList, FacilityPage
from tracker.site.feed import FeedPage
from tracker.site.home import HomePage
from tracker.site.release_events import ReleaseEventList, ReleaseEventPage
from tracker.site.sources import CopyPage, SourceList, SourcePage
from tracker.site.statistics import StatisticsPage, StatisticsRows
from tracker.site.time_held import TimeHeldPage, TimeHeldRows

app_name = "site"
urlpatterns = [
    path("", HomePage.as_view(), name="home"),
    path("cases/", CaseList.as_view(), name="cases"),
    path("cases/<id:id>/", CasePage.as_view(), name="case"),
    path("releases/", ReleaseEventList.as_view(), name="releases"),
    path("releases/<id:id>/", ReleaseEventPage.as_view(), name="release"),
    path("court-cases/", CourtCaseList.as_view(), name="court_cases"),
    path("court-cases/<id:id>/", CourtCasePage.as_view(), name="court_case"),
    path("statistics/", StatisticsPage.as_view(), name="statistics"),
    path("statistics/numbers.csv", StatisticsRows.as_view(), name="statistics_rows"),
    path("statistics/held/", HeldPage.as_view(), name="chart_held"),
    path("statistics/held.csv", HeldRows.as_view(), name="rows_held"),
    path("statistics/releases/", ReleasesPage.as_view(), name="chart_releases"),
    path("statistics/releases.csv", ReleasesRows.as_view(), name="rows_releases"),
    path("statistics/time-held/", TimeHeldPage.as_view(), name="time_held"),
    path("statistics/time-held.csv", TimeHeldRows.as_view(), name="time_held_rows"),
    path("counts/", CountsPage.as_view(), name="counts"),
    path("places/", FacilityList.as_view(), name="facilities"),
    path("places/<id:id>/", FacilityPage.as_view(), name="facility"),
    path("sources/", SourceList.as_view(), name="sources"),
    path("sources/<id:id>/", SourcePage.as_view(), name="source"),
    path("copies/<id:id>/", CopyPage.as_view(), name="copy"),
    path("birthdays/", BirthdaysPage.as_view(), name="birthdays"),
    path("about/", AboutPage.as_view(), name="about"),
    path("method/", MethodPage.as_view(), name="method"),
    path(
        "political-prisoners/",
        PoliticalPrisonersPage.as_view(),
        name="political_prisoners",
    ),
    path("writing/", WritingPage.as_view(), name="writing"),
    path("feed/", FeedPage.as_view(), name="feed"),
]
