"""Whether people are found among a hundred thousand, in the first five, and how long the
database works for it.

    python -m benchmarks.found NAMES.json SPELLINGS.json [PEOPLE]

NAMES.json is as tests/tracker/names_typed.json, SPELLINGS.json as for benchmarks.names.
The people are invented, in many scripts, and published in a transaction that is rolled
back at the end, in the database that DATABASE_URL names. Of the people of the
spellings each form is stored alone, and every other one is asked for.
"""

import json
import os
import sys
import time
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

os.environ.setdefault("DATABASE_LOGIN", "owner")

from benchmarks import publishing  # isort: skip  # noqa: F401  # sets Django up

from django.db import connection, transaction

from benchmarks.names import FORMS, asked_spellings
from tracker import names
from tracker.asking.filters import FILTERS
from tracker.asking.named import ORDER, is_ordered
from tracker.models import PublicDocument

FIRST = 5
INDEX = """
    CREATE INDEX publicdocument_search ON tracker_public_document
    USING gin (search_key gin_trgm_ops)
"""
LATIN = [line.split()[0] for line in names.FIRST_NAMES.strip().splitlines()]
CYRILLIC = "Алесь Іван Марыя Сяргей Вольга Николай Дмитрий Елена Павел Анна"
ARABIC = "احمد محمد علي حسن فاطمة خالد عمر ليلى يوسف سعيد كريم نور هدى سمير"
TURKISH = "Ayşe Çağrı Işıl Şükrü Gülşen Ömer Əli Şəhla Uğur İlkay Doğan Çiğdem"
SYLLABLES = {
    "Latin": "ka ro mi sta le vi no du pa ran ti go ber sa lu ken",
    "Cyrillic": "ка ро мі ста ле ві но ду па ран ті га бер са лу кен",
    "Arabic": "حم دان سل كر نع بش رش جم فر زه ول ثا قد طر",
    "Turkish": "kay şa er çe doğ ıl ün öz gü len bay tek yıl",
    "Burmese": "သီ တာ ကို မောင် ဝင်း ထွန်း အောင် မြ ခင် လှ သူ ရိ",
    "Hindi": "राम कु मार शर् मा खा न उ मे श प्र का वि ला",
}
ENDINGS = ["vich", "ski", "enko", "ova", "ev"]
CHINESE = "王李张刘陳楊黃趙吳周徐孫馬朱胡林郭何高羅鄭梁謝宋唐許韓馮鄧曹彭曾"
GIVEN = "志和明偉芳娜秀英敏靜麗強磊軍洋勇艷杰娟濤超霞平剛桂文輝建國華永春"
KOREAN, KOREAN_GIVEN = (
    "김이박최정강조윤장임한오서신권황안송",
    "민준서연도윤지우현수진영호은혜성",
)


def invented(chance: Random) -> str:
    script = chance.choice([*SYLLABLES, "Latin", "Cyrillic", "Chinese", "Korean"])
    if script == "Chinese":
        return chance.choice(CHINESE) + "".join(chance.choices(GIVEN, k=2))
    if script == "Korean":
        return chance.choice(KOREAN) + "".join(chance.choices(KOREAN_GIVEN, k=2))
    syllables = SYLLABLES[script].split()
    family = "".join(chance.choices(syllables, k=chance.randint(2, 4)))
    if script == "Latin":
        return f"{chance.choice(LATIN)} {family}{chance.choice(ENDINGS)}"
    firsts = {"Cyrillic": CYRILLIC, "Arabic": ARABIC, "Turkish": TURKISH}
    if script in firsts:
        return f"{chance.choice(firsts[script].split())} {family}"
    return f"{family} {''.join(chance.choices(syllables, k=2))}"


def store(people: Iterable[str]) -> None:
    rows = []
    before = PublicDocument.objects.count()
    for number, name in enumerate(people, start=before + 1):
        rows.append(
            PublicDocument(
                id=uuid4(),
                kind="prisoner",
                seq=number,
                changed_on=date(2026, 1, 1),
                document=json.dumps({"name": name, "names": [{"value": name}]}),
                search_key=names.search_key([name]),
                sort_name=names.sort_key(name),
            )
        )
    PublicDocument.objects.bulk_create(rows, batch_size=5000)


def asked(query: str) -> tuple[list[str], str, float]:
    """The names in the first five, how they were found, and the seconds."""
    cases = PublicDocument.objects.filter(kind="prisoner")
    start = time.perf_counter()
    questions = FILTERS["prisoner"]({"q": query}, cases, answers_nearly=True)
    order = ORDER if is_ordered(query) else "sort_name"
    rows = questions.qs.order_by(order, "id")[:FIRST]
    told = [json.loads(row.document)["name"] for row in rows]
    how = questions.match.how.value if questions.match else ""
    return told, how, time.perf_counter() - start


def measure(what: str, pairs: list[tuple[str, str]]) -> None:
    missed = []
    seconds: dict[str, list[tuple[float, str]]] = {}
    for stored, query in pairs:
        told, how, spent = asked(query)
        seconds.setdefault(how, []).append((spent, query))
        if stored not in told:
            missed.append(f"{query} ({stored}; {how})")
    print(f"{what}: {len(pairs) - len(missed)} of {len(pairs)} in the first {FIRST}")
    print("  missed:", "; ".join(missed) or "–")
    key = PublicDocument.objects.values_list("pk", flat=True)[0]
    start = time.perf_counter()
    for _time in range(100):
        PublicDocument.objects.get(pk=key)
    one_row = (time.perf_counter() - start) / 100
    for how, each in seconds.items():
        middle = sorted(each)[len(each) // 2][0]
        most, query = max(each)
        print(
            f"  {how}: in the middle {middle / one_row:.0f} times a look-up by its key,"
            f" at most {most / one_row:.0f} ({query}: {1000 * most:.0f} ms)"
        )


def main(names_file: str, spellings_file: str, people: int) -> None:
    typed: list[dict[str, Any]] = json.loads(Path(names_file).read_text())["names"]
    spelled = json.loads(Path(spellings_file).read_text())
    chance = Random(1)
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX publicdocument_search")
    store(invented(chance) for _number in range(people))
    store(person["stored"] for person in typed)
    with connection.cursor() as cursor:
        cursor.execute(INDEX)
        cursor.execute("ANALYZE tracker_public_document")
    for kind in ("find", "somewhere", "nearby"):
        pairs = []
        for person in typed:
            pairs += [(person["stored"], query) for query in person.get(kind, [])]
        measure(kind, pairs)
    for form in FORMS:
        with transaction.atomic():
            store(person[form] for person in spelled)
            pairs = []
            for person in spelled:
                for query in asked_spellings(person, [form]):
                    pairs.append((person[form], query))
            with connection.cursor() as cursor:
                cursor.execute("SELECT gin_clean_pending_list('publicdocument_search')")
            measure(f"known by {form}", pairs)
            transaction.set_rollback(True)


if __name__ == "__main__":
    with transaction.atomic():
        main(sys.argv[1], sys.argv[2], int([*sys.argv, "100000"][3]))
        transaction.set_rollback(True)
