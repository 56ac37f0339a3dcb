"""The cases that are measured: the same whenever they are made.

Some hundred are made through the models and the gate, as large as those of the seeds:
three spellings of a name, several sources, some of which contradict each other. The rest
are copies of them, made in SQL, in the record and among what is published. Each copy has
ids and a surname of its own.
"""

from datetime import date, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction

from benchmarks import multiplying
from cases import models
from cases.publishing import publish_pending
from cases.publishing.epochs import digests_of_rows
from tracker.audiences import PUBLIC

MADE = 200  # cases; the rest are copies
# Syllables that a search key keeps as they are, so that a copy's key can be made in SQL.
LATIN = [consonant + vowel for vowel in "aiu" for consonant in "knrmsltdbpv"]
CYRILLIC = [consonant + vowel for vowel in "аіу" for consonant in "кнрмслтдбпв"]
RUSSIAN = [syllable.replace("і", "и") for syllable in CYRILLIC]
LENGTH = 5  # syllables of a surname
SURNAMES = len(LATIN) ** LENGTH
SPREAD = 1_234_577  # prime: neighbours are not called alike
FIRST_NAMES = [
    ("Mikalai", "Мікалай", "Николай", "male"),
    ("Maryia", "Марыя", "Мария", "female"),
    ("Siarhei", "Сяргей", "Сергей", "male"),
    ("Volha", "Вольга", "Ольга", "female"),
]
OCCUPATIONS = ["journalist", "teacher", "blogger", "lawyer", "student"]
SOURCES = 20
RECORD = [
    models.Prisoner,
    models.PersonName,
    models.Detention,
    models.Placement,
    models.Sentence,
    models.Release,
    models.Deportation,
    models.Citation,
]


def surname(number: int, syllables: list[str]) -> str:
    rest = number * SPREAD % SURNAMES
    letters = ""
    for _syllable in range(LENGTH):
        letters += syllables[rest % len(syllables)]
        rest //= len(syllables)
    return letters.capitalize()


def case(number: int) -> dict[str, Any]:
    """What a case says, as the editorial API takes it, but for its sources."""
    random = Random(number)
    latin, belarusian, russian, sex = random.choice(FIRST_NAMES)
    arrested = date(2020, 8, 9) + timedelta(days=random.randrange(1500))
    released = arrested + timedelta(days=random.randrange(200, 900))
    content: dict[str, Any] = {
        "sex": sex,
        "citizenships": ["BY"],
        "occupations": [random.choice(OCCUPATIONS)],
        "summary": {"en": "Told of by several sources. " * random.randrange(2, 12)},
        "names": [
            name(f"{latin} {surname(number, LATIN)}", "en", preferred=True),
            name(f"{belarusian} {surname(number, CYRILLIC)}", "be"),
            name(f"{russian} {surname(number, RUSSIAN)}", "ru"),
        ],
        "detentions": [
            {
                "started_on": str(arrested),
                "ground": "serving_sentence",
                "placements": [{"conditions": ["solitary_confinement"]}],
            }
        ],
        "sentences": [
            {"punishment": "imprisonment", "term_months": random.randrange(6, 150)}
        ],
    }
    if number % 3:
        content["releases"] = [
            {"ref": "release", "released_on": str(released), "ground": "pardon"}
        ]
    if number % 3 == 1:
        content["deportations"] = [
            {"release": "release", "outcome": "expelled", "to_country": "LT"}
        ]
    return content


def name(value: str, language: str, preferred: bool = False) -> dict[str, Any]:
    return {"value": value, "language": language, "preferred": preferred}


def make(cases: int) -> None:
    made = min(cases, MADE)
    with transaction.atomic():
        sources = []
        for number in range(SOURCES):
            title = f"They were told of on day {number}"
            sources.append(
                models.Source.objects.create(title=title, visibility="public")
            )
        for number in range(made):
            store(number, sources)
    publish_pending()
    copies = cases // made - 1
    if copies:
        copy(made, copies)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def store(number: int, sources: list[models.Source]) -> models.Prisoner:
    """The case and its parts, each cited to a source or two; every fifth release is told
    of with another day, too.
    """
    random = Random(-number)
    content = case(number)
    names = content.pop("names")
    detentions = content.pop("detentions")
    sentences = content.pop("sentences")
    releases = content.pop("releases", [])
    deportations = content.pop("deportations", [])
    prisoner = models.Prisoner.objects.create(visibility="public", **content)
    first, second = random.sample(sources, 2)
    cited: list[dict[str, Any]] = []
    for one in names:
        stored: Any = models.PersonName.objects.create(prisoner=prisoner, **one)
        cited.append({"person_name": stored})
    for one in detentions:
        placements = one.pop("placements")
        stored = models.Detention.objects.create(prisoner=prisoner, **one)
        cited.append({"detention": stored})
        for placement in placements:
            models.Placement.objects.create(detention=stored, **placement)
    for one in sentences:
        stored = models.Sentence.objects.create(prisoner=prisoner, **one)
        cited.append({"sentence": stored, "field": "term_months"})
    release = None
    for one in releases:
        one.pop("ref")
        release = models.Release.objects.create(prisoner=prisoner, **one)
        cited.append({"release": release, "field": "released_on"})
        if number % 5 == 0:
            states = str(date.fromisoformat(one["released_on"]) + timedelta(days=1))
            cited.append({"release": release, "field": "released_on", "states": states})
    for one in deportations:
        stored = models.Deportation.objects.create(
            prisoner=prisoner, **{**one, "release": release}
        )
        cited.append({"deportation": stored})
    citations = [models.Citation(source=second, prisoner=prisoner)]
    for target in cited:
        source = second if "states" in target else first
        citations.append(models.Citation(source=source, locator="headline", **target))
    models.Citation.objects.bulk_create(citations)
    return prisoner


