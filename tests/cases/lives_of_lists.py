"""More invented people in the shapes of lists of many countries, as the editorial API
takes them; what they are on which days; and what stands of their sentences.
"""

from typing import Any

Body = dict[str, Any]


def imprisonment(**fields: Any) -> Body:
    return {"punishment": "imprisonment", **fields}


def released(day: str, **fields: Any) -> Body:
    return {"ref": "out", "released_on": day, "to_liberty": "yes", **fields}


def held(day: str, until: str | None = None, **fields: Any) -> Body:
    return {
        "started_on": day,
        "ended_on": until,
        "ground": "serving_sentence",
        **fields,
    }


LIVES: dict[str, Body] = {
    # A military court in a prison; death, made milder; what hurts stays inside.
    "MM-2": {
        "detentions": [
            held(
                "2021-04-17",
                detaining_party="de_facto_authority",
                arrest_country="MM",
                placements=[
                    {
                        "place_kind": "military_facility",
                        "place_as_stated": "interrogation centre",
                        "from_on": "2021-04-17",
                        "to_on": "2021-04-29",
                        "conditions": ["torture_alleged"],
                    },
                    {"place_kind": "prison", "region": "Mandalay", "from_on": "2022"},
                ],
            )
        ],
        "sentences": [
            {
                "ref": "death",
                "punishment": "death",
                "handed_down_on": "2021-06-09",
                "closed_hearing": "yes",
            },
            {
                "punishment": "life",
                "decision": "commutation",
                "handed_down_on": "2023-05-03",
                "replaces": "death",
            },
        ],
        "personal_details": [
            {"detail_kind": "pregnancy", "detail": "Nobody Knows", "since_on": "2021"}
        ],
    },
    # No bail for four years; then abroad, with a bounty and no passport.
    "HK-1": {
        "citizenships": ["CN", "GB"],
        "detentions": [held("2021-02-28", "2025-04-29")],
        "charges": [
            {
                "code": "National Security Law",
                "article": "22(3)",
                "brought_on": "2021-02-28",
                "decisions": [{"outcome": "convicted", "decided_on": "2024-05-30"}],
            }
        ],
        "prosecutions": [{"court_case": "HCCC 69/2022"}],
        "sentences": [
            imprisonment(
                handed_down_on="2024-11-19", term_months=50, counted_from="2021-03-01"
            )
        ],
        "releases": [released("2025-04-29", ground="term_served")],
        "deportations": [
            {
                "outcome": "left",
                "deported_on": "2025-06",
                "from_country": "HK",
                "to_country": "GB",
                "passport_fate": "cancelled",
            }
        ],
        "designations": [
            {
                "authority": "Hong Kong Police",
                "list_kind": "wanted",
                "list_as_stated": "bounty of HKD 1 million",
                "country": "HK",
                "from_on": "2025-07-25",
            }
        ],
        "recognitions": [
            {
                "organisation": "UN Working Group on Arbitrary Detention",
                "outcome": "own_category",
                "category": "category II",
            }
        ],
    },
    # Put on a plane by order of a court, and made stateless.
    "NI-1": {
        "stateless": "yes",
        "detentions": [
            held(
                "2021-06-13",
                "2023-02-09",
                placements=[
                    {
                        "place_kind": "prison",
                        "place_as_stated": "El Chipote",
                        "from_on": "2021-06-13",
                        "conditions": ["incommunicado", "solitary_confinement"],
                    }
                ],
            )
        ],
        "sentences": [
            imprisonment(
                handed_down_on="2022-02-10",
                term_months=156,
                further_punishments=[
                    {"punishment": "ban_on_activity"},
                    {"punishment": "confiscation"},
                    {"punishment": "expulsion"},
                ],
            )
        ],
        "releases": [released("2023-02-09")],
        "deportations": [
            {
                "release": "out",
                "deported_on": "2023-02-09",
                "outcome": "expelled",
                "from_country": "NI",
                "to_country": "US",
                "own_national": "yes",
                "may_return": "no",
            }
        ],
        "nationality_changes": [
            {"country": "NI", "event": "deprived", "happened_on": "2023-02-09"},
            {"country": "ES", "event": "offered", "happened_on": "2023-02-10"},
        ],
    },
    # Nobody knew where, then El Helicoide, then home with measures.
    "VE-2": {
        "detentions": [held("2024-08-02", "2025-12-25", ground="pre_trial")],
        "whereabouts": [{"no_contact_since": "2024-08-02", "place_known": "no"}],
        "sightings": [{"heard_on": "2024-08-20", "how": "seen", "visibility": None}],
        "releases": [
            released(
                "2025-12-25",
                ground="other_measures",
                to_liberty="no",
                restrictions=["reporting", "no_leaving_country", "no_public_speech"],
            )
        ],
    },
    # Lashes, a furlough, and exile after the term.
    "IR-1": {
        "detentions": [
            held(
                "2019-08-01",
                "2024-02-01",
                placements=[
                    {
                        "place_kind": "prison",
                        "from_on": "2019-08-01",
                        "to_on": "2022-02",
                    },
                    {
                        "place_kind": "on_leave",
                        "from_on": "2022-02",
                        "to_on": "2022-04",
                    },
                ],
            )
        ],
        "sentences": [
            imprisonment(
                handed_down_on="2019-11",
                term_months=96,
                enforceable_months=60,
                further_punishments=[
                    {"punishment": "corporal", "particulars_as_stated": "74 lashes"},
                    {"punishment": "exile", "term_months": 24},
                    {"punishment": "ban_on_travel", "term_months": 24},
                ],
            )
        ],
        "releases": [
            released(
                "2024-02-01",
                ground="term_served",
                to_liberty="no",
                restrictions=["assigned_place"],
            )
        ],
    },
    # Disappeared; years later a notice of death, which each side explains otherwise.
    "SY-1": {
        "detentions": [
            held("2012-05-09", ground="no_legal_basis", arrest_country="SY")
        ],
        "whereabouts": [{"no_contact_since": "2013-01-20", "place_known": "no"}],
        "died_on": "2013-10-14",
        "death_in_custody": "yes",
        "cause_of_death_by_authorities": "heart attack",
        "cause_of_death_by_family": "torture",
    },
    # A camp, then work where people are sent, then a term that nobody was told of.
    "XJ-1": {
        "detentions": [
            held(
                "2017-03-05",
                "2018-12-14",
                ground="internment",
                placements=[
                    {"place_kind": "camp", "region": "Hotan", "from_on": "2017-03-05"}
                ],
            ),
            held("2019-05-02"),
        ],
        "releases": [
            released(
                "2018-12-14",
                to_liberty="no",
                restrictions=["assigned_work", "assigned_place"],
            )
        ],
        "sentences": [
            imprisonment(handed_down_on="2020~", term_months=180, closed_hearing="yes")
        ],
        "personal_details": [{"detail_kind": "ethnic_group", "detail": "Nobody Knows"}],
    },
    # No charge, no trial, no word.
    "ER-1": {
        "citizenships": ["ER", "SE"],
        "detentions": [
            held(
                "2001-09-23",
                ground="no_legal_basis",
                placements=[
                    {
                        "place_kind": "prison",
                        "place_as_stated": "a shipping container",
                        "conditions": ["incommunicado"],
                    }
                ],
            )
        ],
        "whereabouts": [{"no_contact_since": "2005-11-15", "place_known": "no"}],
    },
    # A cell for punishment, a second term on top, expelled with the passport torn up.
    "BY-1": {
        "detentions": [
            held(
                "2020-09-07",
                "2025-06-21",
                placements=[
                    {"place_kind": "penal_colony", "from_on": "2021-12"},
                    {
                        "place_kind": "punishment_cell",
                        "from_on": "2022-11-10",
                        "to_on": "2022-11-25",
                    },
                ],
            )
        ],
        "sentences": [
            imprisonment(ref="first", handed_down_on="2021-09-06", term_months=132),
            imprisonment(
                handed_down_on="2023-03-01",
                term_months=18,
                adds_to="first",
                runs="consecutive",
            ),
        ],
        "releases": [released("2025-06-21", ground="pardon")],
        "deportations": [
            {
                "release": "out",
                "deported_on": "2025-06-21",
                "outcome": "expelled",
                "from_country": "BY",
                "own_national": "yes",
                "passport_fate": "destroyed",
            }
        ],
    },
}

