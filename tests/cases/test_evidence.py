"""Evidence packs: what is in one, what never is, and what is kept of having made it."""

import io
import json
import re
import subprocess
import sys
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
from cases.history import acting
from cases.models import EvidencePack, Mark, Prisoner, Source
from cases.publishing import publish_pending
from cases.review.approving import approve
from tests import factories as make
from tests.cases.admin_pages import address
from tests.cases.editorial import Desk, errors, problem
from tracker.models import PartnersDocument, PublicDocument

pytestmark = pytest.mark.django_db

Files = dict[str, bytes]
# Made before packs were bags.
FIRST_FORM = Path(__file__).parents[1] / "stored" / "evidence-pack-1.zip"
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
    """By their names in the one folder that the ZIP unpacks to."""
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        (folder,) = {name.split("/")[0] for name in pack.namelist()}
        return {
            name.removeprefix(f"{folder}/"): pack.read(name) for name in pack.namelist()
        }


def write(files: Files, folder: Path) -> None:
    (folder / "data").mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)


def checked(sums: str, folder: Path) -> bool:
    return succeeds("sha256sum", "--check", "--strict", sums, folder=folder)


def valid_bag(folder: Path) -> bool:
    """In a process of its own: bagit changes the working directory of all threads."""
    return succeeds(sys.executable, "-m", "bagit", "--validate", ".", folder=folder)


def succeeds(*command: str, folder: Path) -> bool:
    ended = subprocess.run(command, cwd=folder, check=False, capture_output=True)
    return ended.returncode == 0


def test_a_pack_holds_the_documents_as_served_and_what_the_case_refers_to(
    case: Prisoner, maker: User, client: Client
) -> None:
    files = made(case, maker)
    assert (
        files["data/document.json"]
        == client.get(f"/api/v1/prisoners/{case.pk}/").content
    )
    (event,) = json.loads(files["data/release_events.json"])
    (count,) = json.loads(files["data/reported_counts.json"])
    (source,) = json.loads(files["data/sources.json"])
    assert (event["title"], count["value"], source["title"]) == (
        "Release of many",
        52,
        "A report",
    )
    assert (source["file_name"], source["sha256"]) == ("1.pdf", "a" * 64)
    assert [
        one["source_label"] for one in json.loads(files["data/citations.json"])
    ] == [
        None,
        "confidential source",
    ]
    (correction,) = json.loads(files["data/corrections.json"])
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
    assert (b"Alesia for Partners" in files["data/document.json"]) == (
        audience == "partners"
    )
    assert (b"Alesia for Partners" in files["data/index.html"]) == (
        audience == "partners"
    )


def test_the_page_tells_the_case_without_script_link_or_anything_from_elsewhere(
    case: Prisoner, maker: User
) -> None:
    html = made(case, maker)["data/index.html"].decode()
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


def test_the_page_says_beside_each_value_how_surely_and_according_to_whom(
    case: Prisoner, maker: User
) -> None:
    report = Source.objects.get(url="https://report.example/1")
    sentence = case.sentences.get()
    centre = make.make_claimant("A centre", visibility="public")
    said: dict[str, Any] = {"hedge": "reported", "claimant": centre}
    make.make_citation(sentence, "term_months", report, **said)
    approved(case, maker)
    html = made(case, maker)["data/index.html"].decode()
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "5 years (reported, according to: A centre) [" in page


def test_the_page_tells_what_is_in_force_with_all_it_holds_and_when_she_was_heard_of(
    case: Prisoner, maker: User
) -> None:
    report = Source.objects.get(url="https://report.example/1")
    sentence = case.sentences.get()
    fine = make.make_further_punishment(sentence, amount=1_500, currency="BYN")
    heard: dict[str, Any] = {"heard_on": "2025-03-14", "visibility": None}
    sighting = make.make_sighting(case, **heard)
    for record, field in (
        (sentence, "punishment"),
        (sentence, "term_months"),
        (fine, "amount"),
        (sighting, "heard_on"),
    ):
        make.make_citation(record, field, report)
    approved(case, maker)
    html = made(case, maker)["data/index.html"].decode()
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    assert "Sentence in force" in page
    assert "1,500" in page
    assert "BYN" in page
    assert "Heard of or seen" in page


def test_every_link_on_the_page_leads_to_something_on_it(
    case: Prisoner, maker: User
) -> None:
    html = made(case, maker)["data/index.html"].decode()
    anchors = re.findall(r'\sid="([^"]+)"', html)
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(anchors)
    assert len(anchors) == len(set(anchors))