# A surname by its number, as `surname` makes it; `number` is a column.
SURNAME = (
    "initcap("
    + " || ".join(
        f"(%({{syllables}})s::text[])[1 + (number * {SPREAD} %% {SURNAMES}"
        f" / {len(LATIN) ** place}) %% {len(LATIN)}]"
        for place in range(LENGTH)
    )
    + ")"
)
# For each copy: of which case it is, the ids, and both surnames in each spelling.
COPIES = f"""
CREATE TEMPORARY TABLE copied ON COMMIT DROP AS
WITH numbered AS (
    SELECT prisoner_id AS id, row_number() OVER (ORDER BY value) - 1 AS place,
        split_part(value, ' ', 2) AS latin
    FROM cases_personname WHERE preferred
), spelled AS (
    SELECT numbered.id, numbered.latin, numbered.place, (
        SELECT split_part(value, ' ', 2) FROM cases_personname AS name
        WHERE name.prisoner_id = numbered.id AND language = 'be') AS belarusian, (
        SELECT split_part(value, ' ', 2) FROM cases_personname AS name
        WHERE name.prisoner_id = numbered.id AND language = 'ru') AS russian
    FROM numbered
)
SELECT id, copy, md5(id::text || copy)::uuid AS new_id, number,
    latin, belarusian, russian,
    {SURNAME.format(syllables="latin")} AS new_latin,
    {SURNAME.format(syllables="cyrillic")} AS new_belarusian,
    {SURNAME.format(syllables="russian")} AS new_russian
FROM (
    SELECT *, %(made)s * copy + place AS number
    FROM spelled CROSS JOIN generate_series(1, %(copies)s) AS copy
) AS copied
"""
# The spelling of a name of a copy, whichever of the three it is.
NEW_NAMES = """
UPDATE cases_personname AS name SET value = split_part(value, ' ', 1) || ' ' ||
    CASE language WHEN 'be' THEN new_belarusian
        WHEN 'ru' THEN new_russian ELSE new_latin END
FROM copied WHERE name.prisoner_id = copied.new_id
"""
COPY_DOCUMENTS = """
INSERT INTO tracker_public_document (id, kind, seq, changed_on, document, facts, named,
    search_key, text_words, sort_name, sort_date, sort_number)
SELECT new_id, kind, 10000000 + number, changed_on,
    replace(replace(replace(replace(document, copied.id::text, new_id::text),
        latin, new_latin), belarusian, new_belarusian), russian, new_russian),
    facts, named, replace(search_key, lower(latin), lower(new_latin)), text_words,
    replace(sort_name, lower(latin), lower(new_latin)), sort_date, sort_number
FROM copied JOIN tracker_public_document AS made USING (id)
"""
COPY_SPANS = """
INSERT INTO tracker_public_span (of_id, fact, value, first_day, last_day)
SELECT new_id, fact, value, first_day, last_day
FROM copied JOIN tracker_public_span ON of_id = copied.id
"""
RAISE = """
UPDATE tracker_public_feed SET revision = revision + 1,
    last_seq = (SELECT max(seq) FROM tracker_public_document)
"""


def copy(made: int, copies: int) -> None:
    syllables = {"latin": LATIN, "cyrillic": CYRILLIC, "russian": RUSSIAN}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(COPIES, {**syllables, "made": made, "copies": copies})
        for model in RECORD:
            with multiplying.without_triggers(cursor, model):
                multiplying.copy(cursor, model, RECORD, copies)
        with multiplying.without_triggers(cursor, models.PersonName):
            cursor.execute(NEW_NAMES)
        cursor.execute(COPY_DOCUMENTS)
        cursor.execute(COPY_SPANS)
        cursor.execute(RAISE)
        feed = PUBLIC.feed_model._default_manager.get()
        feed.digests = digests_of_rows(PUBLIC)
        feed.save(update_fields=["digests"])
