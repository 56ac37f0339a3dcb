"""What the public pages say of themselves: who publishes them and on what terms, what
programs, search engines and readers of feeds are told.
"""

import json
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from config.organisation import Organisation
from tests.tracker.site_pages import Outline, bury, publish, text
from tracker import answers
from tracker.audiences import PUBLIC
from tracker.site import sitemap

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one process the settings never change."""
    monkeypatch.setattr(answers.KEPT, "most", 0)


ATOM = "{http://www.w3.org/2005/Atom}"


def page(address: str) -> str:
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def told_to_programs(html: str) -> list[dict[str, Any]]:
    scripts = re.findall('<script type="application/ld\\+json">(.*?)</script>', html)
    return [json.loads(script) for script in scripts]


def test_every_page_says_who_publishes_it_and_on_what_terms_and_nothing_unstated(
    settings: Any,
) -> None:
    case = publish("prisoner", name="Ales Example")
    addresses = ["/en/", f"/en/cases/{case['id']}/", "/en/writing/", "/en/method/"]
    for address in addresses:
        for words in ("Published by", "Contact:", "Licence:", "license"):
            assert words not in page(address), (address, words)
    assert "No contact was stated" in page("/en/writing/")
    settings.ORGANISATION = "Example </script> & Sons"
    settings.CONTACT = "mailto:desk@tracker.example.org?subject=x"
    settings.LICENCE = "CC-BY-4.0"
    settings.LICENCE_URL = "https://licence.example/by/4.0/"
    for address in [*addresses, "/en/nowhere/"]:
        html = Client().get(address).content.decode()
        words = text(html)
        assert "Published by: Example &lt;/script&gt; &amp; Sons" in words, address
        assert "Contact: desk@tracker.example.org" in words, address
        assert '<a rel="license" href="https://licence.example/by/4.0/">CC' in html
        assert not Outline(html).faults, address
    (of_page, of_data) = told_to_programs(page("/en/method/"))
    assert of_page["publisher"]["name"] == settings.ORGANISATION
    assert of_data["@type"] == "Dataset"
    assert of_data["license"] == "https://licence.example/by/4.0/"
    assert of_data["version"] == str(PUBLIC.rows().get(id=case["id"]).seq)
    for download in of_data["distribution"]:
        assert Client().get(download["contentUrl"]).status_code == 200


def test_programs_and_chats_are_told_of_the_page_and_never_of_the_person() -> None:
    case = publish("prisoner", name="Ales Example")
    html = page(f"/en/cases/{case['id']}/")
    (of_page,) = told_to_programs(html)
    assert of_page["@type"] == "WebPage"
    assert of_page["url"] == f"http://testserver/en/cases/{case['id']}/"
    assert of_page["dateModified"] == str(PUBLIC.rows().get(id=case["id"]).changed_on)
    previews = re.findall("<meta property=.*?>", html)
    assert len(previews) == 6
    assert "Example" not in json.dumps(of_page) + "".join(previews)
    assert "image" not in "".join(previews)
    for address in ("/en/cases/?sex=male", f"/en/cases/{case['id']}/?on=2020-01-01"):
        assert not told_to_programs(page(address)), address


def test_search_engines_list_named_cases_that_do_not_object_and_no_page_with_one_that_does(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    facility = publish("facility", names={"en": "Prison No. 8"})
    event = publish("release_event", title="Release of many")

    def make_case(name: str | None, **content: Any) -> str:
        freed = [{"release_event": event["id"], "released_on": "2025-09-11"}]
        case = publish(
            "prisoner", name=name, name_withheld=name is None, releases=freed, **content
        )
        return str(case["id"])

    named = make_case("Ales Example", search_engines=True)
    other = make_case('"search_engines":false', search_engines=True)
    nobody = make_case(None, search_engines=True)
    pages = ["cases/", f"releases/{event['id']}/", f"places/{facility['id']}/"]
    pages += [f"cases/{named}/"]
    for address in pages:
        assert "noindex" not in page(f"/en/{address}"), address
    objecting = make_case("Jana Sample", search_engines=False)
    relative = make_case("Third Example", related_cases=[objecting])
    pages.append(f"cases/{relative}/")
    for address in (pages[0], pages[1], pages[4]):
        assert "noindex" in page(f"/en/{address}"), address
    assert "noindex" not in page("/en/")
    assert "Jana Sample" not in page("/en/")

    monkeypatch.setattr(sitemap, "MOST", 3)
    files = _locations("/sitemap.xml")
    assert len(files) == 4
    listed = [address for file in files for address in _locations(file)]
    assert len(listed) == len(set(listed))
    for id in (named, other, relative):
        for language in ("en", "be", "ru"):
            assert f"http://testserver/{language}/cases/{id}/" in listed
    for id in (nobody, objecting):
        assert id not in " ".join(listed)
    for address in listed:
        assert "noindex" not in page(address) or relative in address, address
    assert Client().get("/sitemap-7.xml").status_code == 404
    assert "Sitemap: http://testserver/sitemap.xml" in page("/robots.txt")

    settings.SEARCH_ENGINES = False
    assert Client().get("/sitemap.xml").status_code == 404
    assert "Sitemap" not in page("/robots.txt")
    for address in (*pages, "", "about/"):
        assert Client().get(f"/en/{address}")["X-Robots-Tag"] == "noindex"


def _locations(address: str) -> list[str]:
    answer = Client().get(address)
    assert answer["Content-Type"].startswith("application/xml")
    tree = ElementTree.fromstring(answer.content)
    return [str(found.text) for found in tree.iter() if found.tag.endswith("}loc")]


def test_the_feed_tells_links_to_the_day_and_neither_a_name_nor_what_was_withdrawn() -> (
    None
):
    empty = Client().get("/en/feed/")
    assert b"<entry>" not in empty.content
    assert empty["ETag"] == Client().get("/en/feed/")["ETag"]
    case = publish("prisoner", name="Ales Example")
    event = publish("release_event", title="Release of Ales Example")
    publish("reported_count", measure="released")
    buried = bury("prisoner")
    answer = Client().get("/en/feed/")
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert (answer["Cache-Control"], answer.cookies) == ("no-store", {})
    told = answer.content.decode()
    assert "Ales" not in told
    assert buried not in told
    entries = ElementTree.fromstring(told).findall(f"{ATOM}entry")
    found = {}
    for entry in entries:
        day = PUBLIC.rows().get(id=str(entry.findtext(f"{ATOM}id"))[9:]).changed_on
        assert entry.findtext(f"{ATOM}updated") == f"{day}T00:00:00+00:00"
        (link,) = entry.findall(f"{ATOM}link")
        found[link.attrib["href"]] = entry.findtext(f"{ATOM}title")
    assert found == {
        f"http://testserver/en/cases/{case['id']}/": "Person: published or changed",
        f"http://testserver/en/releases/{event['id']}/": "Release event: published or changed",
    }
    hours = set(re.findall("T([0-9:+Z.]+)<", told))
    assert hours == {"00:00:00+00:00"}


def test_an_organisation_says_in_its_own_words_how_it_works(settings: Any) -> None:
    said = {"en": "We ask two lawyers.\n\nAlways.", "ru": "Спрашиваем двух юристов."}
    settings.OWN = Organisation(texts={"method": said, "writing": {"en": "<b>Signal"}})
    assert "<p>We ask two lawyers.</p>" in page("/en/method/")
    assert '<div lang="ru"><p>Спрашиваем' in page("/ru/method/")
    assert '<div lang="en"><p>We ask' in page("/be/method/")
    assert "&lt;b&gt;Signal" in page("/en/writing/")
    assert "own-words" not in page("/en/political-prisoners/")
