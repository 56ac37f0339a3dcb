"""The fifteen invented lives, entered by the editorial API as a documenter would, and
approved: they hold on the page, in the list and its filter, in the CSV and the feed.
"""

import csv
import re
from collections.abc import Callable, Iterator
from datetime import date
from io import StringIO
from typing import Any

from django.contrib.auth.models import Group, User
from django.test import TestCase, override_settings

from cases.publishing import publish_pending
from tests.cases.editorial import Desk
from tests.cases.test_status_of_lives import ANSWERS, LIVES
from tests.tracker.site_pages import text
from tracker.contract import spans

Body = dict[str, Any]


def colleague(role: str) -> Desk:
    user = User.objects.create_user(f"the {role}", is_staff=True)
    user.groups.add(Group.objects.get(name=role))
    return Desk(user)


class Documenter:
    """Enters one case. `ids` are the records by the words that tell them apart."""

    def __init__(self, desk: Desk, name: str) -> None:
        self.desk = desk
        self.ids: dict[str, str] = {}
        self.targets: dict[str, str] = {}
        self.sources: set[str] = set()
        self.id = self._post("prisoners", {"sex": None})
        self.of = {"prisoner": self.id}
        self.ids["person"], self.targets["person"] = self.id, "prisoner"
        self._post("person-names", {**self.of, "value": name, "preferred": True})

    def _post(self, noun: str, body: Body) -> str:
        answer = self.desk.post(f"{noun}/", body)
        keys = re.findall("“([a-z_0-9]+-[0-9a-f]{16})”", answer.content.decode())
        if keys:  # odd, but so it was: somebody was seen after he was said to be dead
            says_so = {"X-Source-Says-So": ",".join(keys)}
            answer = self.desk.post(f"{noun}/", body, **says_so)
        assert answer.status_code == 201, answer.content
        return str(answer.json()["id"])

    def change(self, path: str, body: Body) -> None:
        answer = self.desk.patch(path, body, self.desk.etag(path))
        assert answer.status_code == 200, answer.content

    def _part(self, noun: str, target: str, called: str, body: Body) -> None:
        self.ids[called] = self._post(noun, {**self.of, **body})
        self.targets[called] = target

    def detention(self, called: str = "detention", **body: Any) -> None:
        self._part("detentions", "detention", called, body)

    def placement(self, detention: str, **body: Any) -> None:
        self._post("placements", {"detention": self.ids[detention], **body})

    def sentence(self, called: str = "sentence", **body: Any) -> None:
        prison = {"punishment": "imprisonment", **body}
        self._part("sentences", "sentence", called, prison)

    def release(self, **body: Any) -> None:
        self._part("releases", "release", "release", body)

    def deportation(self, **body: Any) -> None:
        self._part("deportations", "deportation", "deportation", body)

    def whereabouts(self, **body: Any) -> None:
        self._part("whereabouts", "whereabouts", "whereabouts", body)

    def sighting(self, **body: Any) -> None:
        """One of which a person decided that it may be told."""
        self._part("sightings", "sighting", "sighting", {**body, "visibility": None})

    def source(self, called: str, **body: Any) -> str:
        if called not in self.ids:
            self.ids[called] = self._post(
                "sources", {"title": f"Report of {called}", **body}
            )
            self.change(f"sources/{self.ids[called]}/", {"visibility": "public"})
            self.sources.add(self.ids[called])
        return self.ids[called]

    def cite(self, about: str, source: str = "an outlet", **body: Any) -> None:
        role = body.pop("role", "")
        if role:
            somebody = {"name": "A. Example", "role": role, "visibility": "public"}
            body["claimant"] = self._post("claimants", somebody)
        cited = {self.targets[about]: self.ids[about], "source": self.source(source)}
        self._post("citations", {**cited, **body})


# --- The lives, as ../shared/trials/lives.json tells them --------------------------------


