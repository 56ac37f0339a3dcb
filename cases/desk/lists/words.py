"""The words that people type into lists, in several languages: what each means.

Whole words only. What stands in no table here is asked, or stays as it was typed.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from babel import Locale
from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import override

from tracker.contract.vocabulary import Country

_AROUND = " .,;:!\"'`«»“”„’‘*"
# Languages of countries that hold political prisoners, beside those of the desk.
SPOKEN = (
    *("en", "ru", "be", "uk", "es", "pt", "fr", "de", "pl", "tr", "az", "kk", "uz"),
    *("ar", "ar_SY", "ar_DZ", "ar_MA", "fa", "my", "vi", "th", "id", "zh", "ko"),
)


def plain(text: str) -> str:
    """For comparing: small letters without marks, one space between words, digits of
    every script as ours.
    """
    letters = []
    for letter in unicodedata.normalize("NFKD", text.casefold()):
        if letter.isdecimal():
            letters.append(str(unicodedata.decimal(letter)))
        elif unicodedata.category(letter) not in ("Mn", "Cf") and letter != "ـ":
            letters.append(letter)
    words = "".join(letters).replace("ı", "i").replace("ى", "ي").replace("ة", "ه")
    return " ".join(words.split()).strip(_AROUND)


def meanings(said: Mapping[str, str]) -> dict[str, str]:
    """From {code: "word, other word"} to {word: code}."""
    found = {}
    for code, words in said.items():
        for word in words.split(","):
            found[plain(word)] = code
    return found


def says_nothing(text: str) -> bool:
    """That nothing is known, in whatever words; nothing but signs, too."""
    return plain(text) in _NOTHING or not any(sign.isalnum() for sign in text)


_NOTHING = meanings(
    {
        "": "n/a, na, n.a, n.d, nd, n/d, s/d, none, null, nil, unknown, not known, unk,"
        " unspecified, not specified, not available, no data, no information, no info,"
        " tbc, tbd, not sentenced, no sentence, неизвестно, не известно, неизвестен,"
        " неизвестна, неизв, н/д, нет данных, нет сведений, невядома, невядомы,"
        " няма звестак, няма дадзеных, невідомо, немає даних, desconocido, desconocida,"
        " se desconoce, sin datos, sin dato, sin información, no se sabe, inconnu,"
        " inconnue, desconhecido, مجهول, مجهولة, غير معروف, غير معروفة, غير معلوم,"
        " لا يوجد, غير متوفر, لا معلومات, نامعلوم, نامشخص, bilinmiyor, naməlum,"
        " məlum deyil, 不详, 未知, 不明, မသိ, မသိရ, không rõ"
    }
)

ABOUT = re.compile(
    r"^(?:about|abt\.?|approx(?:imately|\.)?|around|circa|ca?\.|roughly|some|около|примерно|прибл\.?|ок\.|каля|прыкладна"
    r"|близько|unos|unas|alrededor de|aprox(?:imadamente|\.)?|hacia|cerca de|environ|vers|حوالي|نحو|قرابة|تقريبا|حدود"
    r"|yaklaşık|təxminən|约|約|~|≈)\s*",
    re.IGNORECASE,
)

# --- Codes -----------------------------------------------------------------------------

SEX = meanings(
    {
        "female": "female, woman, girl, fem, женский, женская, жен, женщина, жаночы,"
        " жаночая, жан, жанчына, жінка, жіноча, femenino, femenina, mujer, أنثى, امرأة,"
        " femme, féminin, kadın, qadın, ayol, زن, 女, nữ, perempuan, weiblich, kobieta",
        "male": "male, man, boy, masc, мужской, мужская, муж, мужчина, мужчынскі,"
        " мужчынская, мужч, мужчына, чоловік, чоловіча, masculino, masculina, hombre,"
        " varón, ذكر, رجل, homme, masculin, erkek, kişi, erkak, مرد, 男, nam, laki-laki,"
        " männlich, mężczyzna",
    }
)
SEX_LETTERS = {
    **{"m": "male", "f": "female", "h": "male", "w": "female", "e": "male"},
    **{"k": "female", "q": "female", "м": "male", "ж": "female", "ч": "male"},
    **{"ذ": "male", "ا": "female"},
}

OCCUPATIONS = meanings(
    {
        "academic": "academic, professor, lecturer, researcher, scientist, scholar,"
        " преподаватель вуза, профессор, учёный, доцент, исследователь, прафесар,"
        " навуковец, выкладчык, profesor universitario, catedrático, investigador,"
        " investigadora, científico, académico, académica, أستاذ جامعي, باحث, باحثة,"
        " أكاديمي, استاد دانشگاه, akademisyen",
        "activist": "activist, civil activist, political activist, активист, активистка,"
        " гражданский активист, актывіст, актывістка, activista, ناشط, ناشطة,"
        " ناشط سياسي, aktivist, فعال",
        "artist": "artist, poet, writer, novelist, musician, singer, actor, actress,"
        " painter, film director, rapper, художник, художница, поэт, поэтесса, писатель,"
        " писательница, музыкант, певец, певица, актёр, актриса, режиссёр, мастак,"
        " мастачка, паэт, паэтка, пісьменнік, пісьменніца, музыка, спявак, спявачка,"
        " акцёр, актрыса, poeta, escritor, escritora, músico, cantante, actriz, pintor,"
        " pintora, artista, شاعر, شاعرة, كاتب, كاتبة, فنان, فنانة, مغني, رسام, şair,"
        " yazar, yazıçı, sanatçı, نویسنده, هنرمند",
        "blogger": "blogger, vlogger, youtuber, блогер, блогерка, блогер и стример,"
        " bloguero, bloguera, مدون, مدونة, bloqqer, bloger",
        "businessperson": "businessperson, businessman, businesswoman, entrepreneur,"
        " merchant, trader, предприниматель, предпринимательница, бизнесмен, ип,"
        " прадпрымальнік, прадпрымальніца, бізнэсмен, empresario, empresaria,"
        " comerciante, رجل أعمال, تاجر, iş insanı, iş adamı, sahibkar",
        "civil_servant": "civil servant, public servant, government employee, official,"
        " госслужащий, чиновник, чиновница, государственный служащий, дзяржслужачы,"
        " чыноўнік, funcionario, funcionaria, funcionario público, empleado público,"
        " موظف حكومي, موظف, memur",
        "cleric": "cleric, priest, pastor, imam, monk, nun, bishop, rabbi, священник,"
        " пастор, имам, монах, монахиня, епископ, святар, ксёндз, sacerdote, pastora,"
        " obispo, monje, monja, إمام, شيخ, رجل دين, قس, راهب, روحانی, ဘုန်းကြီး",
        "human_rights_defender": "human rights defender, human rights activist, hrd,"
        " правозащитник, правозащитница, праваабаронца, праваабаронцы,"
        " defensor de derechos humanos, defensora de derechos humanos, حقوقي, حقوقية,"
        " مدافع عن حقوق الإنسان, insan hakları savunucusu",
        "journalist": "journalist, reporter, correspondent, editor, photojournalist,"
        " photographer, cameraman, журналист, журналистка, репортёр, корреспондент,"
        " редактор, фотограф, фотокорреспондент, оператор, журналіст, журналістка,"
        " рэпарцёр, рэдактар, фатограф, periodista, reportero, reportera, fotógrafo,"
        " comunicador, comunicadora, صحفي, صحفية, صحافي, صحافية, إعلامي, مصور, gazeteci,"
        " jurnalist, خبرنگار, روزنامه نگار, သတင်းထောက်, 记者, nhà báo",
        "lawyer": "lawyer, attorney, advocate, адвокат, адвокатка, юрист, адвакат,"
        " адвакатка, юрыст, abogado, abogada, محام, محامي, محامية, محامٍ, avukat, vəkil,"
        " وکیل, 律师, luật sư",
        "medical_worker": "medical worker, doctor, nurse, physician, surgeon, paramedic,"
        " pharmacist, dentist, medic, врач, медсестра, медбрат, медик, медработник,"
        " фельдшер, хирург, фармацевт, лекар, лекарка, медыцынская сястра, медсястра,"
        " медык, médico, médica, enfermero, enfermera, doctor, doctora, طبيب, طبيبة,"
        " ممرض, ممرضة, صيدلي, doktor, hemşire, həkim, پزشک, پرستار, ဆရာဝန်, 医生",
        "military": "soldier, military, officer of the army, serviceman, army officer,"
        " veteran, военный, военнослужащий, солдат, офицер, вайсковец, ваенны, салдат,"
        " militar, soldado, عسكري, جندي, ضابط جيش, asker, hərbçi, نظامی",
        "police": "police officer, policeman, policewoman, police, полицейский,"
        " милиционер, сотрудник милиции, міліцыянт, паліцэйскі, policía, agente de"
        " policía, شرطي, ضابط شرطة, polis",
        "politician": "politician, member of parliament, mp, deputy, mayor, councillor,"
        " party leader, политик, депутат, мэр, палітык, дэпутат, político, política,"
        " diputado, diputada, alcalde, alcaldesa, concejal, سياسي, سياسية, نائب,"
        " عضو برلمان, siyasetçi, politikacı, siyasətçi, سیاستمدار",
        "student": "student, university student, pupil, schoolboy, schoolgirl, студент,"
        " студентка, школьник, школьница, учащийся, студэнт, студэнтка, школьнік,"
        " estudiante, estudiante universitario, alumno, طالب, طالبة, öğrenci, tələbə,"
        " دانشجو, ကျောင်းသား, ကျောင်းသူ, 学生, sinh viên",
        "teacher": "teacher, schoolteacher, school teacher, учитель, учительница,"
        " педагог, преподаватель, преподавательница, воспитатель, настаўнік, настаўніца,"
        " maestro, maestra, profesor, profesora, docente, معلم, معلمة, مدرس, مدرسة,"
        " öğretmen, müəllim, معلم مدرسه, ဆရာ, ဆရာမ, 教师, giáo viên",
        "trade_union_leader": "trade union leader, union leader, trade unionist,"
        " unionist, профсоюзный деятель, лидер профсоюза, прафсаюзны дзеяч, sindicalista,"
        " dirigente sindical, líder sindical, نقابي, قيادي نقابي, sendikacı",
        "worker": "worker, factory worker, labourer, laborer, рабочий, рабочая, рабочий"
        " завода, рабочы, працоўны, obrero, obrera, trabajador, trabajadora, عامل, عاملة,"
        " işçi, fəhlə, کارگر, အလုပ်သမား, 工人, công nhân",
    }
)

HOUSE_ARREST = (
    "house arrest, under house arrest, home detention, домашний арест, под домашним"
    " арестом, хатні арышт, пад хатнім арыштам, домашній арешт, arresto domiciliario,"
    " prisión domiciliaria, detención domiciliaria, casa por cárcel, إقامة جبرية,"
    " الإقامة الجبرية, تحت الإقامة الجبرية, ev hapsi, ev dustaqlığı, حبس خانگی,"
    " assignation à résidence, 软禁"
)
PLACES = meanings(
    {
        "house_arrest": HOUSE_ARREST,
        "hospital": "hospital, больница, в больнице, шпіталь, бальніца, مستشفى",
        "police_custody": "police custody, police station, comisaría, قسم الشرطة, ивс",
    }
)
_RELEASED = (
    "released, free, freed, at liberty, discharged, let go, освобождён, освобождена,"
    " освобожден, освободили, освободился, освободилась, вышел на свободу, вышла на"
    " свободу, на свободе, отпущен, отпущена, вызвалены, вызвалена, на волі,"
    " на свабодзе, выйшаў на волю, звільнений, звільнена, liberado, liberada,"
    " excarcelado, excarcelada, en libertad, libre, puesto en libertad,"
    " puesta en libertad, مفرج عنه, مفرج عنها, أفرج عنه, أفرج عنها, إخلاء سبيل,"
    " أخلي سبيله, أخلي سبيلها, مطلق سراحه, libéré, libérée, tahliye, tahliye edildi,"
    " serbest, azad, azad edilib, آزاد, آزاد شده, 释放, 获释, လွတ်မြောက်"
)
STATUSES = meanings(
    {
        "held": "held, detained, сидит, сядзіць, in detention, imprisoned, in prison, in custody, jailed,"
        " incarcerated, still held, still in prison, behind bars, задержан, задержана,"
        " арестован, арестована, под стражей, в заключении, заключён, в тюрьме,"
        " в колонии, затрыманы, затрымана, арыштаваны, пад вартай, зняволены, зняволена,"
        " у турме, затриманий, під вартою, ув'язнений, detenido, detenida, preso, presa,"
        " encarcelado, encarcelada, en prisión, en la cárcel, privado de libertad,"
        " privada de libertad, محتجز, محتجزة, معتقل, معتقلة, محبوس, محبوسة, مسجون,"
        " مسجونة, قيد الاحتجاز, رهن الاعتقال, tutuklu, həbsdə, زندانی, بازداشت, 在押,"
        " 被捕, ထိန်းသိမ်း",
        "on_remand": "pre-trial, pretrial, pre-trial detention, remand, on remand, in"
        " pre-trial detention, сизо, в сизо, под следствием, у сізо, пад следствам,"
        " prisión preventiva, en prisión preventiva, حبس احتياطي, محبوس احتياطيا",
        "serving": "serving, serving sentence, serving a sentence, serving time, отбывает"
        " наказание, отбывает срок, адбывае пакаранне, cumpliendo condena,"
        " يقضي عقوبته, hükümlü, cəza çəkir, 服刑",
        "interned": "administrative detention, administrative detainee, interned, internment,"
        " اعتقال إداري, معتقل إداري, اعتقال اداري",
        "short_arrest": "administrative arrest, административный арест, адміністрацыйны арышт,"
        " сутки, суткі",
        "house_arrest": HOUSE_ARREST,
        "released": _RELEASED,
        "on_bail": "released on bail, bail, on bail, bailed, освобождён под залог,"
        " под залогом, вызвалены пад заклад, libertad bajo fianza, liberado bajo fianza,"
        " liberada bajo fianza, bajo fianza, إخلاء سبيل بكفالة, بكفالة, kefaletle tahliye,"
        " آزاد با وثیقه, 取保候审",
        "on_measures": "released with measures, probation measures, under judicial"
        " supervision, judicial control, adli kontrol, подписка о невыезде, под подпиской"
        " о невыезде, под подпиской, пад падпіскай, medidas cautelares,"
        " con medidas cautelares, excarcelado con medidas cautelares, تدابير احترازية,"
        " بتدابير احترازية",
        "paroled": "parole, paroled, released on parole, удо, освобождён по удо, уда,"
        " libertad condicional, إفراج مشروط, şartlı tahliye",
        "pardoned": "pardoned, released by pardon, помилован, помилована, памілаваны,"
        " памілавана, indultado, indultada, indulto, عفو رئاسي, عفو, afv edilib",
        "amnestied": "amnesty, amnestied, released by amnesty, амнистирован, амнистирована,"
        " амніставаны, amnistiado, amnistiada, amnistía, amnistiya",
        "exchanged": "exchanged, swapped, released in exchange, обменян, обмен, обмянены",
        "term_served": "term served, sentence served, released after serving, отбыл срок,"
        " отбыла срок, освобождён по отбытии срока, адбыў тэрмін, адбыла тэрмін,"
        " pena cumplida, condena cumplida",
        "escaped": "escaped, escape, сбежал, сбежала, бежал из-под стражи, уцёк, уцякла,"
        " fugado, fugada, se fugó, escapó, هرب من السجن",
        "died": "died, dead, deceased, умер, умерла, погиб, погибла, скончался, скончалась,"
        " памёр, памерла, загінуў, загінула, помер, fallecido, fallecida, falleció,"
        " muerto, muerta, murió, متوفى, متوفاة, توفي, توفيت, مات, وفاة, décédé, öldü,"
        " vefat etti, vəfat edib, فوت, درگذشت, 死亡, သေဆုံး",
        "died_in_custody": "died in custody, died in prison, died in detention, умер в"
        " заключении, умерла в заключении, умер в тюрьме, памёр у зняволенні,"
        " памёр за кратамі, murió en prisión, fallecido en prisión, murió bajo custodia,"
        " توفي في السجن, وفاة في الحجز, توفي في الحجز",
        "executed": "executed, казнён, казнена, расстрелян, пакараны смерцю, ejecutado,"
        " ejecutada, أعدم, نفذ فيه حكم الإعدام, idam edildi, اعدام شده",
        "expelled": "deported, expelled, banished, депортирован, депортирована, выслан,"
        " выслана, дэпартаваны, дэпартавана, deportado, deportada, desterrado, desterrada,"
        " expulsado, expulsada, مرحل, رُحل, sınır dışı edildi, deportasiya edilib",
        "missing": "missing, disappeared, forcibly disappeared, enforced disappearance,"
        " пропал без вести, пропала без вести, исчез, исчезла, знік, знікла,"
        " desaparecido, desaparecida, مختف, مختفي, مختفي قسريا, اختفاء قسري, مفقود, kayıp,"
        " ناپدید, 失踪",
        "pending": "on trial, under trial, awaiting trial, trial pending, charged, идёт"
        " суд, под судом, ждёт суда, ідзе суд, чакае суда, en juicio, en proceso,"
        " procesado, procesada, قيد المحاكمة, يحاكم, yargılanıyor, məhkəməsi gedir",
        "convicted": "convicted, sentenced, осуждён, осуждена, осужден, асуджаны, асуджана,"
        " condenado, condenada, محكوم, محكوم عليه, أدين, mahkum edildi, 已判刑",
        "acquitted": "acquitted, оправдан, оправдана, апраўданы, апраўдана, absuelto,"
        " absuelta, براءة, بريء, beraat, beraat etti, bəraət",
    }
)
# A status that begins so, and goes on, is one of those: "released after 3 days".
BEGINS_RELEASED = tuple(plain(word) + " " for word in _RELEASED.split(","))

YES = meanings(
    {
        "yes": "yes, y, true, x, 1, +, v, ✓, ✔, confidential, да, так, sí, si, نعم, evet, oui,"
        " конфиденциально, канфідэнцыйна, confidencial, سري"
    }
)
_CONFIDENTIAL = re.compile(
    r"confiden|not for publication|do not publish|off the record|конфиденц|не для публикации|не публиковать|канфідэнц"
    r"|не публікаваць|no publicar|reservad[oa]|سري|ليس للنشر|gizli|məxfi|محرمانه|保密"
)


def is_confidential(text: str) -> bool:
    return bool(_CONFIDENTIAL.search(text.casefold()))


def by_label(vocabulary: Any) -> dict[str, str]:
    """Codes by themselves and by their labels in the languages of the desk, with those
    that the organisation added.
    """
    return _by_label(vocabulary)


@cache
def _by_label(vocabulary: type[TextChoices]) -> dict[str, str]:
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for code, label in vocabulary.choices:
                found.setdefault(plain(str(label)), code)
                found.setdefault(plain(code.replace("_", " ")), code)
    return found


@cache
def countries() -> dict[str, str]:
    found = dict(by_label(Country))
    for name in SPOKEN:
        territories = Locale.parse(name).territories
        for code in Country.values:
            if code in territories:
                found.setdefault(plain(territories[code]), code)
    return found


_PARTED = re.compile(r"[,;/،؛、|\n]+|\s(?:and|и|y|i|і|ды|et|ve|və|&)\s")


def listed(text: str) -> list[str]:
    """What stands beside each other in one cell."""
    return [part.strip() for part in _PARTED.split(text) if part and part.strip()]


def coded(text: str, known: Iterable[dict[str, str]]) -> str:
    """The code, or "" where no table has the word."""
    word = plain(text)
    for table in known:
        if word in table:
            return table[word]
    return ""
