"""The published tables: one set for each audience. Only the gate writes them.

The login of an audience may read its own set and nothing else (docs/architecture.md).
Pages, API, search, filters, statistics, exports and sync ask these tables only.
"""

import uuid
from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models.functions import Coalesce, Now

from tracker.contract.spans import BEGUN


def vector_of(column: str) -> models.Func:
    """The words of an array, as an index of words has them."""
    return models.Func(
        models.F(column), function="array_to_tsvector", output_field=SearchVectorField()
    )


class PublishedDocument(models.Model):
    """One finished JSON document. A tombstone keeps nothing of it but `merged_into`."""

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=40)
    parent = models.UUIDField(
        null=True, help_text="the prisoner that a sentence or a deportation belongs to"
    )
    seq = models.BigIntegerField(
        help_text="the number of its last change; a part has that of its parent"
    )
    changed_on = models.DateField(
        help_text="the day of that change; the hour would tell too much"
    )
    document = models.TextField(null=True, help_text="the bytes served")
    merged_into = models.UUIDField(null=True)

    # Computed from the document, never from the record.
    facts = models.JSONField(
        default=dict, help_text="what is filtered for equality: {field: [values]}"
    )
    named = ArrayField(
        models.UUIDField(),
        default=list,
        help_text="the ids of other documents that it names: tracker/held.py",
    )
    search_key = models.TextField(default="", help_text="tracker/names.py")
    text_words = ArrayField(
        models.TextField(), null=True, help_text="tracker/texts.py; null: not yet read"
    )
    sort_name = models.TextField(null=True)
    sort_date = models.DateField(null=True)
    sort_number = models.BigIntegerField(null=True)

    audience: ClassVar[str]

    class Meta:
        abstract = True
        indexes = [
            GinIndex(
                fields=["facts"], name="%(class)s_facts", opclasses=["jsonb_path_ops"]
            ),
            GinIndex(fields=["named"], name="%(class)s_named"),
            GinIndex(
                fields=["search_key"],
                name="%(class)s_search",
                opclasses=["gin_trgm_ops"],
            ),
            GinIndex(vector_of("text_words"), name="%(class)s_texts"),
            models.Index(fields=["kind", "sort_name", "id"], name="%(class)s_name"),
            models.Index(fields=["kind", "sort_date", "id"], name="%(class)s_date"),
            models.Index(fields=["kind", "sort_number", "id"], name="%(class)s_size"),
            models.Index(fields=["kind", "seq", "id"], name="%(class)s_seq"),
            models.Index(
                fields=["parent"],
                name="%(class)s_parent",
                condition=models.Q(parent__isnull=False),
            ),
            models.Index(
                fields=["changed_on"],
                name="%(class)s_gone",
                condition=models.Q(document__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["seq"],
                condition=models.Q(parent__isnull=True),
                name="%(class)s_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class PublishedSpan(models.Model):
    """A dated fact of a document: a status while it lasts, or an event in its days.

    The days of an event are those on which it may have happened. Questions by date are
    put to this table: who was in prison on a day, who was released on or after it. NULL
    is an open end.
    """

    id = models.BigAutoField(primary_key=True)
    fact = models.CharField(
        max_length=40, help_text="status, or the name of a date field"
    )
    value = models.CharField(
        max_length=40, default="", help_text="the code of the status"
    )
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True, help_text="included")
    # An end that is open is no range of an index: docs/decisions/plans.md.
    from_day = models.GeneratedField(
        expression=Coalesce("first_day", models.Value(date.min)),
        output_field=models.DateField(),
        db_persist=True,
        help_text="first_day, or the first day that there is",
    )
    until_day = models.GeneratedField(
        expression=Coalesce("last_day", models.Value(date.max)),
        output_field=models.DateField(),
        db_persist=True,
        help_text="last_day, or the last day that there is",
    )

    audience: ClassVar[str]

    class Meta:
        abstract = True
        indexes = [
            # They hold all that is asked, so that no row need be read.
            models.Index(
                fields=["fact", "value", "until_day", "from_day"],
                include=["of"],
                name="%(class)s_days",
            ),
            models.Index(
                fields=["of", "fact", "value", "until_day", "from_day"],
                name="%(class)s_of",
            ),
            models.Index(
                fields=["from_day"],
                include=["value", "of"],
                name="%(class)s_begun",
                condition=models.Q(fact=BEGUN),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact} {self.value} {self.first_day} – {self.last_day}"


class PublishedCorrection(models.Model):
    """One change of a document: tracker/corrections.py.

    A withdrawal empties the values of earlier corrections.
    """

    id = models.BigAutoField(primary_key=True)
    corrected_on = models.DateField()
    record_kind = models.CharField(max_length=40)
    record_id = models.UUIDField()
    change = models.CharField(max_length=10)
    field = models.CharField(max_length=60, default="")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(
        default="", help_text="the public reason, given with the approval"
    )

    audience: ClassVar[str]

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.record_kind} {self.field} {self.change}"


class PublishedFeed(models.Model):
    """The audience's counter, in one row.

    The gate raises it under its lock, so nobody sees a number before a lower one.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_seq = models.BigIntegerField(default=0)
    epoch = models.UUIDField(default=uuid.uuid4)
    pruned_seq = models.BigIntegerField(
        default=0, help_text="the highest number of a tombstone that was deleted since"
    )
    digests = models.JSONField(
        default=dict, help_text="{kind: [count, sum]}: tracker/digests.py"
    )
    life = models.TextField(
        default="", help_text="the database that these numbers were drawn in"
    )
    contract = models.PositiveIntegerField(
        null=True, help_text="of the documents: tracker/versions.py"
    )
    revision = models.BigIntegerField(
        db_default=0, help_text="how often anything of this audience was written"
    )
    tells_officials = models.BooleanField(
        default=False, help_text="the setting that the documents were written under"
    )

    audience: ClassVar[str]

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(id=1), name="%(class)s_is_one_row"
            )
        ]

    def __str__(self) -> str:
        return str(self.last_seq)


class PublishedHeld(models.Model):
    """Something of this root was taken back: its document, and if `everywhere` those
    that name it, are out of sight until each is rendered anew.

    The database writes it with the withdrawal (tracker/migrations/0001_documents.py);
    the gate deletes it. The desk lets go by a function of what it held back before a
    withdrawal (the same file). How readers are kept from it: tracker/held.py.
    """

    id = models.UUIDField(primary_key=True, db_default=RandomUUID())
    root = models.UUIDField(db_index=True)
    everywhere = models.BooleanField()
    transaction = models.BigIntegerField(help_text="the one that took it back")
    is_marked = models.BooleanField(
        db_default=False, help_text="has the gate marked what has to be rendered?"
    )
    held_at = models.DateTimeField(db_default=Now())
    waits_until = models.DateTimeField(
        null=True, help_text="until then the withdrawal itself is under way"
    )

    passed_by = models.BigIntegerField(
        null=True,
        help_text="its document cannot be written; until it is, the feed goes on without"
        " it: this was its number",
    )

    audience: ClassVar[str]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.root)


class PublishedCopy(models.Model):
    """The bytes of a redacted copy that a source's document names. Served only while
    that document does, and is not held back.
    """

    id = models.UUIDField(primary_key=True)
    of = models.UUIDField(db_index=True, help_text="the source")
    media_type = models.CharField(max_length=40)
    content = models.BinaryField()

    audience: ClassVar[str]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.id)


class PublicDocument(PublishedDocument):
    audience = "public"

    class Meta(PublishedDocument.Meta):
        db_table = "tracker_public_document"


class PartnersDocument(PublishedDocument):
    audience = "partners"

    class Meta(PublishedDocument.Meta):
        db_table = "tracker_partners_document"


class PublicSpan(PublishedSpan):
    of = models.ForeignKey(
        PublicDocument, models.CASCADE, related_name="spans", db_index=False
    )
    audience = "public"

    class Meta(PublishedSpan.Meta):
        db_table = "tracker_public_span"


class PartnersSpan(PublishedSpan):
    of = models.ForeignKey(
        PartnersDocument, models.CASCADE, related_name="spans", db_index=False
    )
    audience = "partners"

    class Meta(PublishedSpan.Meta):
        db_table = "tracker_partners_span"


class PublicCorrection(PublishedCorrection):
    of = models.ForeignKey(PublicDocument, models.CASCADE, related_name="corrections")
    audience = "public"

    class Meta(PublishedCorrection.Meta):
        db_table = "tracker_public_correction"


class PartnersCorrection(PublishedCorrection):
    of = models.ForeignKey(PartnersDocument, models.CASCADE, related_name="corrections")
    audience = "partners"

    class Meta(PublishedCorrection.Meta):
        db_table = "tracker_partners_correction"


class PublicFeed(PublishedFeed):
    audience = "public"

    class Meta(PublishedFeed.Meta):
        db_table = "tracker_public_feed"


class PartnersFeed(PublishedFeed):
    audience = "partners"

    class Meta(PublishedFeed.Meta):
        db_table = "tracker_partners_feed"


class PublicHeld(PublishedHeld):
    audience = "public"

    class Meta(PublishedHeld.Meta):
        db_table = "tracker_public_held"


class PartnersHeld(PublishedHeld):
    audience = "partners"

    class Meta(PublishedHeld.Meta):
        db_table = "tracker_partners_held"


class PublicCopy(PublishedCopy):
    audience = "public"

    class Meta(PublishedCopy.Meta):
        db_table = "tracker_public_copy"


class PartnersCopy(PublishedCopy):
    audience = "partners"

    class Meta(PublishedCopy.Meta):
        db_table = "tracker_partners_copy"


class Relay(models.Model):
    """In the database of a relay and of its replicas: whose copy this is, and how far it
    has come (docs/decisions/replication.md). Elsewhere the table is empty.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    address = models.TextField(help_text="of the tracker that is read")
    cursor = models.TextField(null=True)
    is_whole = models.BooleanField(
        default=False, help_text="was it ever read to the end? Before, nobody is let in"
    )
    heard_at = models.DateTimeField(
        null=True, help_text="when it last was where the tracker was"
    )

    database_rights: ClassVar[dict[str, str]] = {"desk": "SELECT"}

    class Meta:
        db_table = "tracker_relay"
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="relay_is_one_row")
        ]

    def __str__(self) -> str:
        return self.address
