"""Every coded value, in the field's own terms. Where each list comes from:
docs/vocabulary.md.

A code never changes once published; its label may, and is translated.

An organisation adds codes of its own to those that are `open_to_own`, in its file
(docs/organisation.md). Rules hang on the codes of the others, such as the status: they
are closed.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import TextChoices
from django.utils.functional import lazystr
from django.utils.text import camel_case_to_spaces
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_countries import countries

V = TypeVar("V", bound=type[TextChoices])
_OWN_COUNTRY = re.compile(settings.OWN.COUNTRY)
OPEN: dict[str, Any] = {}  # by the name that an organisation's file has for them


def open_to_own(vocabulary: V) -> V:
    """The same vocabulary, with the codes that the organisation adds."""
    name = called(vocabulary)
    members: dict[str, Any] = {}
    for member in vocabulary:
        members[member.name] = (member.value, member._label_)
    for code, labels in settings.OWN.codes.get(name, {}).items():
        members[code] = (code, _own_label(labels))
    choices: Any = TextChoices
    extended = choices(vocabulary.__name__, members, module=vocabulary.__module__)
    extended.__doc__ = vocabulary.__doc__
    OPEN[name] = extended
    return extended


def called(vocabulary: type[Any]) -> str:
    """release_restriction"""
    return camel_case_to_spaces(vocabulary.__name__).replace(" ", "_")


def closed() -> set[str]:
    """The names of those that nobody may add to."""
    everything = {called(vocabulary) for vocabulary in TextChoices.__subclasses__()}
    return everything - OPEN.keys()


def is_own(code: str) -> bool:
    """Could an organisation have added it? XK comes with the software."""
    return ":" in code or (code != "XK" and bool(_OWN_COUNTRY.fullmatch(code)))


def _own_label(labels: Mapping[str, str]) -> Any:
    """In the language of the reader; a page that has none of it is in English."""
    return lazystr(_Labels(labels))


class _Labels:
    def __init__(self, labels: Mapping[str, str]) -> None:
        self.labels = labels

    def __str__(self) -> str:
        return self.labels.get(get_language() or "", self.labels["en"])


class Visibility(TextChoices):
    INTERNAL = "internal", _("inside the organisation only")
    PARTNERS = "partners", _("partners")
    PUBLIC = "public", _("everyone")


class NarrowedVisibility(TextChoices):
    """What a part of a case may be set to; unset, it is as visible as its case."""

    INTERNAL = "internal", _("inside the organisation only")
    PARTNERS = "partners", _("partners at most")


class Sex(TextChoices):
    FEMALE = "female", _("female")
    MALE = "male", _("male")
    OTHER = "other", _("other")


class YesNo(TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")
    UNKNOWN = "unknown", _("unknown")


class DeathInCustody(TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")
    DISPUTED = "disputed", _("disputed")
    UNKNOWN = "unknown", _("unknown")


@open_to_own
class Occupation(TextChoices):
    ACADEMIC = "academic", _("academic")
    ACTIVIST = "activist", _("activist")
    ARTIST = "artist", _("artist")
    BLOGGER = "blogger", _("blogger")
    BUSINESSPERSON = "businessperson", _("businessperson")
    CIVIL_SERVANT = "civil_servant", _("civil servant")
    CLERIC = "cleric", _("cleric")
    HUMAN_RIGHTS_DEFENDER = "human_rights_defender", _("human rights defender")
    JOURNALIST = "journalist", _("journalist")
    LAWYER = "lawyer", _("lawyer")
    MEDICAL_WORKER = "medical_worker", _("medical worker")
    MILITARY = "military", _("member of the military")
    POLICE = "police", _("police officer")
    POLITICIAN = "politician", _("politician")
    STUDENT = "student", _("student")
    TEACHER = "teacher", _("teacher")
    TRADE_UNION_LEADER = "trade_union_leader", _("trade union leader")
    WORKER = "worker", _("worker")
    OTHER = "other", _("other")


class NameKind(TextChoices):
    LEGAL = "legal", _("legal name")
    ALSO_KNOWN_AS = "also_known_as", _("also known as")
    SHORT_FORM = "short_form", _("short form")
    TRANSLITERATION = "transliteration", _("transliteration")
    MISSPELLING = "misspelling", _("misspelling")


class RecognitionOutcome(TextChoices):
    RECOGNISED = "recognised", _("recognised as a political prisoner")
    REFUSED = "refused", _("recognition refused")
    UNDER_REVIEW = "under_review", _("under review")
    WITHDRAWN = "withdrawn", _("recognition withdrawn")
    FORMER = "former", _("former political prisoner")
    OWN_CATEGORY = "own_category", _("put in a category of its own")


@open_to_own
class RecognitionCriterion(TextChoices):
    """PACE Resolution 1900 (2012), § 3."""

    FREEDOMS = (
        "a",
        _(
            "a: jailed in violation of a guarantee of the European Convention on Human Rights"
        ),
    )
    POLITICAL_REASONS = (
        "b",
        _("b: jailed for purely political reasons, without connection to any offence"),
    )
    DISPROPORTIONATE = (
        "c",
        _(
            "c: for political motives, length or conditions out of proportion to the offence"
        ),
    )
    DISCRIMINATORY = (
        "d",
        _("d: for political motives, detained in a discriminatory manner"),
    )
    UNFAIR = "e", _("e: clearly unfair proceedings, connected with political motives")


@open_to_own
class ListKind(TextChoices):
    """What an authority calls those whom it puts on a list."""

    EXTREMIST = "extremist", _("list of extremists")
    TERRORIST = "terrorist", _("list of terrorists")
    EXTREMIST_OR_TERRORIST = (
        "extremist_or_terrorist",
        _("one list of extremists and terrorists"),
    )
    FOREIGN_AGENT = "foreign_agent", _("list of foreign agents")
    UNDESIRABLE = "undesirable", _("list of the undesirable")
    WANTED = "wanted", _("list of wanted persons")
    SANCTIONED = "sanctioned", _("list of sanctions")
    OTHER = "other", _("another list")


class ConsentSubject(TextChoices):
    NAME = "name", _("name")
    STORY = "story", _("story")
    PHOTO = "photo", _("photo")
    CONTACT = "contact", _("contact")
    HEALTH = "health", _("health")
    ORIGIN = "origin", _("ethnic group and religion")
    RELATIVES = "relatives", _("relatives")
    BIRTHDAY = "birthday", _("birthday")
    SEARCH_ENGINES = "search_engines", _("search engines")
    LETTERS = "letters", _("letters")


class ToldWithoutName(TextChoices):
    """What may be told of a case without a name, beside country, years and status."""

    DAYS = "days", _("days and months, not years alone")
    SEX = "sex", _("sex")
    AGE = "age", _("year of birth and age")
    CITIZENSHIP = "citizenship", _("citizenship")
    OCCUPATION = "occupation", _("occupation, affiliation and office")
    DETENTION = "detention", _("how and by whom held")
    PLACE = "place", _("places, prisons, courts and authorities")
    CHARGE = "charge", _("charges")
    SENTENCE = "sentence", _("sentences and terms")
    RELEASE = "release", _("releases")
    EXPULSION = "expulsion", _("expulsion and destination")
    DEATH = "death", _("death and its cause")
    WHEREABOUTS = "whereabouts", _("where last seen or heard of")
    RECOGNITION = "recognition", _("recognitions and listings")
    WORDS = "words", _("summary and other texts")
    SOURCES = "sources", _("sources and who says so")


@open_to_own
class PersonalDetailKind(TextChoices):
    """What marks a life and is told outside by consent alone: after the HURIDOCS
    micro-thesauri “Relevant characteristics” and “Ethnic background”, and the GDPR's
    special categories (art. 9).
    """

    HEALTH = "health", _("health")
    DISABILITY = "disability", _("disability")
    PREGNANCY = "pregnancy", _("pregnancy")
    CHILDREN = "children", _("children and others who depend on the person")
    HUNGER_STRIKE = "hunger_strike", _("hunger strike")
    ETHNIC_GROUP = "ethnic_group", _("ethnic group")
    RELIGION = "religion", _("religion or belief")
    PARENT_NAME = "parent_name", _("name of a parent")
    OTHER = "other", pgettext_lazy("personal detail", "something else")


class ConsentAudience(TextChoices):
    PARTNERS = "partners", _("partners")
    PUBLIC = "public", _("everyone")


class DetentionGround(TextChoices):
    ADMINISTRATIVE_ARREST = (
        "administrative_arrest",
        _("short administrative arrest"),
    )
    INTERNMENT = "internment", _("internment by order")
    CRIMINAL_SUSPICION = "criminal_suspicion", _("suspicion of a crime")
    PRE_TRIAL = "pre_trial", _("awaiting trial")
    SERVING_SENTENCE = "serving_sentence", _("serving a sentence")
    COMPULSORY_TREATMENT = "compulsory_treatment", _("compulsory treatment")
    NO_LEGAL_BASIS = "no_legal_basis", _("no legal basis given")
    UNKNOWN = "unknown", _("unknown")


class DetainingParty(TextChoices):
    """ICPPED, articles 2 and 3: agents of the state, or others."""

    STATE = "state", _("a state")
    DE_FACTO_AUTHORITY = "de_facto_authority", _("de facto authorities")
    ARMED_GROUP = "armed_group", _("armed group")
    OTHER = "other", _("others")
    UNKNOWN = "unknown", _("unknown")


class PlaceKind(TextChoices):
    POLICE_CUSTODY = "police_custody", _("police custody")
    PRE_TRIAL_CENTRE = "pre_trial_centre", _("pre-trial detention centre")
    PENAL_COLONY = "penal_colony", _("penal colony")
    PRISON = "prison", _("prison")
    OPEN_TYPE_FACILITY = "open_type_facility", _("open-type correctional facility")
    HOUSE_ARREST = "house_arrest", _("house arrest")
    HOME_CONFINEMENT = "home_confinement", _("home confinement")
    HOSPITAL = "hospital", _("hospital")
    PSYCHIATRIC = "psychiatric", _("psychiatric institution")
    CAMP = "camp", _("camp")
    JUVENILE_INSTITUTION = "juvenile_institution", _("institution for juveniles")
    MILITARY_FACILITY = "military_facility", _("military facility")
    PUNISHMENT_CELL = "punishment_cell", _("punishment cell")
    IN_TRANSIT = "in_transit", _("in transit")
    ON_LEAVE = "on_leave", _("temporary leave (furlough)")
    UNKNOWN = "unknown", _("unknown")


class TransferReason(TextChoices):
    """None of illness: that is told of nobody (docs/vocabulary.md)."""

    TO_SERVE_SENTENCE = "to_serve_sentence", _("to serve the sentence")
    PROCEEDINGS = "proceedings", _("for hearings or an investigation")
    DISCIPLINE = "discipline", _("for discipline or security")
    OWN_REQUEST = "own_request", _("at the person’s own request")
    FACILITY_CLOSED = "facility_closed", _("the facility was closed or evacuated")
    OTHER = "other", _("other")
    UNKNOWN = "unknown", _("moved, reason not known")


@open_to_own
class Condition(TextChoices):
    SOLITARY_CONFINEMENT = "solitary_confinement", _("solitary confinement")
    DENIED_MEDICAL_CARE = "denied_medical_care", _("denied medical care")
    DENIED_LAWYER = "denied_lawyer", _("denied a lawyer")
    DENIED_VISITS = "denied_visits", _("denied visits")
    INCOMMUNICADO = "incommunicado", _("held incommunicado")
    TORTURE_ALLEGED = "torture_alleged", _("torture alleged")
    COLD = "cold", _("exposed to cold")


class ChargeOutcome(TextChoices):
    PENDING = "pending", _("pending")
    CONVICTED = "convicted", _("convicted")
    ACQUITTED = "acquitted", _("acquitted")
    DROPPED = "dropped", _("dropped")
    REPLACED = "replaced", _("replaced by another charge")


class CourtStage(TextChoices):
    INVESTIGATION = "investigation", _("under investigation")
    FIRST_INSTANCE = "first_instance", _("before the court of first instance")
    APPEAL = "appeal", _("on appeal")
    FURTHER_REVIEW = "further_review", _("in a further review")
    RETRIAL = "retrial", _("tried again")
    ENDED = "ended", _("ended")


class CourtCaseOutcome(TextChoices):
    JUDGED = "judged", _("the court has given its verdict")
    TERMINATED = "terminated", _("ended without a verdict")
    SUSPENDED = "suspended", _("suspended")
    SENT_BACK = "sent_back", _("sent back to the investigators or to a lower court")
    SET_ASIDE = "set_aside", _("the verdict was set aside")


class HearingEvent(TextChoices):
    OPENED = "opened", _("the trial began")
    DETENTION_RENEWED = "detention_renewed", _("detention was renewed")
    DETENTION_ENDED = "detention_ended", _("detention was ended")
    BAIL_REFUSED = "bail_refused", _("bail was refused")
    EVIDENCE = "evidence", _("evidence was heard")
    CLOSING = "closing", _("closing speeches")
    ADJOURNED = "adjourned", _("adjourned")
    VERDICT = "verdict", _("the verdict was given")
    APPEAL_HEARD = "appeal_heard", _("the appeal was heard")
    APPEAL_DECIDED = "appeal_decided", _("the appeal was decided")


class Instance(TextChoices):
    """Before whom a charge was decided."""

    BEFORE_TRIAL = "before_trial", _("before any trial")
    FIRST_INSTANCE = "first_instance", _("first instance")
    APPEAL = "appeal", _("appeal")
    FURTHER_REVIEW = "further_review", _("further review")
    RETRIAL = "retrial", _("new trial")
    UNKNOWN = "unknown", _("unknown")


class SentenceDecision(TextChoices):
    FIRST_INSTANCE = "first_instance", _("first instance")
    APPEAL = "appeal", _("appeal")
    REGIME_CHANGE = "regime_change", _("change of regime")
    REPLACEMENT = "replacement", _("replacement by another punishment")
    AGGREGATED = "aggregated", _("aggregated sentence")
    COMMUTATION = "commutation", _("commutation to a milder punishment")
    REMISSION = "remission", _("remission of a part of the term")


class SentenceExecution(TextChoices):
    SERVED = "served", _("to be served")
    SUSPENDED = "suspended", _("suspended")
    DEFERRED = "deferred", _("deferred")
    PROBATION = "probation", _("on probation")
    ANNOUNCEMENT_DEFERRED = (
        "announcement_deferred",
        _("announcement of the judgment deferred"),
    )
    UNKNOWN = "unknown", _("unknown")


class LegalForce(TextChoices):
    """A sentence that was replaced is named by the one that replaces it."""

    IN_FORCE = "in_force", _("in force")
    APPEALED = "appealed", _("appealed against, not in force")
    SET_ASIDE = "set_aside", _("set aside")
    UNKNOWN = "unknown", _("unknown")


class SentenceRuns(TextChoices):
    """How the term of a sentence goes together with the one that it adds to."""

    CONSECUTIVE = "consecutive", _("one after the other")
    CONCURRENT = "concurrent", _("at the same time")
    PARTLY_ADDED = "partly_added", _("added in part")
    UNKNOWN = "unknown", _("unknown")


class Punishment(TextChoices):
    IMPRISONMENT = "imprisonment", _("imprisonment")
    RESTRICTION_OF_LIBERTY = (
        "restriction_of_liberty",
        _("restriction of liberty in an open-type facility"),
    )
    HOME_CONFINEMENT = "home_confinement", _("restriction of liberty at home")
    FINE = "fine", _("fine")
    LIFE = "life", _("life imprisonment")
    AGGRAVATED_LIFE = "aggravated_life", _("aggravated life imprisonment")
    DEATH = "death", _("death penalty")
    COMPULSORY_TREATMENT = "compulsory_treatment", _("compulsory treatment")
    EXILE = "exile", _("exile inside the country")
    BAN_ON_ACTIVITY = "ban_on_activity", _("ban on an activity or office")
    BAN_ON_TRAVEL = "ban_on_travel", _("ban on travel or on leaving the country")
    CONFISCATION = "confiscation", _("confiscation of property")
    CORPORAL = "corporal", _("corporal punishment")
    ADMINISTRATIVE_ARREST = (
        "administrative_arrest",
        _("short administrative arrest"),
    )
    CORRECTIVE_LABOUR = "corrective_labour", _("corrective labour")
    EXPULSION = "expulsion", _("expulsion from the country")
    SUPERVISION = "supervision", _("supervision after release")
    JUVENILE_MEASURE = "juvenile_measure", _("measure for juveniles")
    OTHER = "other", _("other punishment")


FOR_LIFE = (Punishment.LIFE.value, Punishment.AGGRAVATED_LIFE.value)


class TermInForce(TextChoices):
    """What the sentence in force comes to (docs/decisions/sentences.md)."""

    MONTHS = "months", _("a term in months")
    LIFE = "life", _("life")
    DEATH = "death", _("death")
    NONE = "none", _("no term")
    NOT_KNOWN = "not_known", _("not known")


class TermReason(TextChoices):
    """Why less is told of the sentence in force than the records seem to say."""

    TERM_NOT_STATED = "term_not_stated", _("no source states each term")
    RUNS_NOT_KNOWN = (
        "runs_not_known",
        _("it is not known how the punishments are served together"),
    )
    PARTLY_ADDED = (
        "partly_added",
        _("a term is added in part, and it is not known what they come to"),
    )
    IN_DOUBT = (
        "in_doubt",
        _("it is in doubt which sentence stands"),
    )
    REST_NOT_KNOWN = (
        "rest_not_known",
        _("an old term resumed, and it is not known how much of it was left"),
    )
    INDETERMINATE = (
        "indeterminate",
        _("the court left open how long it lasts"),
    )
    START_NOT_KNOWN = (
        "start_not_known",
        _("it is not known from when the term is counted"),
    )
    ENDED_SINCE = (
        "ended_since",
        _("the person was let out or died since, so no end is counted"),
    )


class CountedBy(TextChoices):
    """From which day the plain count begins."""

    STATED = "stated", _("as a source states")
    ARREST = "arrest", _("from the arrest, since no source states the day")
    JUDGMENT = "judgment", _("from the judgment, since no source states the day")


@open_to_own
class Regime(TextChoices):
    GENERAL = "general", _("general regime")
    ENHANCED = "enhanced", _("enhanced regime")
    STRICT = "strict", _("strict regime")
    SPECIAL = "special", _("special regime")
    PRISON = "prison", _("prison regime")
    SETTLEMENT = "settlement", _("colony settlement")


class ReleaseGround(TextChoices):
    PARDON = "pardon", _("pardon")
    CLEMENCY = "clemency", _("act of clemency, of which kind is not said")
    AMNESTY = "amnesty", _("amnesty")
    PAROLE = "parole", _("parole")
    TERM_SERVED = "term_served", _("term served")
    ACQUITTAL = "acquittal", _("acquittal")
    CHARGES_DROPPED = "charges_dropped", _("charges dropped")
    QUASHED = "quashed", _("sentence quashed")
    MILDER_SENTENCE = "milder_sentence", _("replaced by a milder sentence")
    ADMINISTRATIVE_TERM_ENDED = (
        "administrative_term_ended",
        _("short administrative arrest ended"),
    )
    HEALTH = "health", _("health")
    EXCHANGE = "exchange", _("exchange of prisoners")
    ESCAPED = "escaped", _("escaped")
    BAIL = "bail", _("bail")
    OTHER_MEASURES = "other_measures", _("other measures instead of detention")
    UNKNOWN = "unknown", _("unknown")


@open_to_own
class ReleaseRestriction(TextChoices):
    """What somebody who was let out must do or may not do."""

    REPORTING = "reporting", _("must report to an authority")
    SURETY = "surety", _("others vouch for the person")
    NO_LEAVING_COUNTRY = "no_leaving_country", _("may not leave the country")
    NO_LEAVING_PLACE = "no_leaving_place", _("may not leave the place of residence")
    HOME_AT_HOURS = "home_at_hours", _("must be at home at certain hours")
    ASSIGNED_PLACE = "assigned_place", _("must live in a place that is assigned")
    ASSIGNED_WORK = "assigned_work", _("must do work that is assigned")
    ELECTRONIC_TAG = "electronic_tag", _("wears an electronic tag")
    PASSPORT_HELD = "passport_held", _("the passport is held back")
    NO_CONTACT = "no_contact", _("may not meet or write to certain people")
    NO_PUBLIC_SPEECH = "no_public_speech", _("may not speak in public or to the press")
    NO_ACTIVITY = "no_activity", _("may not do a certain work or activity")
    REST_IF_BROKEN = (
        "rest_if_broken",
        _("the rest of the term is served if a condition is broken"),
    )
    OTHER = "other", _("another restriction")


class NationalityEvent(TextChoices):
    """What became of a nationality; 1954 and 1961 Conventions on statelessness."""

    DEPRIVED = "deprived", _("taken away by the state")
    LOST = "lost", _("lost by law")
    RENOUNCED = "renounced", _("renounced by the person")
    OFFERED = "offered", _("offered by the state")
    ACQUIRED = "acquired", _("acquired")
    REGAINED = "regained", _("regained")


class DeportationOutcome(TextChoices):
    EXPELLED = "expelled", _("expelled")
    LEFT = "left", _("left the country")
    REFUSED = "refused", _("refused to leave")
    BLOCKED = "blocked", _("blocked at the border on the way back")
    RETURNED = "returned", _("returned")
    UNKNOWN = "unknown", _("unknown")


class OwnNational(TextChoices):
    YES = "yes", _("national of the expelling country")
    NO = "no", _("foreign national")
    DUAL = "dual", _("dual national")
    UNKNOWN = "unknown", _("unknown")


class PassportFate(TextChoices):
    KEPT = "kept", _("kept by the person")
    CONFISCATED = "confiscated", _("confiscated")
    DESTROYED = "destroyed", _("destroyed")
    CANCELLED = "cancelled", _("declared invalid by the state")
    UNKNOWN = "unknown", _("unknown")


class SightingHow(TextChoices):
    """How somebody who is held is heard of: what the Nelson Mandela Rules (rules 58 and
    61) and ICPPED art. 17 (2) (d) call their contact with the outside; and who saw them.
    """

    LETTER = "letter", _("a letter")
    VISIT = "visit", _("a visit")
    CALL = "call", _("a call")
    SEEN = "seen", _("seen by somebody")
    PHOTO = "photo", _("a photo or a video")
    OTHER = "other", _("in another way")


@open_to_own
class SourceKind(TextChoices):
    NEWS_REPORT = "news_report", _("news report")
    NEWS_DIGEST = "news_digest", _("digest of other reports")
    ANALYSIS = "analysis", _("analysis")
    OFFICIAL_STATEMENT = "official_statement", _("official statement")
    NGO_STATEMENT = "ngo_statement", _("statement of an organisation")
    COURT_DOCUMENT = "court_document", _("court document")
    TESTIMONY = "testimony", _("testimony")
    LETTER = "letter", _("letter")
    SOCIAL_MEDIA = "social_media", _("social media post")
    OTHER = "other", _("other")


class SourceStanding(TextChoices):
    CURRENT = "current", _("current")
    CORRECTED = "corrected", _("corrected")
    RETRACTED = "retracted", _("retracted")


class Reliability(TextChoices):
    """The Admiralty code for a source."""

    A = "A", _("A: completely reliable")
    B = "B", _("B: usually reliable")
    C = "C", _("C: fairly reliable")
    D = "D", _("D: not usually reliable")
    E = "E", _("E: unreliable")
    F = "F", _("F: cannot be judged")


class Credibility(TextChoices):
    """The Admiralty code for a piece of information."""

    CONFIRMED = "1", _("1: confirmed by other sources")
    PROBABLE = "2", _("2: probably true")
    POSSIBLE = "3", _("3: possibly true")
    DOUBTFUL = "4", _("4: doubtful")
    IMPROBABLE = "5", _("5: improbable")
    CANNOT_BE_JUDGED = "6", _("6: cannot be judged")


class ClaimantRole(TextChoices):
    ACTIVIST = "activist", pgettext_lazy("claimant", "activist")
    ADVISER = "adviser", _("adviser to a politician")
    AUTHORITIES = "authorities", _("authorities")
    FORMER_PRISONER = "former_prisoner", _("former prisoner")
    INTERNATIONAL_ORGANISATION = (
        "international_organisation",
        _("international organisation"),
    )
    LAWYER = "lawyer", pgettext_lazy("claimant", "lawyer")
    NEWS_AGENCY = "news_agency", _("news agency")
    OTHER_GOVERNMENT = "other_government", _("another government")
    POLITICIAN = "politician", pgettext_lazy("claimant", "politician")
    PROFESSIONAL_ASSOCIATION = "professional_association", _("professional association")
    RELATIVE = "relative", _("relative")
    RIGHTS_ORGANISATION = "rights_organisation", _("human rights organisation")
    WITNESS = "witness", _("witness")
    UNNAMED = "unnamed", _("not named by the source")


class Measure(TextChoices):
    RELEASED = "released", _("people released")
    POLITICAL_PRISONERS_RELEASED = (
        "political_prisoners_released",
        _("political prisoners released"),
    )
    DEPORTED = "deported", _("people expelled")
    REFUSED_DEPORTATION = (
        "refused_deportation",
        _("people who refused to leave the country"),
    )
    FOREIGNERS_RELEASED = "foreigners_released", _("foreign nationals released")
    JOURNALISTS_RELEASED = "journalists_released", _("journalists released")
    NEAR_END_OF_TERM = (
        "near_end_of_term",
        _("people released near the end of their term"),
    )
    PASSPORTS_TAKEN = "passports_taken", _("people whose passports were taken away")
    WITHOUT_PASSPORT = (
        "without_passport",
        _("people sent away without a passport, why is not said"),
    )
    ACCUSED = "accused", _("people accused in one court case")
    POLITICAL_PRISONERS_HELD = (
        "political_prisoners_held",
        _("political prisoners in custody"),
    )
    JOURNALISTS_HELD = "journalists_held", _("journalists in custody")
    SHARE_OF_HELD_RELEASED = (
        "share_of_held_released",
        _("share of political prisoners released, per cent"),
    )
    NEWLY_RECOGNISED = (
        "newly_recognised",
        _("people newly recognised as political prisoners"),
    )
    DETAINED = "detained", _("people detained")
    TORTURE_REPORTED = (
        "torture_reported",
        _("people who reported torture or ill-treatment"),
    )
    RELEASE_DEMANDED = "release_demanded", _("people whose release is called for")


@open_to_own
class CountedGroup(TextChoices):
    """Of whom it is counted, where the measure does not say it."""

    CHILDREN = "children", _("children")
    CLERGY = "clergy", _("clergy")
    FOREIGN_NATIONALS = "foreign_nationals", _("foreign nationals")
    HUMAN_RIGHTS_DEFENDERS = "human_rights_defenders", _("human rights defenders")
    JOURNALISTS = "journalists", _("journalists")
    LAWYERS = "lawyers", _("lawyers")
    OLDER_PEOPLE = "older_people", _("older people")
    SICK_PEOPLE = "sick_people", _("sick or disabled people")
    WOMEN = "women", _("women")


class Qualifier(TextChoices):
    EXACTLY = "exactly", _("exactly")
    ABOUT = "about", _("about")
    NEARLY = "nearly", _("nearly")
    AT_LEAST = "at_least", _("at least")
    MORE_THAN = "more_than", _("more than")
    AT_MOST = "at_most", _("at most")


class Hedge(TextChoices):
    STATED = "stated", _("stated")
    REPORTED = "reported", _("reported")
    ALLEGED = "alleged", _("alleged")
    INFERRED = "inferred", _("inferred")
    PREDICTED = "predicted", _("predicted")
    DENIED = "denied", _("denied")


class StatusReason(TextChoices):
    """Why less is known than the records seem to say."""

    TERM_PASSED = (
        "term_passed",
        _("the term is over by plain count, and no release is known"),
    )
    DEATH_IN_DOUBT = (
        "death_in_doubt",
        _("a death is claimed, but it is denied, or only one source alleges it"),
    )
    YEAR_ONLY = (
        "year_only",
        _("days are kept back: years alone are told"),
    )


class Status(TextChoices):
    """Derived from dated events, never typed by hand (docs/decisions/status.md)."""

    NOT_KNOWN = "not_known", _("not known")
    DETAINED = "detained", _("in detention")
    IMPRISONED = "imprisoned", _("in prison")
    SENTENCED = (
        "sentenced",
        _("sentenced, not known whether or where held"),
    )
    SENTENCED_NOT_HELD = "sentenced_not_held", _("sentenced, not held")
    RESTRICTED_LIBERTY = "restricted_liberty", _("at liberty under restrictions")
    ON_BAIL = "on_bail", _("on bail or other measures")
    CONVICTED_IN_ABSENTIA = (
        "convicted_in_absentia",
        _("convicted in absentia, at large"),
    )
    ESCAPED = "escaped", _("escaped")
    RELEASED = "released", _("released")
    RELEASED_AND_EXPELLED = "released_and_expelled", _("released and expelled")
    WHEREABOUTS_UNKNOWN = "whereabouts_unknown", _("whereabouts unknown")
    DIED = "died", _("died")
    DIED_IN_CUSTODY = "died_in_custody", _("died in custody")


HELD = frozenset({Status.DETAINED.value, Status.IMPRISONED.value})


class Agreement(TextChoices):
    """How what a source states stands to what the record holds; computed, never stored
    in the record.
    """

    SUPPORTS = "supports", _("supports")
    CONTRADICTS = "contradicts", _("contradicts")


class ProposalState(TextChoices):
    """What became of what a partner handed in."""

    RECEIVED = "received", _("received, not decided yet")
    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")
    SUPERSEDED = "superseded", _("replaced by a later one with the same identifier")
    WITHDRAWN = "withdrawn", _("taken back by the partner")


# Lazily: the library gives the names in the language of the moment of import.
Country = open_to_own(
    TextChoices(  # type: ignore[call-overload]
        "Country", {code: (code, _(str(name))) for code, name in countries}
    )
)
"""ISO 3166-1 alpha-2, and what it leaves to its users."""
