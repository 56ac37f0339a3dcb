"""What the database keeps of each document that is published: its number, and a digest
that is salted, because checkpoints carry it out of the building.

The functions and their triggers are made by cases/migrations/record/functions.py: the
tables are the tracker's, which knows nothing of the record.
"""

# The tables, by audience.
PUBLISHED = {
    "public": "tracker_public_document",
    "partners": "tracker_partners_document",
}
FEEDS = {"public": "tracker_public_feed", "partners": "tracker_partners_feed"}
# Of what is put in, what is changed, and what is gone when the transaction ends.
KEEP_PUBLICATIONS = (
    "keep_publications",
    "keep_changed_publications",
    "keep_gone_publications",
)

# The tables of which each change makes answers in memory old, and what says so:
# tracker/migrations/0005_revision.py.
COUNTED = tuple(
    f"tracker_{audience}_{table}"
    for audience in PUBLISHED
    for table in ("document", "span", "correction", "copy")
)
RAISE_REVISION = (
    "raise_revision_on_insert",
    "raise_revision_on_update",
    "raise_revision_on_delete",
)

_SERVED = (
    "id",
    "kind",
    "parent",
    "seq",
    "changed_on",
    "merged_into",
    "document",
)


def digest_of_document(salt: str, row: str) -> str:
    """SQL. What it covers is what readers are served, and the number of the change."""
    columns = ", ".join(f"{row}.{column}" for column in _SERVED)
    return f"sha256(convert_to(json_build_array({salt}, {columns})::text, 'UTF8'))"
