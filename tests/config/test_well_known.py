"""What programs look for at fixed addresses: whom to tell of a hole, what to index."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client


def test_security_txt_names_the_contact_and_does_not_lapse(settings: Any) -> None:
    settings.CONTACT = "mailto:desk@tracker.example.org"
    answer = Client().get("/.well-known/security.txt")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    fields = dict(line.split(": ", 1) for line in lines)
    assert fields["Contact"] == "mailto:desk@tracker.example.org"
    expires = datetime.fromisoformat(fields["Expires"])
    now = datetime.now(UTC)
    assert now + timedelta(days=90) < expires < now + timedelta(days=365)


def test_without_a_contact_there_is_no_security_txt(settings: Any) -> None:
    settings.CONTACT = ""
    assert Client().get("/.well-known/security.txt").status_code == 404


def test_robots_may_read_public_pages_and_are_told_no_address() -> None:
    answer = Client().get("/robots.txt")
    assert answer.status_code == 200
    assert answer.content.decode() == (
        "User-agent: *\nDisallow:\nSitemap: http://testserver/sitemap.xml\n"
    )
