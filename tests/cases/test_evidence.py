"""Evidence packs: what is in one, what never is, and what is kept of having made it."""

import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client

from cases.evidence import BeingPublished, NotPublished, make_pack
from cases.models import EvidencePack, Mark, Prisoner
from cases.publishing import publish_pending
from cases.review.approving import approve
from tests import factories as make
from tests.cases.admin_pages import address
from tests.cases.editorial import Desk, errors, problem
from tracker.models import PartnersDocument, PublicDocument

pytestmark = pytest.mark.django_db

Files = dict[str, bytes]
HIDDEN = [
    "Hidden Spelling",
    "Note about Aunt",
    "hidden.example",
    "Hidden Report",
    "the-username",
    "Secret Surname",
]


@pytest.fixture
def maker() -> User:
    return make.make_documenter("the-username", last_name="Secret Surname")


@pytest.fixture
def case(maker: User) -> Prisoner:
    """Published and once corrected; with a part, a note and a source that nobody
    outside may see.
    """
    event = make.make_release_event("Release of many", visibility="public")
    count = make.make_count(value=52, release_event=event, visibility="public")
    copy = {"file_name": "1.pdf", "sha256": "a" * 64, "copy_is_public": True}
    report = make.make_source(
        "A report", visibility="public", url="https://report.example/1", **copy
    )
    secret = make.make_source(
        "Hidden Report",
        url="https://hidden.example/",
        public_label="confidential source",
    )
    case = make.make_prisoner(
        "Ales Example", visibility="public", internal_notes="Note about Aunt"
    )
    make.make_name(case, "Hidden Spelling", visibility="internal")
    make.make_name(case, "Alesia for Partners", visibility="partners")
    release = make.make_release(case, released_on="2025-09-11", release_event=event)
    make.make_citation(release, "released_on", report)
    make.make_citation(release, "ground", secret)
    sentence = make.make_sentence(case, term_months=48)
    for root in (event, count, report, secret, case):
        approved(root, maker)
    sentence.term_months = 60
    sentence.save()
    approved(case, maker, public_reason="The court’s own text was found.")
    return case


def approved(root: Any, by: User, **asked: Any) -> None:
    root.refresh_from_db()
    approve(
        root.kind,
        root.pk,
        seen_version=root.version,
        by=by,
        reason="Secret Surname says so",
        **asked,
    )
    publish_pending()


def made(
    case: Prisoner,
    by: User,
    audience: str = "public",
    reason: str = "Asked for by a court.",
) -> Files:
    return opened(make_pack(case, audience, by=by, reason=reason).content)


