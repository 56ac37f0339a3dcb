"""The tables of a relay: what was read goes into them, a chunk in one transaction, with
the cursor up to which it was read.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.db.models import F, Min, Q
from django.db.models.functions import Now

from tracker import digests
from tracker.audiences import AUDIENCES, Audience
from tracker.contract.documents import CONTRACT
from tracker.contract.facts import Facts
from tracker.copying import copy_in
from tracker.feed import Cursor
from tracker.mirror import Failed, Passing
from tracker.models import Relay
from tracker.relaying import pictures
from tracker.relaying.numbering import numbered
from tracker.relaying.pictures import Named, Picture
from tracker.relaying.rows import COLUMNS, Row, rows_of

Change = Mapping[str, Any]
HEARD_EVERY = timedelta(seconds=10)
# For so long a source waits for its pictures, and the relay's feed with it. One that does
# not come by then is missing on its page, and nowhere else.
PICTURES_TAKE = timedelta(seconds=60)
_SPANS = ["of_id", "fact", "value", "first_day", "last_day"]
_CORRECTIONS = ["of_id", "corrected_on", "record_kind", "record_id", "change", "field"]
_CORRECTIONS += ["before", "after", "reason"]


class HeldBack(NamedTuple):
    """`passed_by`: the tracker's feed goes on without it."""

    everywhere: bool
    passed_by: int | None = None


