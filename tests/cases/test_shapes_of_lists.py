"""Invented people, in the shapes in which lists of many countries hold real ones:
what these say of punishments and ways out goes in by the editorial API as data, and comes
out on the page, in the CSV, in the feed and in the status.
"""

import csv
import re
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

from django.test import TestCase, override_settings

from cases.catalogue import records
from cases.models import CourtCase, PersonalDetail
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases import lives_of_lists
from tests.cases.editorial import Desk, errors
from tests.cases.lives_of_lists import Body, imprisonment
from tests.tracker.site_pages import text
from tracker.contract import spans

SHAPES: dict[str, Body] = {
    # Let out and taken again at the gate; the rest of the term can be resumed.
    "MM-1": {
        "detentions": [
            {
                "started_on": "2021-09-14",
                "ended_on": "2023-05-03",
                "ground": "serving_sentence",
            },
            {"started_on": "2023-05-03", "ground": "criminal_suspicion"},
        ],
        "sentences": [
            imprisonment(handed_down_on="2022-03-02", term_months=36, hard_labour="yes")
        ],
        "releases": [
            {
                "released_on": "2023-05-03",
                "ground": "amnesty",
                "to_liberty": "no",
                "restrictions": ["rest_if_broken"],
            }
        ],
        "names": [
            {"value": "MM-1", "preferred": True},
            {"value": "သူရ", "language": "my"},
        ],
        "charges": [
            {
                "ref": "incitement",
                "code": "Penal Code of Myanmar",
                "article": "505(A)",
                "decisions": [{"outcome": "convicted", "decided_on": "2022-03-02"}],
            },
            {
                "code": "Counter-Terrorism Law",
                "article": "50(j)",
                "outcome": "pending",
            },
        ],
        "personal_details": [
            {"detail_kind": "parent_name", "detail": "U Nobody Knows"}
        ],
    },
    # A pardon that was revoked: the old term resumed beside a new one.
    "MM-3": {
        "detentions": [
            {
                "started_on": "2011-04-02",
                "ended_on": "2012-01-13",
                "ground": "serving_sentence",
            },
            {"started_on": "2013-05-06", "ground": "serving_sentence"},
        ],
        "sentences": [
            imprisonment(ref="old", handed_down_on="2011-08-26", term_months=120),
            imprisonment(
                handed_down_on="2013-05-06",
                term_months=3,
                adds_to="old",
                runs="consecutive",
            ),
        ],
        "releases": [
            {
                "released_on": "2012-01-13",
                "ground": "pardon",
                "to_liberty": "yes",
                "remaining_months": 72,
                "revoked_on": "2013-05-06",
            }
        ],
    },
    # A child in a training centre, for six months to three years.
    "HK-2": {
        "age_as_stated": 15,
        "age_stated_on": "2020-09-06",
        "detentions": [{"started_on": "2020-09-06", "ground": "serving_sentence"}],
        "sentences": [
            {
                "punishment": "juvenile_measure",
                "handed_down_on": "2021-10",
                "indeterminate": "yes",
                "term_months": 6,
                "term_months_to": 36,
                "particulars_as_stated": "training centre order",
            }
        ],
    },
    # Let out on precautionary measures; two nationalities.
    "VE-1": {
        "citizenships": ["VE", "ES"],
        "detentions": [
            {
                "started_on": "2024-02-09",
                "ended_on": "2025-01-08",
                "ground": "pre_trial",
            }
        ],
        "releases": [
            {
                "released_on": "2025-01-08",
                "ground": "other_measures",
                "to_liberty": "no",
                "restrictions": ["reporting", "no_leaving_country"],
            }
        ],
    },
    # Release was ordered, and never carried out.
    "EG-1": {
        "detentions": [{"started_on": "2019-09-21", "ground": "pre_trial"}],
        "charges": [
            {
                "ref": "first",
                "label_as_stated": "joining a group",
                "decisions": [{"outcome": "dropped", "decided_on": "2021-01-12"}],
            },
            {"ref": "second", "label_as_stated": "false news", "outcome": "pending"},
        ],
        "prosecutions": [
            {"court_case": "1356/2019", "charges": ["first"]},
            {"court_case": "65/2021", "charges": ["second"]},
        ],
        "whereabouts": [
            {
                "last_seen_on": "2019-09-21",
                "last_seen_where": "Cairo",
                "no_contact_since": "2019-09-21",
            }
        ],
        "sightings": [{"heard_on": "2019-11-07", "how": "seen", "visibility": None}],
        "sentences": [
            {
                "punishment": "life",
                "handed_down_on": "2018-12",
                "in_absentia": True,
                "further_punishments": [imprisonment(term_months=120)],
            }
        ],
        "releases": [
            {"ordered_on": "2021-01-12", "carried_out": "no", "to_liberty": "no"}
        ],
    },
    # Exchanged, listed by two authorities, and stripped of one of two nationalities.
    "RU-1": {
        "citizenships": ["DE"],
        "designations": [
            {
                "authority": "Rosfinmonitoring",
                "list_kind": "extremist_or_terrorist",
                "country": "RU",
                "from_on": "2022-07",
            },
            {
                "authority": "Ministry of Justice",
                "list_kind": "foreign_agent",
                "country": "RU",
                "from_on": "2023-01",
                "to_on": "2024-09",
            },
        ],
        "detentions": [
            {
                "started_on": "2022-04-11",
                "ended_on": "2024-08-01",
                "ground": "serving_sentence",
            }
        ],
        "sentences": [imprisonment(handed_down_on="2023-11-16", term_months=84)],
        "releases": [
            {
                "ref": "out",
                "released_on": "2024-08-01",
                "ground": "exchange",
                "to_liberty": "yes",
            }
        ],
        "deportations": [
            {
                "release": "out",
                "deported_on": "2024-08-01",
                "outcome": "expelled",
                "from_country": "RU",
                "to_country": "DE",
                "voluntary": "no",
                "own_national": "dual",
            }
        ],
        "nationality_changes": [
            {"country": "RU", "event": "deprived", "happened_on": "2024-08"},
            {"country": "XK", "event": "offered", "happened_on": "2025"},
        ],
    },
    # Aggravated life and 1,250 years; another judgment whose announcement is deferred.
    "TR-1": {
        "detentions": [{"started_on": "2016-11-04", "ground": "serving_sentence"}],
        "sentences": [
            {
                "punishment": "aggravated_life",
                "handed_down_on": "2024-05-16",
                "further_punishments": [imprisonment(term_months=15000)],
            },
            imprisonment(
                handed_down_on="2019-02",
                term_months=15,
                execution="announcement_deferred",
            ),
        ],
    },
    # A short arrest is a punishment of its own.
    "AZ-1": {
        "detentions": [
            {
                "started_on": "2023-11-20",
                "ended_on": "2023-12-20",
                "ground": "administrative_arrest",
                "term_days": 30,
            },
            {
                "started_on": "2023-12-20",
                "ground": "pre_trial",
                "placements": [
                    {
                        "place_kind": "pre_trial_centre",
                        "from_on": "2023-12-20",
                        "to_on": "2024-09-02",
                    },
                    {"place_kind": "house_arrest", "from_on": "2024-09-02"},
                ],
            },
        ],
        "sentences": [
            {
                "punishment": "administrative_arrest",
                "handed_down_on": "2023-11-20",
                "term_days": 30,
            }
        ],
    },
    # No nationality that anybody recognises.
    "PS-1": {
        "born_on": "2006-03-14",
        "citizenships": ["PS"],
        "stateless": "unknown",
        "detentions": [
            {
                "started_on": "2023-01-15",
                "ground": "no_legal_basis",
                "authority": "military commander",
                "arrest_country": "PS",
                "arrest_place_as_stated": "Jenin",
                "orders": [
                    {"from_on": "2023-01-15", "to_on": "2023-07-14"},
                    {"from_on": "2023-07-15", "to_on": "2024-01-14"},
                ],
            }
        ],
    },
    **lives_of_lists.LIVES,
}

