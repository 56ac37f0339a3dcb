"""Files that are kept of a case: at the desk, and nowhere else."""

import io
import zipfile
from collections.abc import Callable
from hashlib import sha256
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from psycopg.errors import InsufficientPrivilege

from cases import files
from cases.desk.access.models import AccessEvent
from cases.evidence import make_pack
from cases.files import kinds
from cases.history import acting
from cases.models import KeptFile, Source
from cases.models.files import storage
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import address

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
HTML = b"""<!DOCTYPE html><html><head><title> Court
 jails writer </title>
<meta property="article:published_time" content="2025-10-07T08:00:00+03:00">
<style>p {}</style></head><body><h1>Court jails writer</h1>
<p>The court sent <b>him</b> away.</p><script>var secret = 1</script>
<p>Four years.</p></body></html>"""


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make.make_documenter())
    return client


@pytest.fixture
def article() -> Source:
    return make.make_source("The article")


def upload(content: bytes, name: str = "verdict.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/x-chosen")


def sent(desk: Client, root: Any, content: bytes, name: str = "verdict.pdf") -> Any:
    boxes = {"file": upload(content, name), "change_reason": "By post"}
    return desk.post(address(root, "files"), boxes)


def refusals(response: Any) -> str:
    assert response.status_code == 200, "it was kept"
    form = response.context["form"]
    return " ".join(f"{name}: {errors}" for name, errors in form.errors.items())


def packed(*names: str, first: bytes = b"") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as pack:
        if first:
            pack.writestr("mimetype", first)
        for name in names:
            pack.writestr(name, "<x/>")
    return buffer.getvalue()


# --- Keeping ---------------------------------------------------------------------------


def test_a_file_is_kept_with_its_hash_who_added_it_when_and_why(
    desk: Client, article: Source
) -> None:
    response = sent(desk, article, PDF)

    assert response.status_code == 302, refusals(response)
    kept = KeptFile.objects.get()
    assert (kept.root_kind, kept.root_id) == ("source", article.pk)
    assert kept.sha256 == sha256(PDF).hexdigest()
    assert (kept.size, kept.media_type) == (len(PDF), "application/pdf")
    assert kept.added_by is not None
    assert kept.added_by.username == "documenter"
    assert kept.reason == "By post"
    assert kept.added_at is not None
    assert storage().open(str(kept.file)).read() == PDF
    page = desk.get(address(article, "history")).content.decode()
    assert "File added: verdict.pdf" in page
    assert "By post" in page


def test_another_copy_stands_beside_the_one_that_was_there(
    desk: Client, article: Source
) -> None:
    sent(desk, article, PDF)
    sent(desk, article, PDF + b"again")

    assert [files.content(kept) for kept in KeptFile.objects.all()] == [
        PDF + b"again",
        PDF,
    ]
    assert len(desk.get(address(article, "files")).context["files"]) == 2


def test_a_file_is_kept_of_a_person_too(desk: Client) -> None:
    prisoner = make.make_prisoner()
    sent(desk, prisoner, PNG, "portrait.png")
    assert KeptFile.objects.get().root_id == prisoner.pk


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, kinds.PDF),
        (PNG, kinds.PNG),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", kinds.JPEG),
        (b"RIFF\x10\0\0\0WEBPVP8 ", kinds.WEBP),
        (packed("content.xml", first=kinds.ODT.media_type.encode()), kinds.ODT),
        (packed("[Content_Types].xml", "word/document.xml"), kinds.DOCX),
        (HTML, kinds.HTML),
        (b"\xef\xbb\xbf<html><body>x</body></html>", kinds.HTML),
        ("Суд".encode(), kinds.TEXT),
    ],
)
def test_the_type_is_read_from_the_content(content: bytes, kind: kinds.Kind) -> None:
    assert kinds.kind_of_file(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0\x03",
        b"\x7fELF\x02",
        packed("evil.exe"),
        packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        b"PK\x03\x04broken",
        "Суд".encode("cp1251"),
        b"   \n",
        b"GIF89a\x01\0",
    ],
)
def test_what_is_of_another_kind_is_refused_at_the_field(
    desk: Client, article: Source, content: bytes
) -> None:
    assert "file: " in refusals(sent(desk, article, content))
    assert not KeptFile.objects.exists()