def test_people_who_approved_stand_as_codes_that_differ_from_case_to_case(
    case: Prisoner, maker: User
) -> None:
    (approval,) = json.loads(made(case, maker)["data/editions.json"])
    assert re.fullmatch(r"reviewer [0-9A-F]{4}-[0-9A-F]{4}", approval["approved_by"])
    other = make.make_prisoner("Jana Sample", visibility="public")
    approved(other, maker)
    (another,) = json.loads(made(other, maker)["data/editions.json"])
    assert another["approved_by"] != approval["approved_by"]
    assert (
        another["approved_by"]
        in made(other, maker, "partners")["data/editions.json"].decode()
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
    sealed = {"manifest.json", "manifest-sha256.txt", "tagmanifest-sha256.txt"}
    assert {one["name"] for one in manifest["files"]} == files.keys() - sealed
    for one in manifest["files"]:
        content = files[one["name"]]
        assert (one["size"], one["sha256"]) == (
            len(content),
            sha256(content).hexdigest(),
        )
    document = PublicDocument.objects.get(id=case.pk)
    assert (manifest["seq"], manifest["audience"]) == (document.seq, "public")
    write(files, tmp_path)
    for sums in ("manifest-sha256.txt", "tagmanifest-sha256.txt"):
        assert checked(sums, tmp_path)
    (tmp_path / "data/document.json").write_bytes(b"{}")
    assert not checked("manifest-sha256.txt", tmp_path)


def test_a_pack_is_a_bag_by_the_judgement_of_the_library_of_congress(
    case: Prisoner, maker: User, tmp_path: Path
) -> None:
    pack = make_pack(case, "public", by=maker, reason="Asked for by a court.")
    with zipfile.ZipFile(io.BytesIO(pack.content)) as archive:
        archive.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    assert f"{folder.name}.zip" == pack.file_name
    assert (folder / "bagit.txt").read_text().startswith("BagIt-Version: 1.0\n")
    assert valid_bag(folder)
    (folder / "data/document.json").write_bytes(b"{}")
    assert not valid_bag(folder)


@pytest.mark.parametrize("name", ["bagit.txt", "bag-info.txt", "manifest.json"])
def test_what_stands_beside_the_payload_is_sealed_too(
    case: Prisoner, maker: User, tmp_path: Path, name: str
) -> None:
    write(made(case, maker), tmp_path)
    assert valid_bag(tmp_path)
    with (tmp_path / name).open("a") as file:
        file.write("\n")
    assert not valid_bag(tmp_path)
    assert not checked("tagmanifest-sha256.txt", tmp_path)


def test_what_we_compose_is_canonical_json_that_anyone_can_make_again(
    case: Prisoner, maker: User
) -> None:
    files = made(case, maker)
    for name in (
        "manifest.json",
        "data/citations.json",
        "data/corrections.json",
        "data/editions.json",
    ):
        content = json.loads(files[name])
        again = json.dumps(
            content, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        assert content
        assert files[name] == again.encode(), name


def test_a_pack_of_the_first_form_is_checked_as_it_says_and_found_at_the_desk(
    maker: User, client: Client, tmp_path: Path
) -> None:
    with zipfile.ZipFile(FIRST_FORM) as pack:
        pack.extractall(tmp_path)
    for sums in ("SHA256SUMS", "manifest.sha256"):
        assert checked(sums, tmp_path)
    seal = sha256((tmp_path / "manifest.json").read_bytes()).hexdigest()
    assert (tmp_path / "manifest.sha256").read_text().startswith(seal)
    with acting(user=maker):
        EvidencePack.objects.create(
            root_id=make.make_prisoner().pk,
            audience="public",
            made_by=maker,
            reason="Asked for by a court, once.",
            seq=5,
            manifest_sha256=seal,
        )
    client.force_login(maker)
    found = client.get("/admin/cases/evidencepack/", {"q": seal}).content.decode()
    assert "Asked for by a court, once." in found
    nothing = client.get("/admin/cases/evidencepack/", {"q": seal[::-1]})
    assert "Asked for by a court, once." not in nothing.content.decode()


def test_two_packs_of_the_same_state_are_the_same_bytes(
    case: Prisoner, maker: User
) -> None:
    one = make_pack(case, "public", by=maker, reason="First")
    two = make_pack(case, "public", by=make.make_documenter("another"), reason="Second")
    assert one == two


def test_no_entry_of_the_zip_tells_when_or_on_what_it_was_made(
    case: Prisoner, maker: User
) -> None:
    content = make_pack(case, "public", by=maker, reason="Why").content
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        entries = pack.infolist()
    assert [entry.filename for entry in entries] == sorted(pack.namelist())
    for entry in entries:
        assert entry.date_time == (1980, 1, 1, 0, 0, 0)
        assert entry.compress_type == zipfile.ZIP_STORED
        assert (entry.create_system, entry.external_attr >> 16) == (3, 0o644)
        assert (entry.extra, entry.comment) == (b"", b"")


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
    assert opened(answer.content)["data/document.json"]
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