# By their numbers: several people may be in one.
COURT_CASES: dict[str, Body] = {
    "1356/2019": {
        "court": "Supreme State Security Prosecution",
        "stage": "ended",
        "outcome": "terminated",
        "hearings": [
            {"held_on": "2020-01-05", "what_happened": "detention_renewed"},
            {"held_on": "2020-02-19", "what_happened": "detention_renewed"},
            {"held_on": "2021-01-12", "what_happened": "detention_ended"},
        ],
    },
    "65/2021": {
        "court": "Supreme State Security Prosecution",
        "stage": "investigation",
    },
    **lives_of_lists.COURT_CASES,
}

# On a day: what the status is.
STATUSES = [
    ("MM-1", "2022-06-01", {"imprisoned"}),
    ("MM-1", "2023-05-03", {"detained"}),
    ("MM-3", "2012-06-01", {"released"}),
    ("MM-3", "2014-06-01", {"imprisoned"}),
    ("HK-2", "2022-06-01", {"imprisoned"}),
    ("VE-1", "2025-02-01", {"on_bail"}),
    ("EG-1", "2019-01-01", {"convicted_in_absentia"}),
    ("EG-1", "2022-01-01", {"detained"}),
    ("RU-1", "2024-06-01", {"imprisoned"}),
    ("RU-1", "2024-08-01", {"released_and_expelled"}),
    ("TR-1", "2025-01-01", {"imprisoned"}),
    ("AZ-1", "2023-12-01", {"detained"}),
    ("AZ-1", "2024-10-01", {"restricted_liberty"}),
    ("PS-1", "2023-06-01", {"detained"}),
    ("EG-1", "2019-10-01", {"detained"}),
    *lives_of_lists.STATUSES,
]

