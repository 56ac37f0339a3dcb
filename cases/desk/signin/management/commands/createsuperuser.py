"""`manage.py createsuperuser --noinput` takes the password from the environment, and
Django's own command asks nobody whether it is a good one. The account that may do
everything is not the one to leave out.
"""

import os
from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        password = os.environ.get("DJANGO_SUPERUSER_PASSWORD")
        if password is not None and not options["interactive"]:
            self._refuse_a_weak_one(password, options)
        super().handle(*args, **options)

    def _refuse_a_weak_one(self, password: str, options: dict[str, Any]) -> None:
        account = User()
        for name in ("username", "email"):
            given = options.get(name)
            known = given or os.environ.get(f"DJANGO_SUPERUSER_{name.upper()}", "")
            setattr(account, name, known)
        try:
            validate_password(password, account)
        except ValidationError as weak:
            raise CommandError(" ".join(weak.messages)) from weak