def test_a_program_under_the_name_of_a_pdf_is_refused(
    desk: Client, article: Source
) -> None:
    refused = refusals(sent(desk, article, b"MZ\x90\0\x03", "verdict.pdf"))
    assert "What counts is what stands in it, not its name." in refused


def test_a_file_that_is_too_large_is_refused_at_the_field(
    desk: Client, article: Source, settings: Any
) -> None:
    settings.FILE_MAX_BYTES = 10
    assert "file: " in refusals(sent(desk, article, PDF))
    assert not KeptFile.objects.exists()


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\secret\\v.pdf", "v.pdf"),
        ("verdict.pdf.exe", "verdict.pdf.exe.pdf"),
        ("a\u202efdp.exe", "a_fdp.exe.pdf"),
        ("a\r\nb;c.PDF", "a__b_c.PDF"),
        ("..", "file.pdf"),
        ("x" * 400 + ".pdf", "x" * 150 + ".pdf"),
        ("Прысуд.pdf", "Прысуд.pdf"),
    ],
)
def test_a_name_means_no_folder_and_ends_as_its_kind_does(
    name: str, kept_as: str
) -> None:
    assert kinds.clean_name(name, kinds.PDF) == kept_as


def test_the_storage_is_told_no_name(desk: Client, article: Source) -> None:
    sent(desk, article, PDF, "Aunt.pdf")
    assert "Aunt" not in str(KeptFile.objects.get().file)


def test_what_was_written_for_a_row_that_was_not_kept_goes(article: Source) -> None:
    before = _stored()
    with pytest.raises(ZeroDivisionError):
        _fails_after_it_was_written(article)
    assert _stored() == before


def _fails_after_it_was_written(article: Source) -> None:
    with files.only_if_saved(), transaction.atomic():
        files.keep_file(article, "v.pdf", PDF, by=None, reason="")
        assert _stored()
        raise ZeroDivisionError


def _stored() -> set[str]:
    names = set()
    for folder in storage().listdir("")[0]:
        names.update(storage().listdir(folder)[1])
    return names


# --- Handing out -----------------------------------------------------------------------


def handed_out(desk: Client, root: Any) -> Any:
    kept = KeptFile.objects.get()
    return desk.get(f"{address(root, 'files')}{kept.pk}/")


def test_it_is_handed_out_as_it_came_and_never_shown_by_the_browser(
    desk: Client, article: Source
) -> None:
    sent(desk, article, HTML, "page.html")
    response = handed_out(desk, article)
    assert response.content == HTML
    assert response["Content-Disposition"] == 'attachment; filename="page.html"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in response["Cache-Control"]


def test_whoever_took_it_stands_in_the_access_log(
    desk: Client, article: Source
) -> None:
    sent(desk, article, PDF)
    handed_out(desk, article)
    line = AccessEvent.objects.first()
    assert line is not None
    assert (line.username, line.record_id) == ("documenter", str(article.pk))
    assert line.reason == f"cases_keptfile:{KeptFile.objects.get().pk}"
    assert line.page.endswith("files/<int:number>/")


def test_of_another_case_it_is_not_found(desk: Client, article: Source) -> None:
    sent(desk, article, PDF)
    assert handed_out(desk, make.make_source("Another")).status_code == 404


def test_who_may_not_see_the_source_is_refused(desk: Client, article: Source) -> None:
    sent(desk, article, PDF)
    stranger = Client()
    assert handed_out(stranger, article).status_code == 302
    stranger.force_login(User.objects.create_user("nobody", is_staff=True))
    assert handed_out(stranger, article).status_code == 403
    assert stranger.get(address(article, "files")).status_code == 403


def test_a_file_that_is_not_what_was_added_is_not_handed_out(
    desk: Client, article: Source
) -> None:
    sent(desk, article, PDF)
    kept = KeptFile.objects.get()
    storage().delete(str(kept.file))
    assert handed_out(desk, article).status_code == 404
    storage().save(str(kept.file), ContentFile(b"%PDF- something else"))
    assert handed_out(desk, article).status_code == 404


# --- What a file says of itself --------------------------------------------------------