# What now stands of the sentences.
IN_FORCE: list[tuple[str, dict[str, Any]]] = [
    ("MM-3", {"term": "months", "months": 75, "counted_from": "2013-05-06"}),
    ("MM-3", {"ends_on": "2019-08"}),
    ("HK-2", {"months": 6, "months_to": 36, "reasons": ["indeterminate"]}),
    ("TR-1", {"term": "life", "executions": ["announcement_deferred"]}),
    ("AZ-1", {"term": "months", "days": 30}),
    *lives_of_lists.IN_FORCE,
]

# In words, on the page.
WORDS = [
    ("MM-1", "Hard labour yes"),
    ("MM-1", "the rest of the term is served if a condition is broken"),
    ("MM-3", "Release taken back"),
    ("HK-2", "measure for juveniles"),
    ("HK-2", "the court left open how long it lasts"),
    ("VE-1", "must report to an authority"),
    ("VE-1", "may not leave the country"),
    ("EG-1", "Release ordered, and not carried out"),
    ("RU-1", "Nationality of Russia: taken away by the state"),
    ("RU-1", "Nationality of Kosovo: offered by the state"),
    ("RU-1", "exchange of prisoners"),
    ("TR-1", "aggravated life imprisonment"),
    ("TR-1", "announcement of the judgment deferred"),
    ("AZ-1", "short administrative arrest"),
    ("MM-1", "သူရ"),
    ("EG-1", "1356/2019"),
    ("EG-1", "65/2021"),
    ("RU-1", "list of foreign agents"),
    ("RU-1", "listed by"),
    ("RU-1", "Germany"),
    ("PS-1", "Jenin"),
    ("PS-1", "15 July 2023"),
    *lives_of_lists.WORDS,
]