class Tables:
    def __init__(self, audience: Audience, address: str) -> None:
        self.audience = audience
        self._lacking: Named | None = None
        state, _is_new = Relay.objects.get_or_create(
            id=1, defaults={"address": address}
        )
        if state.address != address:
            raise Failed(
                f"This database holds a copy of {state.address}."
                f" Choose another database for {address}."
            )

    @classmethod
    def of_this_process(cls, address: str) -> "Tables":
        """Of the audience that SERVE names."""
        served = [one for one in AUDIENCES if one.is_served]
        if len(served) != 1:
            raise Failed(
                "A relay is for one audience. Set SERVE to public or partners."
            )
        try:
            tables = connection.introspection.table_names()
        except DatabaseError as error:
            raise Failed(f"The database of the relay: {error}") from error
        if Relay._meta.db_table not in tables:
            raise Failed(
                "The database has no tables yet. Run manage.py replica --relay."
            )
        return cls(served[0], address)

    @property
    def cursor(self) -> str | None:
        return Relay.objects.values_list("cursor", flat=True).get()

    # --- What was read -----------------------------------------------------------------

    def apply(
        self, changes: Sequence[Change], since: str | None, place: Change
    ) -> None:
        """Store the changes between the cursor `since` and `place`. What `place` says is
        held back is so at once, whatever becomes of the changes.
        """
        self._refuse_others(place["audience"])
        if not self._is_news(changes, place):
            return
        with transaction.atomic():
            self._hold(_both(self._held(), _held_of(place)))
        _refuse_newer(place["contract"])
        lacking = self._lacking_after(changes)
        with transaction.atomic():
            state = Relay.objects.select_for_update().get()
            if state.cursor != since:
                raise Passing("another mirror writes into this database")
            if place["next"] is not None and place["next"] != since:
                self._go_on(changes, Cursor.read(place["next"]), place)
                self._drop_pictures(changes)
                state.cursor = place["next"]
            if not place["more"]:
                if self._drop_what_did_not_come():
                    lacking = pictures.lacking_of(self.audience)
                state.is_whole = True
                state.heard_at = Now()
            new = [change["id"] for change in changes]
            self._hold(self._to_hold(place, lacking, new))
            state.save()
        self._lacking = lacking

    def start_anew(self) -> None:
        """Read from the beginning. What is here stays until all has been read again: its
        numbers stand below zero, in no feed, and above none that is there already.
        """
        with transaction.atomic():
            lowest = self._documents.aggregate(lowest=Min("seq"))["lowest"] or 0
            table = self.audience.document_model._meta.db_table
            with connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE {table} SET seq = -(seq + %s) WHERE seq > 0",  # noqa: S608
                    [max(0, -lowest)],
                )
            self.audience.feed_model._default_manager.update(last_seq=0, digests={})
            Relay.objects.update(cursor=None)

    def digest(self) -> dict[str, Any]:
        """Counted anew from what is stored, as the tracker defines it."""
        texts = self._documents.filter(parent=None, document__isnull=False)
        total = digests.Digest()
        for text in texts.values_list("document", flat=True).iterator():
            total += digests.Digest.of(text)
        return {"count": total.count, "sha256_sum": total.sha256_sum}

    def _is_news(self, changes: Sequence[Change], place: Change) -> bool:
        """Is there anything to be stored? A relay asks often, and mostly there is not."""
        state = Relay.objects.get()
        if changes or place["next"] != state.cursor or not state.is_whole:
            return True
        if self._held() != self._to_hold(place, self.lacking):
            return True
        late = Q(heard_at__lt=Now() - HEARD_EVERY) | Q(heard_at=None)
        return not place["more"] and Relay.objects.filter(late).exists()

    # --- Documents ---------------------------------------------------------------------

    @property
    def _documents(self) -> Any:
        return self.audience.document_model._default_manager

    def _refuse_others(self, audience: str) -> None:
        """What is for partners alone gets into no table of the public."""
        if audience != self.audience.name:
            raise Failed(
                f"The tracker answers what it tells “{audience}”; this database is for"
                f" “{self.audience.name}”. Use the key, or none, that fits SERVE."
            )

    def _go_on(self, changes: Sequence[Change], cursor: Cursor, place: Change) -> None:
        rows: list[Row] = []
        for seq, change in numbered(changes, cursor.seq):
            rows += self._rows(change, seq)
        ids = [UUID(change["id"]) for change in changes]
        before = self._texts(ids)
        self._take_out(ids)
        copy_in(
            self.audience.document_model._meta.db_table,
            COLUMNS,
            (row.values() for row in rows),
        )
        copy_in(self.audience.span_model._meta.db_table, _SPANS, _spans(rows))
        copy_in(
            self.audience.correction_model._meta.db_table,
            _CORRECTIONS,
            _corrections(changes),
        )
        self._count(cursor, before, rows, place)

    def _rows(self, change: Change, seq: int) -> Iterable[Row]:
        if not change["deleted"]:
            day = date.fromisoformat(change["changed"])
            return rows_of(change["document"], seq, day)
        merged_into = change.get("merged_into")
        tombstone = Row(
            UUID(change["id"]),
            change["kind"],
            None,
            seq,
            self._today(),
            None,
            Facts(),
            UUID(merged_into) if merged_into else None,
        )
        return [tombstone]

    def _today(self) -> date:
        """Of a tombstone the feed tells no day; nobody is shown this one."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT (now() AT TIME ZONE 'UTC')::date")
            day: date = cursor.fetchone()[0]
        return day

    def _texts(self, ids: Sequence[UUID]) -> dict[UUID, str | None]:
        """Of what was read since it began: older ones are not in the digest."""
        rows = self._documents.filter(id__in=ids, seq__gt=0)
        return dict(rows.values_list("id", "document"))

    def _take_out(self, ids: Sequence[UUID]) -> None:
        rows = self._documents.filter(Q(id__in=ids) | Q(parent__in=ids))
        all_ids = list(rows.values_list("id", flat=True))
        models: tuple[Any, ...] = (
            self.audience.span_model,
            self.audience.correction_model,
        )
        for model in models:
            _delete(model._default_manager.filter(of_id__in=all_ids))
        _delete(self._documents.filter(id__in=all_ids))

    def _count(
        self,
        cursor: Cursor,
        before: Mapping[UUID, str | None],
        rows: Sequence[Row],
        place: Change,
    ) -> None:
        """The counter, and with it the digest of what stands up to it. Processes keep
        answers as long as it stands as it did: so it moves with every chunk.
        """
        feed: Any = self.audience.feed_model._default_manager.get_or_create(id=1)[0]
        for row in rows:
            if row.parent is None:
                texts = [(before.get(row.id), row.text)]
                feed.digests = digests.changed(feed.digests, row.kind, texts)
        feed.epoch, feed.last_seq = cursor.epoch, cursor.seq
        feed.pruned_seq, feed.contract = place["pruned"], place["contract"]
        feed.revision += 1
        feed.save()
        gone = Q(document=None, merged_into=None, seq__gt=0, seq__lte=feed.pruned_seq)
        _delete(self._documents.filter(gone))

    def _drop_what_did_not_come(self) -> bool:
        """After it was read anew."""
        old = self._documents.filter(seq__lt=0, parent=None)
        ids = list(old.values_list("id", flat=True))
        if ids:
            self._take_out(ids)
            _delete(self.audience.copy_model._default_manager.filter(of__in=ids))
            feed = self.audience.feed_model._default_manager
            feed.update(revision=F("revision") + 1)
        return bool(ids)

    # --- What is held back -------------------------------------------------------------

    def _held(self) -> dict[UUID, HeldBack]:
        rows = self.audience.held_model._default_manager
        held = {}
        for row in rows.all():
            held[row.root] = HeldBack(row.everywhere, row.passed_by)
        return held

    def _to_hold(
        self, place: Change, lacking: Named, new: Collection[str] = ()
    ) -> dict[UUID, HeldBack]:
        """What the tracker holds back is out of sight here, too. It comes into sight
        when all was read up to the moment at which it is held back no longer: in between
        its document may still be the old one. And a source is out of sight until its
        pictures are here, for a while: its document says that they are.
        """
        held = _held_of(place)
        if place["more"]:
            held = _both(self._held(), held)
        for source_id in self._waited_for(lacking, new):
            held.setdefault(source_id, HeldBack(everywhere=False))
        return held

    def _waited_for(self, lacking: Named, new: Collection[str]) -> set[UUID]:
        """The sources of pictures that may still come in time: those that are `new`, and
        those that are not held back for long. What is in sight already stays there, also
        where another process goes on.
        """
        if not lacking:
            return set()
        sources = set(map(UUID, lacking.values()))
        rows = self.audience.held_model._default_manager
        lately = rows.filter(root__in=sources, held_at__gt=Now() - PICTURES_TAKE)
        waited_for = sources.intersection(map(UUID, new))
        return waited_for.union(lately.values_list("root", flat=True))

    def _hold(self, needed: Mapping[UUID, HeldBack]) -> None:
        here = self._held()
        rows = self.audience.held_model._default_manager
        others = [root for root in here if here[root] != needed.get(root)]
        if others:
            _delete(rows.filter(root__in=others))
        for root, how in needed.items():
            if here.get(root) != how:
                rows.create(root=root, transaction=0, is_marked=True, **how._asdict())

    # --- Pictures ----------------------------------------------------------------------

    @property
    def lacking(self) -> Named:
        """What documents name and is not here."""
        if self._lacking is None:
            self._lacking = pictures.lacking_of(self.audience)
        return self._lacking

    def put_picture(self, picture_id: str, picture: Picture) -> None:
        """What lacks no more comes into sight with the next reading, which says whether
        the tracker itself holds it back. Raises Passing if it is not what its document
        says: a proxy in between may answer with a page of its own.
        """
        source_id = self.lacking.get(picture_id)
        if source_id is None:
            return  # while it came, a new document left it out
        stated = self._stated(source_id, picture_id)
        content = picture[1]
        if sha256(content).hexdigest() != stated["sha256"]:
            raise Passing("what came is something else")
        media_type = stated["media_type"]
        self.audience.copy_model._default_manager.update_or_create(
            id=picture_id,
            defaults={"of": source_id, "media_type": media_type, "content": content},
        )
        del self.lacking[picture_id]

    def _stated(self, source_id: str, picture_id: str) -> dict[str, Any]:
        """What the document of the source says of its picture."""
        document = json.loads(self._documents.get(id=source_id).document)
        (stated,) = (one for one in document["copies"] if one["id"] == picture_id)
        return dict(stated)

    def _lacking_after(self, changes: Sequence[Change]) -> Named:
        changed = {change["id"] for change in changes}
        lacking = {}
        for picture_id, source_id in self.lacking.items():
            if source_id not in changed:
                lacking[picture_id] = source_id
        return lacking | pictures.not_here(self.audience, _named(changes))

    def _drop_pictures(self, changes: Sequence[Change]) -> None:
        sources = [change["id"] for change in changes if change["kind"] == "source"]
        of_them = self.audience.copy_model._default_manager.filter(of__in=sources)
        _delete(of_them.exclude(id__in=list(_named(changes))))


def _refuse_newer(contract: int) -> None:
    if contract > CONTRACT:
        raise Failed(
            f"The tracker publishes documents of contract {contract}; this release knows"
            f" {CONTRACT}. Upgrade the replicas, then this relay."
        )


def _delete(rows: Any) -> None:
    """Without reading them first."""
    rows._raw_delete(rows.db)


def _spans(rows: Sequence[Row]) -> Iterable[tuple[object, ...]]:
    for row in rows:
        for span in row.facts.spans:
            yield row.id, span.fact, span.value, span.first_day, span.last_day


def _corrections(changes: Sequence[Change]) -> Iterable[tuple[object, ...]]:
    """In the order of _CORRECTIONS."""
    for change in changes:
        for told in change.get("corrections", ()):
            yield (
                change["id"],
                told["corrected_on"],
                told["record"]["kind"],
                told["record"]["id"],
                told["change"],
                told["field"] or "",
                _as_json(told["before"]),
                _as_json(told["after"]),
                told["reason"] or "",
            )


def _named(changes: Sequence[Change]) -> Named:
    documents = [change["document"] for change in changes if not change["deleted"]]
    return pictures.named(documents)


def _as_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _held_of(place: Change) -> dict[UUID, HeldBack]:
    held = {}
    for line in place["held"]:
        # A tracker of an older release says nothing of passing by.
        how = HeldBack(line["everywhere"], line.get("passed_by"))
        held[UUID(line["id"])] = how
    return held


def _both(
    before: Mapping[UUID, HeldBack], now: Mapping[UUID, HeldBack]
) -> dict[UUID, HeldBack]:
    """What either holds back, as far as either does."""
    both = dict(before)
    for root, how in now.items():
        everywhere = how.everywhere or before.get(root, how).everywhere
        both[root] = HeldBack(everywhere, how.passed_by)
    return both
