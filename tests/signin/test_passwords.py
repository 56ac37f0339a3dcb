"""A password that is the name with digits is refused by every door: they all ask the
same validators.
"""

from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

TOLD = "the name with digits or signs"


@pytest.fixture
def olga() -> User:
    return User(
        username="olga",
        first_name="Volha",
        last_name="Example",
        email="o.example@example.org",
    )


@pytest.mark.parametrize(
    "password",
    [
        "olga12345678",
        "20242025olga",
        "OLGA-2024-2025!",
        "olgaolgaolgaolga",
        "volha_1985_05_14",
        "1.Example.2.3.4.5",
        "o.example.202425",
    ],
)
def test_a_name_with_digits_or_signs_is_no_password(password: str, olga: User) -> None:
    with pytest.raises(ValidationError, match=TOLD):
        validate_password(password, olga)


@pytest.mark.parametrize("password", ["three grey herons", "olga saw 3 grey herons"])
def test_more_than_the_name_is(password: str, olga: User) -> None:
    validate_password(password, olga)


def test_what_is_typed_without_an_account_is_measured_otherwise() -> None:
    validate_password("olga12345678", None)


@pytest.mark.django_db
def test_who_makes_an_account_and_who_changes_its_password_is_told() -> None:
    typed = {"password1": "olga12345678", "password2": "olga12345678"}
    new: Any = AdminUserCreationForm({"username": "olga", **typed})
    assert TOLD in str(new.errors)
    changed = AdminPasswordChangeForm(User(username="olga"), typed)
    assert TOLD in str(changed.errors)


@pytest.mark.django_db
def test_so_is_who_changes_it_from_the_server(
    olga: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga.save()
    monkeypatch.setattr("getpass.getpass", lambda prompt="": "olga12345678")
    told = StringIO()
    with pytest.raises(CommandError):
        call_command("changepassword", "olga", stdout=StringIO(), stderr=told)
    assert TOLD in told.getvalue()
    olga.refresh_from_db()
    assert olga.password == ""


@pytest.mark.django_db
def test_so_is_who_makes_the_first_account_without_being_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def makes(password: str) -> None:
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
        call_command(
            "createsuperuser",
            interactive=False,
            username="olga",
            email="",
            stdout=StringIO(),
        )

    with pytest.raises(CommandError, match=TOLD):
        makes("olga12345678")
    with pytest.raises(CommandError, match="too short"):
        makes("heron")
    assert not User.objects.exists()
    makes("three grey herons")
    assert User.objects.get().check_password("three grey herons")
