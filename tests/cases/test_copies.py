"""Redacted copies: what is published of a file, and only while everybody in it allows
it.
"""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import psycopg
import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from PIL import Image, PngImagePlugin
from psycopg.errors import InsufficientPrivilege

from cases.doctor import publishing
from cases.evidence import make_pack
from cases.files.kinds import JPEG, PNG
from cases.files.remaking import MOST_PIXELS, NotTaken, remade
from cases.history import acting
from cases.models import (
    Consent,
    CopyDecision,
    KeptFile,
    Prisoner,
    RedactedCopy,
    Source,
)
from cases.publishing import publish_pending
from tests import factories as make
from tests.cases.admin_pages import address
from tests.cases.test_approving_guarded import stored_rule
from tests.roles import acting_as
from tracker.models import PartnersCopy, PublicCopy, PublicDocument

pytestmark = pytest.mark.django_db

SECRET = "qzsecretzq"


def photo(color: str = "navy", kind: str = "PNG", **saved: Any) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), color).save(made, kind, **saved)
    return made.getvalue()


@pytest.fixture(autouse=True)
def review(settings: Any) -> None:
    settings.REQUIRE_REVIEW = True


@pytest.fixture
def olga() -> User:
    return make.make_documenter("olga")


@pytest.fixture
def desk(client: Client, olga: User) -> Client:
    client.force_login(olga)
    return client


@pytest.fixture
def reviewer() -> Client:
    client = Client()
    client.force_login(make.make_documenter("reviewer"))
    return client


@pytest.fixture
def article() -> Source:
    """Published, with a file."""
    source = make.make_source("The verdict", visibility="public")
    make.approve(source)
    publish_pending()
    KeptFile.objects.create(
        root_kind="source",
        root_id=source.pk,
        name=f"{SECRET}.png",
        size=9,
        sha256="ab" * 32,
        event=0,
    )
    return source


@pytest.fixture
def person(article: Source) -> Prisoner:
    """Published, citing it; allows a photo to everyone."""
    case = make.make_prisoner("Ales Example", visibility="public")
    make.make_citation(case, source=article)
    allows(case)
    make.approve(case)
    publish_pending()
    return case


def allows(case: Prisoner, audience: str = "public") -> Consent:
    return Consent.objects.create(prisoner=case, subject="photo", audience=audience)


def sent(client: Client, source: Source, content: bytes, **boxes: Any) -> Any:
    kept = KeptFile.objects.filter(root_id=source.pk).latest("pk")
    said = {
        "picture": SimpleUploadedFile(f"{SECRET}.png", content),
        "audience": "public",
        "recognisable": "nobody",
        "change_reason": "For readers",
        **boxes,
    }
    return client.post(
        reverse("admin:cases_source_add_copy", args=[source.pk, kept.pk]), said
    )


def page(client: Client, copy: RedactedCopy, name: str = "copy") -> Any:
    return client.get(
        reverse(f"admin:cases_source_{name}", args=[copy.root_id, copy.pk])
    )


def approved(client: Client, copy: RedactedCopy) -> Any:
    url = reverse("admin:cases_source_copy_approve", args=[copy.root_id, copy.pk])
    return client.post(url, {"looked": "on"})


def withdrawn(client: Client, copy: RedactedCopy) -> Any:
    url = reverse("admin:cases_source_copy_withdraw", args=[copy.root_id, copy.pk])
    return client.post(url, {"reason": "Somebody asked"})


def published(source: Source) -> list[dict[str, Any]]:
    document = PublicDocument.objects.get(pk=source.pk).document
    assert document is not None
    copies: list[dict[str, Any]] = json.loads(document)["copies"]
    return copies


def shown(copy: RedactedCopy, client: Client | None = None) -> Any:
    copy.refresh_from_db()
    return (client or Client()).get(f"/api/v1/copies/{copy.published_as}/")


@pytest.fixture
def copy(desk: Client, reviewer: Client, article: Source) -> RedactedCopy:
    """Published, with nobody in it."""
    sent(desk, article, photo())
    made = RedactedCopy.objects.get()
    approved(reviewer, made)
    publish_pending()
    return made


@pytest.fixture
def portrait(
    desk: Client, reviewer: Client, article: Source, person: Prisoner
) -> RedactedCopy:
    """Published, with the person in it."""
    sent(desk, article, photo(), recognisable="listed", people=[person.pk])
    made = RedactedCopy.objects.get()
    approved(reviewer, made)
    publish_pending()
    return made


