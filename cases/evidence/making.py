"""Making one, which leaves a line in the log."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.urls import reverse

from cases.day import today
from cases.evidence.bag import sealed, zipped
from cases.evidence.files import contents
from cases.history import acting
from cases.models import EvidencePack, Prisoner
from cases.publishing import publish_if_free
from cases.publishing.evidence import Evidence, gather
from tracker.contract.documents import CONTRACT


@dataclass(frozen=True)
class Pack:
    """`content` is the ZIP. The file's name says nothing of whom it is about."""

    file_name: str
    content: bytes


def make_pack(prisoner: Prisoner, audience: str, *, by: Any, reason: str) -> Pack:
    """Raises NotPublished and BeingPublished, with sentences for people, and then logs
    nothing.

    Of what was taken back a moment ago, and is still published, none is made.
    """
    publish_if_free()
    with transaction.atomic():
        evidence = gather(prisoner.pk, audience)
        files, seal = sealed(contents(evidence, audience), _about(evidence, audience))
        with acting(user=by):
            EvidencePack.objects.create(
                root_id=prisoner.pk,
                audience=audience,
                made_by=by,
                reason=reason,
                seq=evidence.seq,
                manifest_sha256=seal,
            )
    folder = f"evidence-{audience}-{evidence.case[:8]}-{evidence.seq}"
    return Pack(f"{folder}.zip", zipped(files, folder))


def _about(evidence: Evidence, audience: str) -> dict[str, Any]:
    return {
        "audience": audience,
        "address": reverse("prisoner-detail", kwargs={"id": evidence.case}),
        "epoch": str(evidence.epoch),
        "seq": evidence.seq,
        "changed_on": evidence.changed_on.isoformat(),
        "contract": CONTRACT,
        "made_on": today().isoformat(),
    }