def suspended(case: Documenter) -> None:
    case.sentence(handed_down_on="2024-03-05", term_months=24, execution="suspended")
    case.cite("sentence", as_of="2024-03-06")


def free_pending_appeal(case: Documenter) -> None:
    case.detention(started_on="2023-01-01", ended_on="2023-06-01", ground="pre_trial")
    case.release(released_on="2023-06-01", to_liberty="yes")
    case.sentence(handed_down_on="2024-02-01", term_months=36, legal_force="appealed")
    case.cite("sentence", as_of="2024-02-02")


def replaced_by_a_fine(case: Documenter) -> None:
    case.sentence("prison", handed_down_on="2024-02-01", term_months=36)
    case.sentence(
        "fine",
        handed_down_on="2024-06-01",
        punishment="fine",
        replaces=case.ids["prison"],
    )
    case.cite("prison", as_of="2024-02-01")
    case.cite("fine", as_of="2024-06-01")


def fifteen_days_inside_a_term(case: Documenter) -> None:
    case.detention("term", started_on="2021-01-01", ground="serving_sentence")
    case.detention(
        "cell",
        started_on="2022-05-01",
        ended_on="2022-05-16",
        ground="administrative_arrest",
        term_days=15,
    )
    case.sentence(handed_down_on="2021-01-01", term_months=96)
    case.cite("term", as_of="2022-06-01")


def acquitted_in_the_second_case(case: Documenter) -> None:
    case.detention("first", started_on="2021-01-01", ground="serving_sentence")
    case.detention(
        "second", started_on="2023-03-01", ended_on="2024-01-01", ground="pre_trial"
    )
    case.sentence(handed_down_on="2021-01-01", term_months=72)
    case.cite("first", as_of="2024-01-02")


def heard_of_again(case: Documenter) -> None:
    case.detention(started_on="2022-01-01", ground="serving_sentence")
    case.placement("detention", place_kind="penal_colony", from_on="2022-06-01")
    case.whereabouts(no_contact_since="2023-02-15")
    case.sighting(heard_on="2024-11-12", how="seen", heard_where="Prison No. 4")
    case.cite("sighting", as_of="2024-11-13")


def short_arrest_no_end(case: Documenter) -> None:
    case.detention(
        started_on="2023-04-03", ground="administrative_arrest", term_days=15
    )
    case.cite("detention", as_of="2023-04-04")


def term_has_passed(case: Documenter) -> None:
    case.detention(started_on="2020-09-01")
    case.sentence(
        handed_down_on="2021-05-01", term_months=24, counted_from="2020-09-01"
    )
    case.cite("sentence", as_of="2021-05-02")


def death_denied(case: Documenter) -> None:
    _said_to_be_dead(case)
    case.cite(
        "person",
        "the family",
        role="relative",
        field="died_on",
        hedge="denied",
        as_of="2024-05-12",
    )
    case.sighting(heard_on="2024-05-20", how="visit")
    case.cite("sighting", "a lawyer", role="lawyer", as_of="2024-05-20")


def death_disputed(case: Documenter) -> None:
    _said_to_be_dead(case)
    case.cite(
        "person",
        "the authorities",
        role="authorities",
        field="died_on",
        hedge="denied",
        as_of="2024-05-12",
    )


def _said_to_be_dead(case: Documenter) -> None:
    case.detention(started_on="2023")
    case.change(
        f"prisoners/{case.id}/", {"died_on": "2024-05-10", "death_in_custody": "yes"}
    )
    case.cite("person", field="died_on", hedge="alleged", as_of="2024-05-10")


def retracted(case: Documenter) -> None:
    case.detention(started_on="2024-07-01")
    case.cite("detention", "another outlet", as_of="2024-07-03")
    case.sentence(handed_down_on="2024-10-01", term_months=48)
    case.source("an outlet", standing="retracted")
    case.cite("sentence", as_of="2024-10-01")