def opened(content: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


def test_a_pack_holds_the_documents_as_served_and_what_the_case_refers_to(
    case: Prisoner, maker: User, client: Client
) -> None:
    files = made(case, maker)
    assert files["document.json"] == client.get(f"/api/v1/prisoners/{case.pk}/").content
    (event,) = json.loads(files["release_events.json"])
    (count,) = json.loads(files["reported_counts.json"])
    (source,) = json.loads(files["sources.json"])
    assert (event["title"], count["value"], source["title"]) == (
        "Release of many",
        52,
        "A report",
    )
    assert (source["file_name"], source["sha256"]) == ("1.pdf", "a" * 64)
    assert [one["source_label"] for one in json.loads(files["citations.json"])] == [
        None,
        "confidential source",
    ]
    (correction,) = json.loads(files["corrections.json"])
    assert (correction["before"], correction["after"]) == (48, 60)
    assert correction["reason"] == "The court’s own text was found."


@pytest.mark.parametrize("audience", ["public", "partners"])
def test_nothing_hidden_is_in_a_pack_nor_who_made_or_approved_it(
    case: Prisoner, maker: User, audience: str
) -> None:
    files = made(case, maker, audience)
    for name, content in files.items():
        for hidden in [*HIDDEN, "Asked for by a court", f'"{maker.pk}"']:
            assert hidden not in content.decode(), (name, hidden)
    assert (b"Alesia for Partners" in files["document.json"]) == (
        audience == "partners"
    )
    assert (b"Alesia for Partners" in files["index.html"]) == (audience == "partners")


def test_the_page_tells_the_case_without_script_link_or_anything_from_elsewhere(
    case: Prisoner, maker: User
) -> None:
    html = made(case, maker)["index.html"].decode()
    for told in (
        "Ales Example",
        "11 September 2025",
        "5 years",
        "Release of many",
        "confidential source",
        "a" * 64,
    ):
        assert told in html
    assert "from “4 years” to “5 years”" in html
    assert "https://report.example/1" in html
    assert not re.search(r"<script|<link|<img|src=|url\(|@import", html)
    assert set(re.findall(r'href="(.)', html)) == {"#"}


def test_every_link_on_the_page_leads_to_something_on_it(
    case: Prisoner, maker: User
) -> None:
    html = made(case, maker)["index.html"].decode()
    anchors = re.findall(r'\sid="([^"]+)"', html)
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(anchors)
    assert len(anchors) == len(set(anchors))


def test_people_who_approved_stand_as_codes_that_differ_from_case_to_case(
    case: Prisoner, maker: User
) -> None:
    (approval,) = json.loads(made(case, maker)["editions.json"])
    assert re.fullmatch(r"reviewer [0-9A-F]{4}-[0-9A-F]{4}", approval["approved_by"])
    other = make.make_prisoner("Jana Sample", visibility="public")
    approved(other, maker)
    (another,) = json.loads(made(other, maker)["editions.json"])
    assert another["approved_by"] != approval["approved_by"]
    assert (
        another["approved_by"]
        in made(other, maker, "partners")["editions.json"].decode()
    )


def test_an_approval_that_changed_nothing_for_the_readers_leaves_no_trace(
    case: Prisoner, maker: User
) -> None:
    before = made(case, maker)
    make.make_name(case, "Another Hidden Spelling", visibility="internal")
    approved(case, maker)
    assert made(case, maker) == before


def test_the_hashes_are_those_of_the_files(
    case: Prisoner, maker: User, tmp_path: Path
) -> None:
    files = made(case, maker)
    manifest = json.loads(files["manifest.json"])
    sealed = {"manifest.json", "manifest.sha256", "SHA256SUMS"}
    assert {one["name"] for one in manifest["files"]} == files.keys() - sealed
    for one in manifest["files"]:
        content = files[one["name"]]
        assert (one["size"], one["sha256"]) == (
            len(content),
            sha256(content).hexdigest(),
        )
    document = PublicDocument.objects.get(id=case.pk)
    assert (manifest["seq"], manifest["audience"]) == (document.seq, "public")
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    for sums in ("SHA256SUMS", "manifest.sha256"):
        subprocess.run(
            ["sha256sum", "--check", "--strict", sums],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )
    (tmp_path / "document.json").write_bytes(b"{}")
    altered = subprocess.run(
        ["sha256sum", "--check", "SHA256SUMS"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
    )
    assert altered.returncode != 0


def test_two_packs_of_the_same_state_are_the_same_bytes(
    case: Prisoner, maker: User
) -> None:
    one = make_pack(case, "public", by=maker, reason="First")
    two = make_pack(case, "public", by=make.make_documenter("another"), reason="Second")
    assert one == two


def test_of_a_pack_made_the_log_keeps_who_why_for_whom_and_its_seal(
    case: Prisoner, maker: User
) -> None:
    files = made(case, maker, "partners", "Asked for by a court.")
    log = EvidencePack.objects.get()
    assert (log.root_id, log.audience, log.made_by, log.reason) == (
        case.pk,
        "partners",
        maker,
        "Asked for by a court.",
    )
    assert log.manifest_sha256 == sha256(files["manifest.json"]).hexdigest()
    assert log.seq == PartnersDocument.objects.get(id=case.pk).seq


def test_what_is_not_published_to_them_cannot_be_packed(maker: User) -> None:
    case = make.make_prisoner(visibility="partners")
    approved(case, maker)
    with pytest.raises(NotPublished):
        made(case, maker)
    assert made(case, maker, "partners")
    assert EvidencePack.objects.count() == 1


def test_what_was_just_taken_back_is_not_in_it(case: Prisoner, maker: User) -> None:
    case.names.filter(value="Alesia for Partners").update(visibility="internal")
    assert "Alesia" not in str(made(case, maker, "partners"))


def test_a_case_that_is_not_published_to_the_end_waits(
    case: Prisoner, maker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cases.evidence.making.publish_if_free", lambda: None)
    Mark.objects.create(root_kind="prisoner", root_id=case.pk, withdrawal=True)
    with pytest.raises(BeingPublished):
        made(case, maker)
    assert not EvidencePack.objects.exists()


def test_the_desk_may_add_to_the_log_and_change_nothing_in_it(
    logins: Callable[[str], psycopg.Connection[Any]],
) -> None:
    desk = logins("desk")
    for statement in (
        "UPDATE cases_evidencepack SET reason = 'x'",
        "DELETE FROM cases_evidencepack",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            desk.execute(statement)


# --- At the desk, and by the editorial API ------------------------------------------------------------------------


def without_the_right(name: str = "documenter") -> User:
    user = User.objects.create_user(name, is_staff=True)
    rights = Permission.objects.filter(content_type__app_label="cases")
    user.user_permissions.set(rights.exclude(codename="make_evidence_pack"))
    return user


def test_the_page_of_a_prisoner_leads_to_the_form_and_the_form_to_the_file(
    case: Prisoner, maker: User, client: Client
) -> None:
    client.force_login(maker)
    form = address(case, "evidence")
    assert form in client.get(address(case)).content.decode()
    assert "Make and download" in client.get(form).content.decode()
    answer = client.post(
        form, {"audience": "public", "reason": "Asked for by a court."}
    )
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith(
        'attachment; filename="evidence-public-'
    )
    assert "no-store" in answer["Cache-Control"]
    assert opened(answer.content)["document.json"]
    log = client.get("/admin/cases/evidencepack/").content.decode()
    assert "Asked for by a court." in log


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"audience": "public", "reason": " "}, "This field is required"),
        ({"audience": "internal", "reason": "Why"}, "not one of the available choices"),
        ({"audience": "public", "reason": "Why"}, "not published to them"),
    ],
)
def test_the_form_says_why_there_is_no_pack(
    client: Client, maker: User, asked: Any, sentence: str
) -> None:
    client.force_login(maker)
    answer = client.post(address(make.make_prisoner(), "evidence"), asked)
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not EvidencePack.objects.exists()


