"""What columns are called, in several languages."""

import re

from cases.desk.lists.words import plain


def called(title: str) -> str:
    """Without the signs between its words."""
    return " ".join(re.sub(r"[^\w\s№]", " ", plain(title)).split())


_TITLES = {
    "identifier": (
        "id, no, nr, n, شماره, code, case id, person id, identifier, №, номер, код, ід, нумар, número, codigo, código, "
        "رقم, الرقم, sira, sıra no, 编号"
    ),
    "name": (
        "name, full name, name of prisoner, prisoner, person, victim, detainee, detainee name, фио, ф.и.о, "
        "имя, имя и фамилия, фамилия имя отчество, імя, імя і прозвішча, прозвішча імя імя па бацьку, nombre, "
        "nombre completo, nombre y apellido, nombres y apellidos, nombre y apellidos, الاسم, اسم المعتقل, "
        "الاسم الكامل, ad soyad, adı soyadı, nom, nom et prénom, نام, نام و نام خانوادگی, 姓名, အမည်, піб"
    ),
    "given_name": "first name, given name, given names, forename, primer nombre, nombres, prénom, الاسم الأول, ad, adı",
    "middle_name": (
        "middle name, patronymic, father name, fathers name, отчество, імя па бацьку, по батькові, اسم الأب, "
        "ata adı, نام پدر"
    ),
    "family_name": (
        "last name, family name, surname, фамилия, прозвішча, прізвище, apellido, apellidos, nom de famille, "
        "اسم العائلة, اللقب, soyad, soyadı, نام خانوادگی"
    ),
    "other_name": (
        "alias, aliases, aka, other names, other name, nickname, псевдоним, прозвище, мянушка, псеўданім, "
        "apodo, lakap, الشهرة"
    ),
    "sex": "sex, gender, пол, гендер, стать, sexo, género, الجنس, النوع, cinsiyet, cinsi, sexe, جنسیت, 性别, လိင်",
    "born": (
        "born, date of birth, birth date, dob, birthdate, year of birth, birthday, дата рождения, год "
        "рождения, родился, дата нараджэння, год нараджэння, дата народження, fecha de nacimiento, "
        "nacimiento, año de nacimiento, تاريخ الميلاد, الميلاد, doğum tarihi, تاریخ تولد, date de naissance, "
        "出生日期"
    ),
    "age": "age, age at arrest, возраст, узрост, вік, edad, العمر, السن, yaş, yaşı, سن, âge, 年龄, အသက်",
    "died": (
        "died, died on, date of death, дата смерти, умер, дата смерці, fecha de muerte, fecha de "
        "fallecimiento, fallecimiento, تاريخ الوفاة, ölüm tarihi"
    ),
    "citizenship": (
        "citizenship, nationality, гражданство, грамадзянства, громадянство, nacionalidad, ciudadanía, "
        "الجنسية, uyruk, vatandaşlıq, nationalité, تابعیت"
    ),
    "occupations": (
        "occupation, profession, job, work, occupations, профессия, род занятий, занятие, деятельность, "
        "прафесія, род заняткаў, занятак, професія, ocupación, profesión, oficio, المهنة, الوظيفة, meslek, "
        "mesleği, peşəsi, peşə, شغل, 职业, အလုပ်အကိုင်"
    ),
    "affiliation": (
        "affiliation, organisation, organization, party, media outlet, employer, организация, принадлежность, "
        "место работы, арганізацыя, месца працы, afiliación, organización, partido, medio, الانتماء, المؤسسة, "
        "الجهة, kurum"
    ),
    "position": "position, office, должность, пасада, cargo, puesto, المنصب, görevi",
    "arrested": (
        "date of arrest, arrest date, arrested, arrested on, detained, detained on, date of detention, "
        "detention date, дата ареста, дата задержания, арестован, задержан, дата арышту, дата затрымання, "
        "затрыманы, дата арешту, дата затримання, fecha de arresto, fecha de detención, detención, fecha de "
        "captura, captura, تاريخ الاعتقال, تاريخ القبض, تاريخ التوقيف, تاريخ الاحتجاز, tutuklanma tarihi, "
        "gözaltı tarihi, həbs tarixi, date d'arrestation, تاریخ بازداشت, 被捕日期, ဖမ်းဆီးသည့်ရက်"
    ),
    "arrest_region": (
        "region, province, governorate, state, oblast, city, регион, область, город, рэгіён, вобласць, горад, "
        "región, departamento, provincia, ciudad, المحافظة, المنطقة, المدينة, şehir, il, استان, شهر"
    ),
    "arrest_place": (
        "place of arrest, arrest place, arrest location, место задержания, место ареста, месца затрымання, "
        "lugar de detención, lugar de arresto, مكان الاعتقال, مكان القبض"
    ),
    "authority": (
        "arrested by, detained by, authority, detaining authority, кем задержан, орган, кім затрыманы, "
        "autoridad, detenido por, الجهة القابضة, جهة الاعتقال"
    ),
    "facility": (
        "prison, place of detention, detention place, detention facility, facility, place held, where held, "
        "location, jail, тюрьма, место содержания, место заключения, учреждение, колония, сизо, турма, месца "
        "зняволення, месца ўтрымання, установа, калонія, в'язниця, prisión, cárcel, centro penitenciario, "
        "centro de reclusión, lugar de reclusión, recinto, السجن, مكان الاحتجاز, مكان السجن, cezaevi, "
        "həbsxana, زندان, محل نگهداری, 监狱, အကျဉ်းထောင်"
    ),
    "article": (
        "article, articles, section, sections, section case, law, charge article, case, "
        "penal code, статья, статьи, ст, ук, дело, артыкул, артыкулы, справа, стаття, artículo, "
        "artículos, artículo ley, ley, expediente, causa, المادة, المواد, القضية, madde, ماده, "
        "条款, ပုဒ်မ"
    ),
    "court_case": (
        "court case, number of the court case, case number, case no, номер дела, судебное "
        "дело, нумар справы, судовая справа, número de expediente, número de causa, رقم القضية, dosya no, esas no, "
        "iş nömrəsi"
    ),
    "charge": (
        "charge, charges, accusation, offence, offense, обвинение, обвинения, абвінавачанне, абвінавачванне, "
        "звинувачення, cargos, delito, delitos, acusación, التهمة, التهم, الاتهامات, suçlama, ittiham, اتهام, "
        "罪名"
    ),
    "court": "court, суд, tribunal, juzgado, المحكمة, mahkeme, məhkəmə, دادگاه, 法院",
    "sentenced": (
        "date of sentence, sentence date, sentenced on, date of verdict, verdict date, дата приговора, "
        "приговорен, дата прысуду, дата вироку, fecha de sentencia, fecha de condena, تاريخ الحكم, karar "
        "tarihi"
    ),
    "sentence": (
        "sentence, term, срок, verdict, punishment, приговор, наказание, прысуд, тэрмін, пакаранне, вирок, "
        "sentencia, condena, pena, الحكم, العقوبة, مدة الحكم, ceza, cəza, hüküm, peine, حکم, 刑期, ပြစ်ဒဏ်"
    ),
    "regime": "regime, режим, рэжым, régimen",
    "end_of_term": (
        "end of term, expected release, release expected, end of sentence, конец срока, канец тэрміну, fin de "
        "condena, fecha de cumplimiento"
    ),
    "status": (
        "status, current status, situation, статус, текущий статус, положение, стан, estado actual, "
        "situación, estatus, situación actual, الحالة, الوضع, الوضع الحالي, durum, statusu, statut, وضعیت, "
        "状态, အခြေအနေ"
    ),
    "released": (
        "released, released on, release date, date of release, дата освобождения, освобожден, дата "
        "вызвалення, вызвалены, дата звільнення, fecha de liberación, fecha de excarcelación, liberación, "
        "excarcelación, liberado, تاريخ الإفراج, الإفراج, تاريخ إخلاء السبيل, tahliye tarihi, azad olunma "
        "tarixi, تاریخ آزادی, 释放日期, လွတ်မြောက်သည့်ရက်"
    ),
    "release_ground": (
        "ground of release, reason of release, reason for release, основание освобождения, падстава "
        "вызвалення, motivo de liberación, سبب الإفراج"
    ),
    "source": (
        "source, sources, link, links, url, reference, источник, источники, ссылка, крыніца, крыніцы, "
        "спасылка, джерело, fuente, fuentes, enlace, المصدر, المصادر, الرابط, kaynak, mənbə, lien, منبع, 来源, "
        "အရင်းအမြစ်"
    ),
    "source_address": (
        "source address, source url, source link, url of the source, address of the source, адрес источника, "
        "ссылка на источник, адрас крыніцы, спасылка на крыніцу, رابط المصدر"
    ),
    "confidential": "confidential, private, sensitive, конфиденциально, канфідэнцыйна, confidencial, سري",
}
TITLES: dict[str, list[str]] = {}
for target, titles in _TITLES.items():
    TITLES[target] = [called(title) for title in titles.split(",")]