def predicted_release(case: Documenter) -> None:
    case.detention(started_on="2022-03-01", ground="serving_sentence")
    case.release(released_on="2025-02-01")
    case.cite("release", role="adviser", hedge="predicted", as_of="2025-01-10")


def order_without_days(case: Documenter) -> None:
    case.detention("first", started_on="2025", ended_on="2025-03-02")
    case.release(released_on="2025-03-02")
    case.deportation(outcome="refused", release=case.ids["release"])
    case.whereabouts(
        last_seen_where="the border zone",
        place_known="no",
        after=case.ids["deportation"],
    )
    case.detention(
        "again",
        started_on="[2025-03-02..2025-04-07]",
        after=case.ids["whereabouts"],
    )
    case.cite("again", as_of="2025-04-07")


def only_a_sentence(case: Documenter) -> None:
    case.sentence(handed_down_on="2025-09-15", term_months=48)
    case.cite("sentence", as_of="2025-10-07")


def bail(case: Documenter) -> None:
    case.detention("first", started_on="2022-01-05", ended_on="2022-04-01")
    case.release(released_on="2022-04-01", ground="bail", conditions="reports weekly")
    case.detention("again", started_on="2022-09-09")
    case.cite("again", as_of="2022-09-10")


ENTERED: dict[str, Callable[[Documenter], None]] = {
    life.__name__.replace("_", "-"): life
    for life in (
        suspended,
        free_pending_appeal,
        replaced_by_a_fine,
        fifteen_days_inside_a_term,
        acquitted_in_the_second_case,
        heard_of_again,
        short_arrest_no_end,
        term_has_passed,
        death_denied,
        death_disputed,
        retracted,
        predicted_release,
        order_without_days,
        only_a_sentence,
        bail,
    )
}


def test_every_life_is_entered() -> None:
    assert ENTERED.keys() == LIVES.keys()


# --- What readers are told ---------------------------------------------------------------

_STATUS = re.compile(r'class="status ([a-z_]+)"')


def _answers() -> Iterator[tuple[str, str, set[str], set[str], bool]]:
    for life, day, must, must_not, last_known in ANSWERS:
        yield life, day, must, must_not, bool(last_known)


