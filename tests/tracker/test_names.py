import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.names import FIRST_NAMES, first_forms, query_key, search_key, sort_key

# One line a person: as written in Belarusian, Russian, English, German and Polish
# texts, and in Latin Belarusian.
PEOPLE = [
    [
        "Мікалай Дзядок",
        "Николай Дедок",
        "Mikalai Dziadok",
        "Mikola Dzjadok",
        "Nikolay Dedok",
        "Mikałaj Dziadok",
    ],
    ["Ігар Лосік", "Игорь Лосик", "Ihar Losik", "Ihar Łosik", "Igor Lossik"],
    [
        "Мікалай Статкевіч",
        "Николай Статкевич",
        "Mikola Statkievič",
        "Mikałaj Statkiewicz",
        "Nikolaj Statkewitsch",
    ],
    [
        "Аляксандр Ярашук",
        "Александр Ярошук",
        "Aliaksandr Yarashuk",
        "Alexander Yaroshuk",
        "Alaksandr Jarašuk",
    ],
    [
        "Дзмітрый Кучук",
        "Дмитрий Кучук",
        "Dzmitry Kuchuk",
        "Dmitrij Kutschuk",
        "Zmicier Kučuk",
    ],
    [
        "Ірына Слаўнікава",
        "Ирина Славникова",
        "Iryna Slaunikava",
        "Irina Slavnikova",
        "Iryna Słaŭnikava",
    ],
    [
        "Аляксандр Манцэвіч",
        "Александр Манцевич",
        "Aleksandr Mantsevich",
        "Aliaksandr Mancevič",
        "Alexander Manzewitsch",
    ],
    ["Ігар Ільяш", "Игорь Ильяш", "Ihar Ilyash", "Ihar Iljaš", "Igor Iljasch"],
    [
        "Святлана Ціханоўская",
        "Светлана Тихановская",
        "Sviatlana Tsikhanouskaya",
        "Swiatłana Cichanouska",
    ],
    [
        "Сяргей Ціханоўскі",
        "Сергей Тихановский",
        "Siarhei Tsikhanouski",
        "Syarhey Tsikhanowski",
        "Siarhiej Cichanoŭski",
    ],
    [
        "Рыгор Кастусёў",
        "Григорий Костусев",
        "Ryhor Kastusiou",
        "Hryhor Kastusyow",
        "Grigoriy Kostusyov",
    ],
    [
        "Яўген Афнагель",
        "Евгений Афнагель",
        "Yauhen Afnahel",
        "Jaŭhien Afnahiel",
        "Evgeny Afnagel",
    ],
    [
        "Мікіта Емяльянаў",
        "Никита Емельянов",
        "Mikita Yemialyanau",
        "Mikita Jemialjanaŭ",
        "Nikita Emelyanov",
    ],
    [
        "Павел Севярынец",
        "Павел Северинец",
        "Paval Sieviaryniec",
        "Pavel Severinets",
        "Pawel Sewerynez",
    ],
    [
        "Андрэй Пачобут",
        "Анджей Почобут",
        "Andrei Pachobut",
        "Andrej Pačobut",
        "Andrzej Poczobut",
    ],
    [
        "Ксенія Луцкіна",
        "Ксения Луцкина",
        "Ksienija Łuckina",
        "Xenia Lutskina",
        "Kseniya Lutskina",
    ],
    ["Эдуард Бабарыка", "Эдуард Бабарико", "Eduard Babaryka", "Edward Babariko"],
    [
        "Палiна Шарэнда-Панасюк",
        "Полина Шарендо-Панасюк",
        "Palina Šarenda-Panasiuk",
        "Polina Sharendo Panasyuk",
    ],
]


def finds(query: str, *names: str) -> bool:
    return all(f" {word}" in search_key(names) for word in query_key(query))


