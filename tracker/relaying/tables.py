"""The tables of a relay: what was read goes into them, a chunk in one transaction, with
the cursor up to which it was read.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
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
from tracker.relaying.numbering import numbered
from tracker.relaying.rows import COLUMNS, Row, rows_of

Change = Mapping[str, Any]
Picture = tuple[str, bytes]  # media type, content
HEARD_EVERY = timedelta(seconds=10)
_SPANS = ["of_id", "fact", "value", "first_day", "last_day"]
_CORRECTIONS = ["of_id", "corrected_on", "record_kind", "record_id", "change", "field"]
_CORRECTIONS += ["before", "after", "reason"]


class Tables:
    """`picture` gives the bytes of a redacted copy, or None if it is there no more."""

    picture: Callable[[str], Picture | None]

    def __init__(self, audience: Audience, address: str) -> None:
        self.audience = audience
        self._fetched: dict[tuple[str, str], Picture] = {}
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
        """Store the changes between the cursor `since` and `place`."""
        self._refuse_others(place["audience"])
        if not self._is_news(changes, place):
            return
        _refuse_newer(place["contract"])
        pictures = self._pictures(changes)
        with transaction.atomic():
            state = Relay.objects.select_for_update().get()
            if state.cursor != since:
                raise Passing("another mirror writes into this database")
            if place["next"] is not None and place["next"] != since:
                self._go_on(changes, Cursor.read(place["next"]), place)
                self._put_pictures(changes, pictures)
                state.cursor = place["next"]
            self._hold(place)
            if not place["more"]:
                self._drop_what_did_not_come()
                state.is_whole = True
                state.heard_at = Now()
            state.save()
        self._fetched = {}

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
        if self._held() != _held_of(place):
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

    def _drop_what_did_not_come(self) -> None:
        """After it was read anew."""
        old = self._documents.filter(seq__lt=0, parent=None)
        ids = list(old.values_list("id", flat=True))
        if ids:
            self._take_out(ids)
            _delete(self.audience.copy_model._default_manager.filter(of__in=ids))
            feed = self.audience.feed_model._default_manager
            feed.update(revision=F("revision") + 1)

    # --- What is held back -------------------------------------------------------------

    def _held(self) -> dict[UUID, bool]:
        rows = self.audience.held_model._default_manager
        return dict(rows.values_list("root", "everywhere"))

    def _hold(self, place: Change) -> None:
        """What the tracker holds back is out of sight here, too. It comes into sight
        when all was read up to the moment at which it is held back no longer: in between
        its document may still be the old one.
        """
        here, needed = self._held(), _held_of(place)
        if place["more"]:
            for root, everywhere in here.items():
                needed[root] = everywhere or needed.get(root, False)
        if needed == here:
            return
        rows = self.audience.held_model._default_manager
        _delete(rows.all())
        for root, everywhere in needed.items():
            rows.create(root=root, everywhere=everywhere, transaction=0, is_marked=True)

    # --- Pictures ----------------------------------------------------------------------

    def _pictures(self, changes: Sequence[Change]) -> dict[tuple[str, str], Picture]:
        """By source and id: those that are not here yet. Read before the transaction. If
        the line fails, those that came are not asked for again.
        """
        named = _pictures_named(changes)
        rows = self.audience.copy_model._default_manager
        ids = [picture_id for _source, picture_id in named]
        here = {
            str(one) for one in rows.filter(id__in=ids).values_list("id", flat=True)
        }
        for source_id, picture_id in named:
            if picture_id in here or (source_id, picture_id) in self._fetched:
                continue
            picture = self.picture(picture_id)
            if picture is not None:
                self._fetched[source_id, picture_id] = picture
        return self._fetched

    def _put_pictures(
        self, changes: Sequence[Change], pictures: Mapping[tuple[str, str], Picture]
    ) -> None:
        model = self.audience.copy_model
        sources = [change["id"] for change in changes if change["kind"] == "source"]
        named = [picture_id for _source, picture_id in _pictures_named(changes)]
        of_them = model._default_manager.filter(of__in=sources)
        _delete(of_them.exclude(id__in=named))
        for named_by, picture_id in _pictures_named(changes):
            if (named_by, picture_id) in pictures:
                media_type, content = pictures[named_by, picture_id]
                model(
                    id=picture_id, of=named_by, media_type=media_type, content=content
                ).save()


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


def _pictures_named(changes: Sequence[Change]) -> list[tuple[str, str]]:
    named = []
    for change in changes:
        if not change["deleted"]:
            for picture in change["document"].get("copies") or ():
                named.append((change["id"], picture["id"]))
    return named


def _as_json(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def _held_of(place: Change) -> dict[UUID, bool]:
    held = {}
    for line in place["held"]:
        held[UUID(line["id"])] = line["everywhere"]
    return held