def test_without_the_right_there_is_no_button_no_form_and_no_pack(
    case: Prisoner, client: Client
) -> None:
    client.force_login(without_the_right())
    form = address(case, "evidence")
    assert form not in client.get(address(case)).content.decode()
    assert client.post(form, {"audience": "public", "reason": "Why"}).status_code == 403
    assert not EvidencePack.objects.exists()


@pytest.mark.parametrize("accept", ["application/zip", "application/json", "*/*"])
def test_the_editorial_api_gives_the_same_file(
    case: Prisoner, maker: User, accept: str
) -> None:
    body = {"audience": "public", "reason": "Asked for by a court."}
    answer = Desk(maker).post(
        f"prisoners/{case.pk}/evidence-pack/", body, Accept=accept
    )
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert answer.content == make_pack(case, "public", by=maker, reason="Again").content


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"audience": "public"}, "reason"),
        ({"audience": "public", "reason": " "}, "reason"),
        ({"audience": "internal", "reason": "Why"}, "audience"),
        ({"audience": "public", "reason": "Why", "who": "me"}, "who"),
        ({"audience": "public", "reason": "Why"}, "audience"),  # not published
    ],
)
def test_the_editorial_api_names_what_is_wrong(
    maker: User, body: Any, field: str
) -> None:
    answer = Desk(maker).post(
        f"prisoners/{make.make_prisoner().pk}/evidence-pack/", body
    )
    assert errors(answer).keys() == {field}
    assert not EvidencePack.objects.exists()


def test_the_editorial_api_refuses_whoever_may_not(case: Prisoner) -> None:
    answer = Desk(without_the_right()).post(
        f"prisoners/{case.pk}/evidence-pack/", {"audience": "public", "reason": "Why"}
    )
    problem(answer, 403)
    assert not EvidencePack.objects.exists()