COURT_CASES: dict[str, Body] = {
    "HCCC 69/2022": {
        "court": "High Court",
        "hearings": [{"held_on": "2021-03-04", "what_happened": "bail_refused"}],
    }
}

STATUSES = [
    ("MM-2", "2022-01-01", {"imprisoned"}),
    ("HK-1", "2023-01-01", {"imprisoned"}),
    ("HK-1", "2025-08-01", {"released"}),
    ("NI-1", "2023-03-01", {"released_and_expelled"}),
    ("VE-2", "2024-08-10", {"whereabouts_unknown"}),
    ("VE-2", "2024-10-01", {"detained"}),
    ("VE-2", "2026-01-01", {"on_bail"}),
    ("IR-1", "2022-03-01", {"imprisoned"}),
    ("IR-1", "2024-03-01", {"restricted_liberty"}),
    ("SY-1", "2013-06-01", {"whereabouts_unknown"}),
    ("SY-1", "2014-01-01", {"died_in_custody"}),
    ("XJ-1", "2018-01-01", {"detained"}),
    ("XJ-1", "2019-03-01", {"restricted_liberty"}),
    ("XJ-1", "2022-01-01", {"imprisoned"}),
    ("ER-1", "2003-01-01", {"detained"}),
    ("ER-1", "2026-01-01", {"whereabouts_unknown"}),
    ("BY-1", "2024-01-01", {"imprisoned"}),
    ("BY-1", "2025-07-01", {"released_and_expelled"}),
]

IN_FORCE: list[tuple[str, Body]] = [
    ("MM-2", {"term": "life", "punishments": ["life"]}),
    ("BY-1", {"term": "months", "months": 150}),
    ("XJ-1", {"months": 180, "ends_on": "2034-05"}),
]

WORDS = [
    ("MM-2", "de facto authorities"),
    ("HK-1", "declared invalid by the state"),
    ("HK-1", "bounty of HKD 1 million"),
    ("HK-1", "category II"),
    ("HK-1", "HCCC 69/2022"),
    ("NI-1", "Stateless yes"),
    ("NI-1", "expulsion from the country"),
    ("NI-1", "confiscation of property"),
    ("IR-1", "74 lashes"),
    ("IR-1", "temporary leave"),
    ("SY-1", "heart attack"),
    ("XJ-1", "must do work that is assigned"),
    ("ER-1", "a shipping container"),
    ("BY-1", "punishment cell"),
]

COLUMNS = [
    ("HK-1", "passport_fates", "cancelled"),
    ("NI-1", "nationality_events", "deprived; offered"),
    ("XJ-1", "release_restrictions", "assigned_work; assigned_place"),
]