def test_title_day_and_words_are_read_from_html() -> None:
    said = files.read(HTML)
    assert said.title == "Court jails writer"
    assert said.published_on == "2025-10-07"
    assert said.text == (
        "Court jails writer\n\nThe court sent him away.\n\nFour years."
    )


def test_html_in_another_encoding_is_read_as_it_says() -> None:
    page = "<html><head><meta charset='windows-1251'><title>Суд</title></head></html>"
    assert files.read(page.encode("cp1251")).title == "Суд"


def test_nothing_is_guessed_of_a_day() -> None:
    page = b"<html><head><meta name='date' content='7 October'></head></html>"
    assert files.read(page).published_on == ""


# --- The database ----------------------------------------------------------------------


def test_a_row_is_never_changed_by_the_desk(desk: Client, article: Source) -> None:
    sent(desk, article, PDF)
    with pytest.raises(ProgrammingError, match="permission denied"):
        KeptFile.objects.update(reason="Another")


def test_it_names_nobody_else_and_no_other_hour(article: Source) -> None:
    other = make.make_documenter("other")
    with pytest.raises(IntegrityError), transaction.atomic():
        files.keep_text(article, "Words", by=other, reason="")
    with acting(user=other):
        files.keep_text(article, "Words", by=other, reason="")
    assert files.text_in_hand(article.pk) == "Words"


def test_the_gate_and_whoever_serves_readers_cannot_read_it(
    logins: Callable[[str], psycopg.Connection[Any]],
) -> None:
    for role in ("publisher", "public", "partners"):
        with pytest.raises(InsufficientPrivilege):
            logins(role).execute("SELECT count(*) FROM cases_keptfile")


def test_files_that_are_missing_changed_or_unknown_are_found(
    desk: Client, article: Source
) -> None:
    for name in ("first.pdf", "second.pdf", "third.pdf"):
        sent(desk, article, PDF, name)
    first, second, third = KeptFile.objects.order_by("pk")
    storage().delete(str(first.file))
    storage().delete(str(second.file))
    storage().save(str(second.file), ContentFile(b"%PDF- of another"))
    unknown = storage().save("zz/unknown", ContentFile(PDF))

    output = StringIO()
    with pytest.raises(SystemExit):
        call_command("files", stdout=output)

    storage().delete(unknown)
    told = output.getvalue()
    assert f"File {first.pk} is missing" in told
    assert f"File {second.pk} is missing, or is not what was added." in told
    assert f"File {third.pk} " not in told
    assert "zz/unknown belongs to nothing" in told


# --- Nothing of it comes out ------------------------------------------------------------

NAME, WORDS = "qzfilename.html", "qzfilewords"


def test_nothing_of_a_file_is_published_listed_exported_or_packed(
    desk: Client, client: Client
) -> None:
    person = make.make_documenter("maker")
    source = make.make_source("The article", visibility="public")
    case = make.make_prisoner("Ales Example", visibility="public")
    make.make_citation(case, "born_on", source)
    page = HTML.replace(b"Four years", WORDS.encode())
    for root in (source, case):
        sent(desk, root, page, NAME)
        make.approve(root)
    publish_pending()
    kept = KeptFile.objects.filter(root_id=source.pk).get()
    assert WORDS in kept.text
    secrets = {NAME, WORDS, kept.sha256, str(kept.file)}

    reader = Client()
    told = [
        make_pack(case, "public", by=person, reason="Asked for.").content.decode(
            "latin-1"
        )
    ]
    for url in (
        f"/api/v1/sources/{source.pk}/",
        f"/api/v1/prisoners/{case.pk}/",
        "/api/v1/sources/",
        "/api/v1/changes/",
        f"/en/sources/{source.pk}/",
        f"/en/cases/{case.pk}/",
    ):
        told.append(_read(reader, url))
    for url in (
        reverse("admin:cases_source_changelist"),
        reverse("admin:cases_prisoner_changelist"),
        f"/api/editorial/v1/sources/{source.pk}/",
        "/api/editorial/v1/sources/",
        f"/api/editorial/v1/prisoners/{case.pk}/history/",
    ):
        told.append(_read(desk, url))
    for text in told:
        assert not [secret for secret in secrets if secret in text]


def _read(client: Client, url: str) -> str:
    response = client.get(url, follow=True)
    assert response.status_code == 200, url
    return response.content.decode()
