"""What a document says of itself, so that whoever finds a copy knows where it is from,
for whom, and on what terms.

The address is without a host: the same document is served under the names of mirrors
and onion services, too.
"""

from django.conf import settings

from tracker.contract.documents import PLACES

FIELDS = ("address", "audience", "licence")


def address(kind: str, row_id: str) -> str:
    return f"/api/v1/{PLACES[kind]}/{row_id}/"


def licence(audience_name: str) -> str | None:
    """None: none was stated, and nobody may take any for granted."""
    stated: str = (
        settings.LICENCE if audience_name == "public" else settings.PARTNERS_LICENCE
    )
    return stated or None


def of(audience_name: str, kind: str, row_id: str) -> dict[str, str | None]:
    values = (address(kind, row_id), audience_name, licence(audience_name))
    return dict(zip(FIELDS, values, strict=True))
