"""How the database knows that whoever is named as acting does act."""

from typing import ClassVar

from django.db import models


class ActingSecret(models.Model):
    """What proofs of who acts are checked with (cases/history/proof.py): the two keys of
    an HMAC. One row, which only the owner of the database writes and reads:
    `manage.py migrate`, from the setting ACTING_SECRET.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    inner_pad = models.BinaryField()
    outer_pad = models.BinaryField()

    # Whether there is one may be known: manage.py doctor asks.
    database_rights: ClassVar[dict[str, str]] = {"desk": "", "publisher": "SELECT (id)"}

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id=1), name="acting_secret_is_one_row"
            )
        ]

    def __str__(self) -> str:
        return "the secret of who acts"