COLUMNS = [
    ("MM-1", "hard_labour", "yes"),
    ("MM-1", "release_restrictions", "rest_if_broken"),
    ("MM-3", "release_revoked_on", "2013-05-06"),
    ("VE-1", "release_restrictions", "reporting; no_leaving_country"),
    ("EG-1", "released_on", ""),
    ("RU-1", "nationality_events", "deprived; offered"),
    ("RU-1", "deported_to", "DE"),
    (
        "RU-1",
        "listed_by",
        "Rosfinmonitoring: extremist_or_terrorist; Ministry of Justice: foreign_agent",
    ),
    ("EG-1", "charges_as_stated", "joining a group; false news"),
    ("PS-1", "arrest_countries", "PS"),
    ("PS-1", "stateless", "unknown"),
    *lives_of_lists.COLUMNS,
]


def enter(desk: Desk, name: str, body: Body) -> str:
    """Each fact cited to one list; what is odd, the list says."""
    whole = {"names": [{"value": name, "preferred": True}], **body}
    return post(desk, "prisoners/", whole)


def post(desk: Desk, place: str, body: Body) -> str:
    source = str(make.make_source(visibility="public").pk)
    whole = {**body, "supported_by": [{"source": source}], "visibility": "public"}
    answer = desk.post(place, whole)
    keys = re.findall("“([a-z_0-9]+-[0-9a-f]{16})”", answer.content.decode())
    if keys:
        answer = desk.post(place, whole, **{"X-Source-Says-So": ",".join(keys)})
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def last_days(told: Any) -> Iterator[str]:
    """Of all dates of the records, not of what is derived of them."""
    if isinstance(told, list):
        for record in told:
            yield from last_days(record)
    elif isinstance(told, dict):
        if told.get("latest"):
            yield told["latest"]
        for name, value in told.items():
            if name not in ("status", "sentence_in_force", "last_place"):
                yield from last_days(value)


def everything() -> dict[str, int]:
    """How many there are of each kind of record."""
    return {model.__name__: model._default_manager.count() for model in records()}