@override_settings(REQUIRE_REVIEW=True)
class TestLivesThroughEveryDoor(TestCase):
    lives: dict[str, str]
    told: dict[str, Any]

    @classmethod
    def setUpTestData(cls) -> None:
        documenter, reviewer = colleague("documenter"), colleague("reviewer")
        cls.lives = {}
        for life, enter in ENTERED.items():
            case = Documenter(documenter, f"Ales {life}")
            enter(case)
            case.change(f"prisoners/{case.id}/", {"visibility": "public"})
            for source in sorted(case.sources):
                _approve(reviewer, f"sources/{source}/")
            _approve(reviewer, f"prisoners/{case.id}/")
            cls.lives[life] = case.id
        publish_pending()

    def setUp(self) -> None:
        self.told = {}
        for change in self.client.get("/api/v1/changes?limit=500").json()["results"]:
            self.told[change["id"]] = change["document"]

    def test_the_feed(self) -> None:
        for life, day, must, must_not, last_known in _answers():
            with self.subTest(life=life, day=day):
                document = self.told[self.lives[life]]
                span = spans.on(document["status"], date.fromisoformat(day))
                self.holds(span["statuses"], must, must_not)
                if last_known:
                    assert span["as_of"]["earliest"] < day

    def test_the_document_is_the_same_in_the_api(self) -> None:
        for life, case in self.lives.items():
            with self.subTest(life=life):
                answer = self.client.get(f"/api/v1/prisoners/{case}/").json()
                assert answer["status"] == self.told[case]["status"]

    def test_the_filter_of_the_api(self) -> None:
        for life, day, must, must_not, _last_known in _answers():
            for status in must | must_not:
                with self.subTest(life=life, day=day, status=status):
                    asked = {"status": status, "status_on": day, "limit": "100"}
                    answer = self.client.get("/api/v1/prisoners/", asked).json()
                    found = {case["id"] for case in answer["results"]}
                    assert (self.lives[life] in found) == (status in must)

    def test_the_list_and_its_filter(self) -> None:
        for life, day, must, must_not, last_known in _answers():
            for status in must | must_not:
                with self.subTest(life=life, day=day, status=status):
                    asked = {"status": status, "status_on": day}
                    lines = self.lines_of_list(asked)
                    line = lines.get(self.lives[life])
                    assert (line is not None) == (status in must)
                    if line is not None:
                        self.holds(_STATUS.findall(line), must, must_not)
                        assert not last_known or "last reported" in text(line)

    def test_the_csv(self) -> None:
        for life, day, must, must_not, last_known in _answers():
            with self.subTest(life=life, day=day):
                asked = {"status": sorted(must)[0], "status_on": day}
                answer: Any = self.client.get("/api/v1/prisoners.csv", asked)
                content = b"".join(answer.streaming_content).decode("utf-8-sig")
                rows = {row["id"]: row for row in csv.DictReader(StringIO(content))}
                row = rows[self.lives[life]]
                self.holds(row["status"].split("; "), must, must_not)
                assert row["status_on"] == day
                assert not last_known or row["status_as_of"]

    def test_the_page(self) -> None:
        for life, day, must, must_not, _last_known in _answers():
            with self.subTest(life=life, day=day):
                case = self.lives[life]
                html = self.page(case)
                over_time = self.told[case]["status"]
                span = spans.on(over_time, date.fromisoformat(day))
                _before, _ol, history = html.partition('<ol class="history">')
                lines = re.split("<li[^>]*>", history.partition("</ol>")[0])[1:]
                assert len(lines) == len(over_time)
                line = lines[over_time.index(span)]
                self.holds(_STATUS.findall(line), must, must_not)

    def test_the_page_says_why_less_is_known(self) -> None:
        for life, words in (
            (
                "term-has-passed",
                "Since 1 October 2022 at the latest: in prison or not known (the term is"
                " over by plain count, and no release is known)",
            ),
            ("death-disputed", "A death is claimed, but it is denied"),
            ("death-denied", "A death is claimed, but it is denied"),
        ):
            with self.subTest(life=life):
                assert words in text(self.page(self.lives[life]))

    def test_no_contact_ends_when_somebody_is_heard_of(self) -> None:
        html = text(self.page(self.lives["heard-of-again"]))
        assert "No contact since 15 February 2023." not in html
        assert "This ended: the person was heard of or seen (12 November 2024)" in html

    def test_what_has_no_day_stands_in_its_order(self) -> None:
        html = self.page(self.lives["order-without-days"])
        timeline = text(
            html.partition('<ol class="timeline">')[2].partition("</ol>")[0]
        )
        events = ("Released", "Refused to leave", "Last seen", "Detained")
        places = [timeline.rindex(event) for event in events]
        assert places == sorted(places)

    def holds(self, statuses: list[str], must: set[str], must_not: set[str]) -> None:
        assert must <= set(statuses), statuses
        assert must_not.isdisjoint(statuses), statuses

    def page(self, case: str) -> str:
        return self.client.get(f"/en/cases/{case}/").content.decode()

    def lines_of_list(self, asked: dict[str, str]) -> dict[str, str]:
        """By the id of the case."""
        html = self.client.get("/en/cases/", asked).content.decode()
        lines = {}
        listed = html.partition('<ul class="cases">')[2].partition("</ul>")[0]
        for line in listed.split("<li>")[1:]:
            found = re.search(r'href="/en/cases/([0-9a-f-]+)/"', line)
            assert found
            lines[found[1]] = line
        return lines


def _approve(desk: Desk, path: str) -> None:
    version = desk.get(path).json()["version"]
    body = {"version": version, "reason": "Read against its sources."}
    answer = desk.post(f"{path}approve/", body)
    assert answer.status_code == 201, answer.content
