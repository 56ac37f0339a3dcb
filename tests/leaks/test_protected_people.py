"""People who must not be found: claimants under a name that is not theirs, relatives,
and cases without their name.
"""

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client

from cases.evidence import make_pack
from cases.merging.duplicates import duplicates_of, possible_duplicates
from cases.models import DeskEntry, Prisoner
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import address
from tests.keys import as_partner, key_for
from tests.leaks.crawler import addresses_of, answer_text, fixed_addresses
from tracker.asking.filters import FILTERS
from tracker.models import PartnersDocument, PartnersSpan, PublicDocument, PublicSpan

pytestmark = pytest.mark.django_db

NAME = "Canarina Featherstone"


@pytest.fixture(autouse=True)
def saving_approves(settings: Any) -> None:
    settings.REQUIRE_REVIEW = False


def cited_by(claimant: Any) -> Prisoner:
    """A case and a reported count on this claimant's word, and a correction of the
    case.
    """
    case = make.make_prisoner("Ales Example", visibility="public", sex="male")
    make.make_citation(
        case, "sex", make.make_source(visibility="public"), claimant=claimant
    )
    make.make_count(claimant=claimant, visibility="public")
    publish_pending()
    case.sex = "female"
    case.save()
    publish_pending()
    return case


def everything_told(case: Prisoner) -> dict[str, str]:
    """By address, to anyone and to a partner; and what is in an evidence pack for each."""
    clients = {"public": Client(), "partners": as_partner(key_for("partner"))}
    addresses = [*fixed_addresses(desk=False), *addresses_of("prisoner", case.pk)]
    told = {
        f"{who} {one}": answer_text(client.get(one))
        for who, client in clients.items()
        for one in addresses
    }
    for who in clients:
        pack = make_pack(
            case,
            who,
            by=make.make_documenter(f"maker for {who}"),
            reason="Asked for by a court.",
        )
        with zipfile.ZipFile(io.BytesIO(pack.content)) as files:
            told |= {
                f"{who} {name}": files.read(name).decode(errors="replace")
                for name in files.namelist()
            }
    return told


def test_a_protected_claimant_is_in_no_search_no_filter_no_order_and_no_statistics(
    client: Client,
) -> None:
    case = cited_by(
        make.make_claimant(NAME, protected_pseudonym=True, visibility="public")
    )
    rows: list[Any] = []
    for model in (
        PublicDocument,
        PartnersDocument,
        PublicSpan,
        PartnersSpan,
        DeskEntry,
    ):
        columns = [
            one.name for one in model._meta.concrete_fields if one.name != "document"
        ]
        rows += model._default_manager.values(*columns)
    assert "canarina" not in json.dumps(rows, default=str).casefold()
    assert client.get("/api/v1/prisoners/", {"q": NAME}).json()["results"] == []
    assert (
        str(case.pk)
        not in client.post("/en/cases/", {"q": NAME}, follow=True).content.decode()
    )
    assert not [
        name
        for kind in FILTERS
        for name in FILTERS[kind].base_filters
        if "claimant" in name
    ]
    assert NAME in (PublicDocument.objects.get(id=case.pk).document or "")


def test_a_protected_claimant_is_nobodys_possible_duplicate(client: Client) -> None:
    cited_by(make.make_claimant(NAME, protected_pseudonym=True, visibility="public"))
    namesake = make.make_prisoner(NAME)
    publish_pending()
    assert (possible_duplicates(), duplicates_of(namesake.pk)) == ([], [])
    client.force_login(make.make_documenter())
    found = client.get("/admin/cases/prisoner/", {"q": NAME}).content.decode()
    assert address(namesake, "file") in found
    assert "Ales Example" not in found


@pytest.mark.crawl
def test_a_protected_claimant_is_marked_wherever_the_name_stands() -> None:
    told = everything_told(
        cited_by(
            make.make_claimant(NAME, protected_pseudonym=True, visibility="public")
        )
    )
    naming = {where: text for where, text in told.items() if NAME in text}
    marks = ("protected_pseudonym", "name changed for safety", "[protected pseudonym]")
    assert len(naming) > 10
    assert [
        where
        for where, text in naming.items()
        if not any(mark in text for mark in marks)
    ] == []


@pytest.mark.crawl
@pytest.mark.parametrize("role", ["relative", "lawyer"])
def test_of_a_relative_no_path_tells_more_than_the_role(role: str) -> None:
    words = {
        "role": role,
        "role_as_stated": f"mother of {NAME}",
        "visibility": "public",
    }
    told = everything_told(cited_by(make.make_claimant(NAME, **words)))
    assert [where for where, text in told.items() if "Canarina" in text] == []
    assert sum(role in text for text in told.values()) > 10


@pytest.mark.crawl
def test_a_case_without_its_name_is_counted_and_says_so_on_every_path(
    client: Client,
) -> None:
    case = make.make_prisoner(
        NAME, visibility="public", name_withheld=True, occupations=["teacher"]
    )
    publish_pending()
    assert "1 case" in client.get("/en/").content.decode()
    for where in ("/en/cases/", f"/en/cases/{case.pk}/"):
        assert "Name withheld" in client.get(where).content.decode(), where
    assert (
        "The case is counted like any other."
        in client.get(f"/en/cases/{case.pk}/").content.decode()
    )
    partner = as_partner(key_for("partner"))
    (row,) = csv.DictReader(
        io.StringIO(
            answer_text(partner.get("/api/v1/prisoners.csv")).partition("\n\n")[2]
        )
    )
    assert (row["name"], row["names"], row["name_withheld"]) == ("", "", "true")
    changes = partner.get("/api/v1/changes").json()
    (told,) = [one for one in changes["results"] if one["id"] == str(case.pk)]
    assert (told["document"]["name"], told["document"]["name_withheld"]) == (None, True)
    assert client.get("/api/v1/prisoners/", {"name_withheld": "true"}).json()[
        "results"
    ][0]["id"] == str(case.pk)
    assert [
        where for where, text in everything_told(case).items() if "Canarina" in text
    ] == []