@pytest.mark.parametrize(
    "spellings", PEOPLE, ids=lambda spellings: sort_key(spellings[2])
)
def test_any_spelling_finds_the_person_known_by_any_other(spellings: list[str]) -> None:
    missed = [
        (query, known)
        for query in spellings
        for known in spellings
        if not finds(query, known)
    ]
    assert missed == []


def test_no_spelling_finds_anybody_else() -> None:
    wrong = [
        (query, other)
        for spellings in PEOPLE
        for query in spellings
        for others in PEOPLE
        for other in others
        if others is not spellings and finds(query, other)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "query",
    ["Dziadok", "dzia", "Дедок", "M. Dziadok", "Dziadok Mikalai", "дзядок,", "DZIADOK"],
)
def test_part_of_a_name_is_enough_in_any_order(query: str) -> None:
    assert finds(query, "Mikalai Dziadok")


@pytest.mark.parametrize("query", ["adok", "Dziadok Ihar", "Dziadouski"])
def test_every_word_asked_for_must_begin_a_word_of_the_name(query: str) -> None:
    assert not finds(query, "Mikalai Dziadok")


def test_husband_and_wife_bear_different_names() -> None:
    assert not finds("Tsikhanouskaya", "Siarhei Tsikhanouski")
    assert not finds("Ціханоўскі", "Святлана Ціханоўская")


@pytest.mark.parametrize(
    "spellings",
    [
        "Саламея Соловьёва",
        "Salamieja Sałaŭjova",
        "Salameya Solov'yova",
        "Саламея Салаўёва",
    ],
)
def test_soft_signs_and_apostrophes_do_not_part_a_word(spellings: str) -> None:
    assert finds(spellings, "Salameya Salauyova")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("Stephan Novak", "Stefan Novák"),
        ("Josephine", "Josefine"),
        ("José Ibáñez", "Jose Ibanez"),
        ("Jose\u0301", "Jose"),
    ],
)
def test_ph_is_an_f_and_a_mark_above_a_letter_parts_no_word(
    query: str, name: str
) -> None:
    assert finds(query, name)
    assert finds(name, query)


def test_a_key_holds_each_word_once_after_a_space_and_the_form_that_stands_for_all() -> (
    None
):
    assert search_key(["Mikalai Dziadok", "Dziadok"]) == " dadak mikalai"
    assert search_key(["Mikola Dziadok"]) == " dadak mikala mikalai"


def test_the_first_of_a_line_stands_for_all_its_forms() -> None:
    assert first_forms("\nmikalai mikola\nanton antos\n") == {
        "mikalai": "mikalai",
        "mikala": "mikalai",
        "antan": "antan",
        "antas": "antan",
    }


def test_no_names_and_no_question_are_empty() -> None:
    assert search_key([]) == ""
    assert query_key(" … %_ ") == []


@given(st.text())
def test_keys_hold_nothing_that_a_pattern_could_mistake(text: str) -> None:
    assert all(word.isalnum() for word in query_key(text))
    assert set(search_key([text])) & set("%_\\") == set()


@given(st.lists(st.sampled_from([name for spellings in PEOPLE for name in spellings])))
def test_a_name_is_found_by_itself_beside_any_others(names: list[str]) -> None:
    assert all(finds(name, *names) for name in names)


@pytest.mark.parametrize("names", FIRST_NAMES.strip().splitlines())
def test_every_form_of_a_first_name_asks_for_the_same(names: str) -> None:
    assert len({tuple(query_key(name)) for name in names.split()}) == 1


def test_names_sort_in_one_alphabet_whatever_their_script() -> None:
    names = ["Яраш", "Čaly", "Дзядок", "Ales"]
    assert sorted(names, key=sort_key) == ["Ales", "Čaly", "Дзядок", "Яраш"]


def test_words_are_compared_one_by_one() -> None:
    names = ["Colony 12", "Colony 1 b", "Colony"]
    assert sorted(names, key=sort_key) == ["Colony", "Colony 1 b", "Colony 12"]