@override_settings(REQUIRE_REVIEW=False)
class TestShapesOfLists(TestCase):
    cases: dict[str, str]
    told: dict[str, Any]

    @classmethod
    def setUpTestData(cls) -> None:
        desk = Desk()
        court_cases = {}
        for number, court_case in COURT_CASES.items():
            court_cases[number] = post(
                desk, "court-cases/", {"number": number, **court_case}
            )
        cls.cases = {}
        for name, body in SHAPES.items():
            ties = []
            for tie in body.get("prosecutions", ()):
                ties.append({**tie, "court_case": court_cases[tie["court_case"]]})
            cls.cases[name] = enter(desk, name, {**body, "prosecutions": ties})
        publish_pending()

    def setUp(self) -> None:
        self.told = {}
        for change in self.client.get("/api/v1/changes?limit=500").json()["results"]:
            self.told[change["id"]] = change.get("document")

    def test_the_status_is_right(self) -> None:
        for name, day, statuses in STATUSES:
            with self.subTest(name=name, day=day):
                over_time = self.told[self.cases[name]]["status"]
                span = spans.on(over_time, date.fromisoformat(day))
                assert set(span["statuses"]) == statuses

    def test_nobody_was_ever_released_whose_release_was_not_carried_out(self) -> None:
        for span in self.told[self.cases["EG-1"]]["status"]:
            assert "released" not in span["statuses"]

    def test_nobody_was_last_reported_after_all_that_is_on_record(self) -> None:
        for name, case in self.cases.items():
            latest = max(last_days(self.told[case]))
            for span in self.told[case]["status"]:
                if span["as_of"]:
                    with self.subTest(name=name, span=span):
                        assert span["as_of"]["earliest"] <= latest

    def test_what_stands_of_the_sentences_is_right(self) -> None:
        for name, answer in IN_FORCE:
            with self.subTest(name=name):
                told = self.told[self.cases[name]]["sentence_in_force"]
                for field, value in answer.items():
                    found = told[field]
                    if isinstance(found, dict):
                        found = found["edtf"]
                    assert found == value, (field, found)

    def test_the_page_says_it(self) -> None:
        pages = {}
        for name, case in self.cases.items():
            page = self.client.get(f"/en/cases/{case}/").content.decode()
            pages[name] = text(page).lower()
        for name, words in WORDS:
            with self.subTest(name=name, words=words):
                assert words.lower() in pages[name]

    def test_the_table_has_it(self) -> None:
        answer: Any = self.client.get("/api/v1/prisoners.csv")
        content = b"".join(answer.streaming_content).decode("utf-8-sig")
        rows = {row["id"]: row for row in csv.DictReader(StringIO(content))}
        for name, column, value in COLUMNS:
            with self.subTest(name=name, column=column):
                told = rows[self.cases[name]][column]
                # Without days, charges stand in no order.
                assert sorted(told.split("; ")) == sorted(value.split("; "))

    def test_what_hurts_the_person_is_told_to_nobody(self) -> None:
        """A parent's name is part of what a name of one word stands for."""
        for name in ("MM-1", "MM-2", "XJ-1"):
            assert PersonalDetail.objects.filter(prisoner__pk=self.cases[name]).exists()
            page = self.client.get(f"/en/cases/{self.cases[name]}/")
            assert b"Nobody Knows" not in page.content
        table: Any = self.client.get("/api/v1/prisoners.csv")
        assert b"Nobody Knows" not in b"".join(table.streaming_content)
        assert "Nobody Knows" not in str(self.told)

    def test_a_court_case_has_its_days(self) -> None:
        (court_case,) = (
            told for told in self.told.values() if told.get("number") == "1356/2019"
        )
        happened = [hearing["what_happened"] for hearing in court_case["hearings"]]
        assert happened == ["detention_renewed"] * 2 + ["detention_ended"]

    def test_lists_are_asked_for_it(self) -> None:
        for asked, names in (
            ({"release_carried_out": "no"}, {"EG-1"}),
            ({"release_restrictions": "reporting"}, {"VE-1", "VE-2"}),
            ({"nationality_event": "deprived"}, {"RU-1", "NI-1"}),
            ({"hard_labour": "yes"}, {"MM-1"}),
            ({"release_restrictions": "assigned_work"}, {"XJ-1"}),
            ({"punishment": "aggravated_life"}, {"TR-1"}),
            ({"stateless": "unknown"}, {"PS-1"}),
            ({"list_kind": "foreign_agent"}, {"RU-1"}),
            ({"arrest_country": "PS"}, {"PS-1"}),
        ):
            with self.subTest(asked=asked):
                answer = self.client.get("/api/v1/prisoners/", asked).json()
                found = {case["id"] for case in answer["results"]}
                assert found == {self.cases[name] for name in names}

    def test_bad_input_is_refused_with_the_field_named_and_nothing_is_half_saved(
        self,
    ) -> None:
        court_case = str(CourtCase.objects.get(number="1356/2019").pk)
        tie = {"court_case": court_case}
        listing = {"authority": "KGB", "from_on": "2024-05", "to_on": "2023"}
        circle = [
            imprisonment(ref="a", adds_to="c", runs="consecutive"),
            imprisonment(ref="b", adds_to="a", runs="consecutive"),
            imprisonment(ref="c", adds_to="b", runs="consecutive"),
        ]
        fine = {"punishment": "fine", "amount": 500}
        bail = {"released_on": "2024", "ground": "bail", "bail_amount": 500}
        before = everything()
        for body, fields in (
            (
                {"prosecutions": [tie, tie]},
                {"prosecutions.1.prisoner", "prosecutions.1.court_case"},
            ),
            (
                {"designations": [listing]},
                {"designations.0.from_on", "designations.0.to_on"},
            ),
            ({"sentences": [fine]}, {"sentences.0.currency"}),
            ({"releases": [bail]}, {"releases.0.bail_currency"}),
            (
                {"sentences": circle},
                {f"sentences.{number}.adds_to" for number in range(3)},
            ),
        ):
            with self.subTest(fields=fields):
                names = [{"value": "Another", "preferred": True}]
                refused = errors(Desk().post("prisoners/", {"names": names, **body}))
                assert set(refused) == fields
                assert everything() == before