# --- Making anew -----------------------------------------------------------------------


def in_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x013B] = SECRET  # artist
    exif[0x8769] = {0x9286: SECRET.encode()}  # the comment of the camera
    exif[0x0112] = 6  # turned
    return exif


def in_texts() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", SECRET)
    info.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET}</x>", zip=True)
    info.add_text("Comment", SECRET * 10, zip=True)
    return info


@pytest.mark.parametrize(
    "content",
    [
        photo(kind="JPEG", exif=in_exif(), comment=SECRET, xmp=SECRET.encode()),
        photo(kind="JPEG", icc_profile=SECRET.encode()),
        photo(kind="JPEG") + SECRET.encode(),
        photo(exif=in_exif(), pnginfo=in_texts(), icc_profile=SECRET.encode()),
        photo() + SECRET.encode(),
    ],
)
def test_nothing_but_the_pixels_is_left_of_a_picture(content: bytes) -> None:
    picture = remade(content)
    left = Image.open(io.BytesIO(picture.content))
    left.load()

    assert SECRET.encode() not in picture.content
    assert SECRET.encode() not in unpacked(picture.content)
    assert not left.getexif()
    assert set(left.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert sha256(content).hexdigest() != picture.sha256


def unpacked(content: bytes) -> bytes:
    """Every chunk of a PNG whose text may be compressed."""
    found, place = b"", 8
    while content.startswith(b"\x89PNG") and place < len(content):
        (size,) = struct.unpack(">I", content[place : place + 4])
        name = content[place + 4 : place + 8]
        assert name in {b"IHDR", b"IDAT", b"IEND"}, name
        if name == b"IDAT":
            unpacker = zlib.decompressobj()
            found += unpacker.decompress(content[place + 8 : place + 8 + size])
        place += 12 + size
    return found


def test_a_picture_that_the_camera_turned_is_seen_upright() -> None:
    picture = remade(photo(kind="JPEG", exif=in_exif()))
    assert (picture.width, picture.height) == (30, 40)


def test_nothing_is_left_beneath_what_is_transparent() -> None:
    hidden = Image.new("RGBA", (10, 10), (200, 10, 10, 0))
    made = io.BytesIO()
    hidden.save(made, "PNG")

    left = Image.open(io.BytesIO(remade(made.getvalue()).content))

    assert left.getpixel((5, 5)) == (255, 255, 255)
    assert left.mode == "RGB"


def test_of_a_moving_picture_one_frame_is_left() -> None:
    made = io.BytesIO()
    first, second = Image.new("RGB", (9, 9), "red"), Image.new("RGB", (9, 9), "blue")
    first.save(made, "PNG", save_all=True, append_images=[second])

    left = remade(made.getvalue()).content

    assert b"fdAT" not in left
    assert b"acTL" not in left


def bomb() -> bytes:
    """A PNG that says it is larger than any is."""
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", len(header))
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + struct.pack(">I", 0)
        + b"IDAT"
        + struct.pack(">I", zlib.crc32(b"IDAT"))
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7\n1 0 obj\n", "A PDF is not taken"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "Only PNG and JPEG"),
        ("Суд".encode(), "Only PNG and JPEG"),
        (b"GIF89a\x01\0", "Only PNG and JPEG"),
        (photo()[:-30], "broken"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "broken"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "broken"),
        (bomb(), "million pixels"),
    ],
)
def test_what_cannot_be_made_anew_is_refused_in_a_sentence(
    content: bytes, words: str
) -> None:
    with pytest.raises(NotTaken, match=words):
        remade(content)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked() -> None:
    made = io.BytesIO()
    Image.new("1", (6_000, MOST_PIXELS // 6_000 + 1)).save(made, "PNG")
    assert len(made.getvalue()) < 20_000
    with pytest.raises(NotTaken, match="million pixels"):
        remade(made.getvalue())


@pytest.mark.parametrize(("kind", "said"), [("PNG", PNG), ("JPEG", JPEG)])
def test_it_stays_of_the_kind_that_it_was(kind: str, said: Any) -> None:
    assert remade(photo(kind=kind)).media_type == said.media_type


# --- Adding ----------------------------------------------------------------------------


def test_a_copy_is_made_anew_and_waits_and_nobody_outside_sees_it(
    desk: Client, article: Source
) -> None:
    content = photo(pnginfo=in_texts())
    response = sent(desk, article, content)

    copy = RedactedCopy.objects.get()
    assert response["Location"].endswith(f"/copies/{copy.pk}/")
    assert copy.content is not None
    assert SECRET.encode() not in bytes(copy.content)
    assert copy.sha256 == sha256(bytes(copy.content)).hexdigest()
    assert (copy.size, copy.media_type) == (len(copy.content), "image/png")
    assert (copy.added_by, copy.reason) == (User.objects.get(), "For readers")
    publish_pending()
    assert published(article) == []
    assert shown(copy).status_code == 404
    assert "Waits for review" in page(desk, copy).content.decode()
    assert "Redacted copy" in desk.get(address(article, "history")).content.decode()


@pytest.mark.parametrize(
    ("boxes", "box"),
    [
        ({"recognisable": "listed"}, "people"),
        ({"recognisable": "nobody", "people": "PERSON"}, "recognisable"),
        ({"recognisable": ""}, "recognisable"),
        ({"audience": "internal"}, "audience"),
        ({"picture": SimpleUploadedFile("x.pdf", b"%PDF-1.7\n")}, "picture"),
        ({"change_reason": ""}, "change_reason"),
    ],
)
def test_a_copy_that_says_too_little_is_refused_at_its_box(
    desk: Client, article: Source, person: Prisoner, boxes: dict[str, Any], box: str
) -> None:
    if boxes.get("people"):
        boxes = {**boxes, "people": [person.pk]}
    response = sent(desk, article, photo(), **boxes)
    assert response.status_code == 200
    assert set(response.context["form"].errors) == {box}
    assert not RedactedCopy.objects.exists()


def test_only_those_whose_case_cites_the_source_can_be_ticked(
    desk: Client, article: Source
) -> None:
    other = make.make_prisoner("Zina Example")
    response = sent(desk, article, photo(), recognisable="listed", people=[other.pk])
    assert set(response.context["form"].errors) == {"people"}


def test_who_may_only_look_adds_none(client: Client, article: Source) -> None:
    viewer = User.objects.create_user("viewer", is_staff=True)
    client.force_login(viewer)
    assert sent(client, article, photo()).status_code == 403
    assert not RedactedCopy.objects.exists()


# --- Deciding --------------------------------------------------------------------------


def test_what_is_approved_stands_with_its_source_and_says_nothing_of_the_original(
    copy: RedactedCopy, article: Source
) -> None:
    copy.refresh_from_db()
    assert published(article) == [
        {
            "id": str(copy.published_as),
            "media_type": "image/png",
            "size": copy.size,
            "width": 40,
            "height": 30,
            "sha256": copy.sha256,
        }
    ]
    response = shown(copy)
    assert response.content == bytes(copy.content or b"")
    assert response["Content-Type"] == "image/png"
    assert SECRET not in str(response.headers)


def test_the_page_of_the_source_shows_it_and_no_browser_keeps_it(
    copy: RedactedCopy, article: Source
) -> None:
    copy.refresh_from_db()
    anyone = Client()
    told = anyone.get(f"/en/sources/{article.pk}/").content.decode()
    url = f"/en/copies/{copy.published_as}/"
    assert f'<img src="{url}"' in told
    picture = anyone.get(url)
    assert picture.content == bytes(copy.content or b"")
    assert picture["Cache-Control"] == "no-store"
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert picture["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert picture["Cross-Origin-Resource-Policy"] == "same-origin"
    assert picture["Content-Disposition"] == (
        f'inline; filename="{copy.published_as}.png"'
    )


def test_whoever_added_it_does_not_approve_it(
    desk: Client, article: Source, reviewer: Client
) -> None:
    sent(desk, article, photo())
    copy = RedactedCopy.objects.get()

    approved(desk, copy)

    assert not CopyDecision.objects.exists()
    assert "somebody else has to look at it" in page(desk, copy).content.decode()
    assert "Before you approve" in page(reviewer, copy).content.decode()


def test_nobody_approves_without_having_looked(
    desk: Client, reviewer: Client, article: Source
) -> None:
    sent(desk, article, photo())
    copy = RedactedCopy.objects.get()
    url = reverse("admin:cases_source_copy_approve", args=[copy.root_id, copy.pk])
    response = reviewer.post(url, {})
    assert "looked" in response.context["approving"].errors
    assert not CopyDecision.objects.exists()


def test_a_copy_for_partners_is_shown_to_nobody_else(
    desk: Client, reviewer: Client, article: Source
) -> None:
    sent(desk, article, photo(), audience="partners")
    approved(reviewer, RedactedCopy.objects.get())
    publish_pending()
    assert published(article) == []
    assert not PublicCopy.objects.exists()
    assert PartnersCopy.objects.count() == 1


def test_it_is_shown_to_no_more_than_its_source(
    copy: RedactedCopy, article: Source
) -> None:
    article.refresh_from_db()
    article.visibility = "partners"
    article.save()
    assert shown(copy).status_code == 404  # before the gate has done anything
    publish_pending()
    assert shown(copy).status_code == 404
    assert not PublicCopy.objects.exists()
    assert PartnersCopy.objects.count() == 1


def test_a_withdrawal_takes_it_out_of_sight_at_once_and_for_good(
    copy: RedactedCopy, reviewer: Client, desk: Client, article: Source
) -> None:
    url = reverse("admin:cases_source_copy_withdraw", args=[copy.root_id, copy.pk])
    with transaction.atomic():
        desk.post(url, {"reason": "Somebody asked"})
        assert shown(copy).status_code == 404
    publish_pending()
    assert published(article) == []
    assert not PublicCopy.objects.exists()
    approved(reviewer, copy)
    publish_pending()
    assert published(article) == []
    told = page(reviewer, copy).content.decode()
    assert "Withdrawn" in told
    assert "Somebody asked" in told
    assert "cannot be approved" not in told
    history = desk.get(address(article, "history")).content.decode()
    assert f"Redacted copy {copy.pk} withdrawn" in history


def test_the_others_stay_when_one_is_withdrawn(
    copy: RedactedCopy, reviewer: Client, desk: Client, article: Source
) -> None:
    sent(desk, article, photo("olive"))
    other = RedactedCopy.objects.latest("pk")
    approved(reviewer, other)
    publish_pending()
    assert len(published(article)) == 2
    withdrawn(desk, copy)
    publish_pending()
    other.refresh_from_db()
    assert [one["id"] for one in published(article)] == [str(other.published_as)]
    assert shown(other).status_code == 200


def test_a_copy_that_waits_is_refused_by_the_same_button(
    desk: Client, reviewer: Client, article: Source
) -> None:
    sent(desk, article, photo())
    copy = RedactedCopy.objects.get()
    assert "Refuse" in page(reviewer, copy).content.decode()
    withdrawn(reviewer, copy)
    approved(reviewer, copy)
    publish_pending()
    assert published(article) == []


def test_what_waits_is_counted_at_the_start_and_found_there(
    desk: Client, article: Source
) -> None:
    sent(desk, article, photo())
    start = desk.get("/admin/").content.decode()
    assert "1 source with a redacted copy to review" in start
    listed = desk.get(reverse("admin:cases_source_changelist"), {"todo": "copies"})
    assert [one.pk for one in listed.context["cl"].queryset] == [article.pk]


# --- Those who can be recognised -------------------------------------------------------


def test_a_photo_is_published_when_everyone_in_it_allows_that(
    portrait: RedactedCopy, article: Source
) -> None:
    assert len(published(article)) == 1
    assert shown(portrait).status_code == 200


def test_a_photo_is_not_approved_without_the_consent_of_each(
    desk: Client, reviewer: Client, article: Source, person: Prisoner
) -> None:
    other = make.make_prisoner("Zina Example", visibility="public")
    make.make_citation(other, source=article)
    sent(desk, article, photo(), recognisable="listed", people=[person.pk, other.pk])
    copy = RedactedCopy.objects.get()

    approved(reviewer, copy)

    told = page(reviewer, copy).content.decode()
    assert "Zina Example: there is no consent to a photo for these readers." in told
    assert not CopyDecision.objects.exists()


def test_a_photo_of_people_nobody_knows_is_never_approved(
    desk: Client, reviewer: Client, article: Source
) -> None:
    sent(desk, article, photo(), recognisable="others")
    copy = RedactedCopy.objects.get()
    approved(reviewer, copy)
    assert not CopyDecision.objects.exists()
    assert "Others can be recognised in it" in page(reviewer, copy).content.decode()


def narrower_consent(person: Prisoner) -> None:
    person.consents.update(audience="partners")


def withdrawn_consent(person: Prisoner) -> None:
    person.consents.update(withdrawn_on="2026-11-01")


def no_consent(person: Prisoner) -> None:
    person.consents.all().delete()


def consent_to_the_name(person: Prisoner) -> None:
    person.consents.update(subject="name")


def internal(person: Prisoner) -> None:
    Prisoner.objects.filter(pk=person.pk).update(visibility="internal")


def without_a_name(person: Prisoner) -> None:
    Prisoner.objects.filter(pk=person.pk).update(name_withheld=True)


def hidden(person: Prisoner) -> None:
    Prisoner.objects.filter(pk=person.pk).update(case_taken_back=1)


def name_taken_back(person: Prisoner) -> None:
    Consent.objects.create(
        prisoner=person, subject="name", audience="public", withdrawn_on="2026-11-01"
    )


def merged(person: Prisoner) -> None:
    other = make.make_prisoner("Ales Another")
    Prisoner.objects.filter(pk=person.pk).update(merged_into=other)


def deleted(person: Prisoner) -> None:
    Prisoner.objects.get(pk=person.pk).delete()


TAKES_A_PHOTO_BACK = [
    narrower_consent,
    withdrawn_consent,
    no_consent,
    consent_to_the_name,
    internal,
    without_a_name,
    hidden,
    name_taken_back,
    merged,
    deleted,
]


@pytest.mark.parametrize("take_back", TAKES_A_PHOTO_BACK)
def test_a_photo_goes_at_once_when_somebody_in_it_no_longer_allows_it(
    portrait: RedactedCopy,
    article: Source,
    person: Prisoner,
    desk: Client,
    reviewer: Client,
    take_back: Any,
) -> None:
    assert shown(portrait).status_code == 200

    take_back(person)

    assert shown(portrait).status_code == 404  # before the gate has done anything
    publish_pending()
    assert published(article) == []
    assert not PublicCopy.objects.exists()
    assert not PartnersCopy.objects.exists()
    made = portrait.decisions.get(decision="withdrawn")
    assert made.cause == "person"
    told = desk.get(address(article, "history")).content.decode()
    assert f"Redacted copy {portrait.pk} withdrawn by itself" in told


@pytest.mark.parametrize("take_back", TAKES_A_PHOTO_BACK)
def test_a_photo_is_not_approved_when_somebody_in_it_does_not_allow_it(
    desk: Client,
    reviewer: Client,
    article: Source,
    person: Prisoner,
    take_back: Any,
) -> None:
    sent(desk, article, photo(), recognisable="listed", people=[person.pk])
    copy = RedactedCopy.objects.get()
    take_back(person)

    approved(reviewer, copy)

    assert not CopyDecision.objects.filter(decision="approved").exists()
    assert page(reviewer, copy).context["why_not"]
    with pytest.raises(IntegrityError), transaction.atomic():
        CopyDecision.objects.create(copy=copy, decision="approved", event=0)


def test_what_went_with_a_consent_does_not_return_with_a_new_one(
    portrait: RedactedCopy, article: Source, person: Prisoner, reviewer: Client
) -> None:
    withdrawn_consent(person)
    allows(person)
    approved(reviewer, portrait)
    publish_pending()
    assert published(article) == []


def test_another_consent_keeps_the_photo(
    portrait: RedactedCopy, article: Source, person: Prisoner
) -> None:
    allows(person)
    Consent.objects.filter(prisoner=person).order_by("pk")[0].delete()
    publish_pending()
    assert len(published(article)) == 1


def test_a_photo_of_somebody_under_18_needs_their_name_to_be_told(
    desk: Client, reviewer: Client, article: Source, person: Prisoner
) -> None:
    Prisoner.objects.filter(pk=person.pk).update(born_on="2015")
    sent(desk, article, photo(), recognisable="listed", people=[person.pk])
    copy = RedactedCopy.objects.get()
    approved(reviewer, copy)
    assert not CopyDecision.objects.exists()
    assert "a face tells more" in page(reviewer, copy).content.decode()


def is_born_later(person: Prisoner, article: Source) -> None:
    Prisoner.objects.filter(pk=person.pk).update(born_on="2015")


def is_said_to_be_a_child(person: Prisoner, article: Source) -> None:
    make.make_citation(person, source=article, field="age_as_stated", states=15)


@pytest.mark.parametrize("turns_out", [is_born_later, is_said_to_be_a_child])
def test_a_photo_goes_with_the_name_of_whoever_turns_out_to_be_a_child(
    turns_out: Callable[[Prisoner, Source], None],
    portrait: RedactedCopy,
    article: Source,
    person: Prisoner,
) -> None:
    turns_out(person, article)
    publish_pending()
    assert published(article) == []
    assert shown(portrait).status_code == 404


def test_a_photo_waits_until_the_name_is_published(
    desk: Client, reviewer: Client, article: Source
) -> None:
    case = make.make_prisoner("Zina Example", visibility="public")
    make.make_citation(case, source=article)
    allows(case)
    sent(desk, article, photo(), recognisable="listed", people=[case.pk])
    copy = RedactedCopy.objects.get()
    approved(reviewer, copy)
    publish_pending()
    assert published(article) == []
    make.approve(case)
    publish_pending()
    assert len(published(article)) == 1


# --- The database ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("desk", "UPDATE cases_redactedcopy SET audience = 'public'"),
        ("desk", "DELETE FROM cases_redactedcopy"),
        ("desk", "UPDATE cases_copydecision SET decision = 'approved'"),
        ("desk", "DELETE FROM cases_copydecision"),
        ("desk", "DELETE FROM tracker_public_copy"),
        ("publisher", "INSERT INTO cases_copydecision (decision) VALUES ('approved')"),
        ("public", "SELECT FROM cases_redactedcopy"),
        ("public", "SELECT FROM tracker_partners_copy"),
        ("partners", "SELECT FROM cases_redactedcopy"),
    ],
)
def test_no_login_may_do_more_to_a_copy_than_it_must(
    logins: Callable[[str], psycopg.Connection[Any]], role: str, statement: str
) -> None:
    with pytest.raises(InsufficientPrivilege):
        logins(role).execute(statement)


def test_the_database_takes_no_approval_from_whoever_added_it(
    desk: Client, article: Source, olga: User
) -> None:
    stored_rule()
    sent(desk, article, photo())
    copy = RedactedCopy.objects.get()
    with (
        pytest.raises(IntegrityError, match="leaves its approval to somebody else"),
        transaction.atomic(),
        acting(user=olga),
    ):
        CopyDecision.objects.create(
            copy=copy, decision="approved", decided_by=olga, event=0
        )


def test_the_database_takes_no_approval_from_nobody(
    desk: Client, article: Source
) -> None:
    stored_rule()
    sent(desk, article, photo())
    with (
        pytest.raises(IntegrityError, match="somebody has to approve"),
        transaction.atomic(),
    ):
        CopyDecision.objects.create(
            copy=RedactedCopy.objects.get(), decision="approved", event=0
        )


# --- Packs, and the doctor -------------------------------------------------------------


def test_a_pack_holds_the_copies_that_its_sources_name(
    portrait: RedactedCopy, person: Prisoner, olga: User
) -> None:
    pack = make_pack(person, "public", by=olga, reason="For a court")
    portrait.refresh_from_db()
    with zipfile.ZipFile(io.BytesIO(pack.content)) as packed:
        (name,) = [name for name in packed.namelist() if "/copies/" in name]
        assert name.endswith(f"/data/copies/{portrait.published_as}.png")
        assert packed.read(name) == bytes(portrait.content or b"")


def doctor() -> str:
    """What it finds of copies, and mends."""
    with acting_as("publisher"):
        (finding,) = [one for one in publishing.examine() if "Redacted" in one.words]
        assert finding.mend is not None
        finding.mend()
    return finding.words


def strange(copy: RedactedCopy, article: Source) -> None:
    PublicCopy.objects.create(
        id=article.pk, of=article.pk, media_type="image/png", content=b"another"
    )


def exchanged(copy: RedactedCopy, article: Source) -> None:
    PublicCopy.objects.update(content=b"another")


def lost(copy: RedactedCopy, article: Source) -> None:
    PublicCopy.objects.all().delete()


@pytest.mark.parametrize("fault", [strange, exchanged, lost])
def test_the_doctor_finds_a_copy_that_is_not_as_its_source_says(
    copy: RedactedCopy, article: Source, fault: Any
) -> None:
    with acting_as("publisher"):
        fault(copy, article)
    assert str(article.pk)[:8] in doctor()
    assert shown(copy).content == bytes(copy.content or b"")
    assert [one.pk for one in PublicCopy.objects.all()] == [copy.published_as]
