"""Checks of the settings, run by `manage.py check --deploy` beside Django's own."""

from collections import defaultdict
from collections.abc import Collection

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import connections

# What PostgreSQL must not write into its log. A statement holds names, and so does the
# row that a rule refused. These are the values that keep them out.
QUIET = {
    "log_error_verbosity": {"terse"},
    "log_min_error_statement": {"log", "fatal", "panic"},
    "log_statement": {"none", "ddl"},
    "log_min_duration_statement": {"-1"},
    "log_min_duration_sample": {"-1"},
    "log_transaction_sample_rate": {"0"},
    "log_parameter_max_length_on_error": {"0"},
    "auto_explain.log_min_duration": {"-1"},
}
# NULL where there is no such table yet.
MAY_PUBLISH = """
    SELECT has_table_privilege(to_regclass('tracker_public_document'), 'UPDATE')
"""
MAY_DO_EVERYTHING = """
    SELECT pg_has_role(session_user, datdba, 'MEMBER')
    FROM pg_database WHERE datname = current_database()
"""
CONNECTIONS = """
    SELECT rolname, rolconnlimit, current_setting('max_connections')::int
    FROM pg_roles WHERE rolname = session_user
"""
SHORTEST_SECRET = 50
# Whoever copies the data must know whom to ask, and what they may do.
TERMS = {
    "ORGANISATION": "Say who publishes this: the name that others cite.",
    "CONTACT": "Give an address, mailto: or https:, where people ask to be taken out"
    " and partners report mistakes.",
    "LICENCE": "Say what anyone may do with what is public, such as CC-BY-4.0."
    " Without it, copies state none.",
}


def register_checks() -> None:
    register(logins_differ, deploy=True)
    register(server_logs_no_names, Tags.database, deploy=True)
    register(desk_cannot_publish, Tags.database, deploy=True)
    register(desk_owns_nothing, Tags.database, deploy=True)
    register(logins_leave_room, Tags.database, deploy=True)
    register(who_acts_can_be_proved, deploy=True)
    register(terms_are_stated, deploy=True)
    register(own_codes_are_of_open_vocabularies)


def logins_differ(**_: object) -> list[Error]:
    """Separate logins keep what is hidden from what is public."""
    variables_by_login: dict[str, list[str]] = defaultdict(list)
    for role, database in settings.DATABASE_LOGINS.items():
        if role in {"publisher", "owner"} and not settings.DATABASE_URLS[role]:
            continue  # this process need not know it: the database is asked below
        variables_by_login[database["USER"]].append(settings.DATABASE_VARIABLES[role])
    errors = []
    for login, variables in variables_by_login.items():
        if len(variables) > 1:
            error = Error(
                f"{' and '.join(variables)} use the same login “{login}”.",
                hint="Give each of the five a login of its own: docs/operations.md,"
                " “Database logins”.",
                id="config.E001",
            )
            errors.append(error)
    return errors


def server_logs_no_names(
    databases: Collection[str] | None = None, **_: object
) -> list[Error]:
    """Each login of `--database` is asked: one login may have a setting of its own."""
    errors = []
    for alias in databases or ():
        for name, value in _settings_of_the_server(alias):
            if value not in QUIET[name]:
                error = Error(
                    f"By the login of “{alias}”, {name} is “{value}” and must be"
                    f" {' or '.join(sorted(QUIET[name]))}: PostgreSQL's log holds"
                    " names.",
                    hint="docs/operations.md, “Database logins”, has the statements.",
                    id="config.E002",
                )
                errors.append(error)
    return errors


def desk_cannot_publish(
    databases: Collection[str] | None = None, **_: object
) -> list[Error]:
    """Asked of the database: the desk's process does not know the publisher's login."""
    if "default" not in (databases or ()) or not settings.DESK:
        return []
    if settings.DATABASE_LOGIN != "desk":
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(MAY_PUBLISH)
        (may_publish,) = cursor.fetchone()
    if not may_publish:
        return []
    return [
        Error(
            "The login of the desk may write what is published.",
            hint="Make a login for the publisher, set DATABASE_PUBLISHER_URL, and run"
            " manage.py migrate: docs/operations.md, “Database logins”.",
            id="config.E003",
        )
    ]


def desk_owns_nothing(
    databases: Collection[str] | None = None, **_: object
) -> list[Error]:
    """Asked of the database: the desk's process does not know the owner's login."""
    if "default" not in (databases or ()) or settings.DATABASE_LOGIN == "owner":
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute(MAY_DO_EVERYTHING)
        (may_do_everything,) = cursor.fetchone()
    if not may_do_everything:
        return []
    return [
        Error(
            "The login of this process owns the database, or may act as its owner.",
            hint="Make a login for the owner alone: docs/operations.md, “Database"
            " logins”.",
            id="config.E006",
        )
    ]


def logins_leave_room(
    databases: Collection[str] | None = None, **_: object
) -> list[Error]:
    """Each login must leave connections to the others."""
    errors = []
    for alias in databases or ():
        if alias == "default" and settings.DATABASE_LOGIN == "owner":
            continue
        with connections[alias].cursor() as cursor:
            cursor.execute(CONNECTIONS)
            login, limit, all_connections = cursor.fetchone()
        if not 0 <= limit < all_connections:
            error = Error(
                f"The login “{login}” may take all {all_connections} connections.",
                hint="docs/operations.md, “Database logins”, has the statements.",
                id="config.E004",
            )
            errors.append(error)
    return errors


def _settings_of_the_server(alias: str) -> list[tuple[str, str]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s) ORDER BY name",
            [list(QUIET)],
        )
        return cursor.fetchall()


def who_acts_can_be_proved(**_: object) -> list[Error]:
    """The database takes no name without a proof."""
    is_desk = settings.DESK and settings.DATABASE_LOGIN == "desk"
    if not is_desk or len(settings.ACTING_SECRET) >= SHORTEST_SECRET:
        return []
    return [
        Error(
            f"ACTING_SECRET is not set, or has fewer than {SHORTEST_SECRET} characters:"
            " it proves to the database who acts.",
            hint="Give the desk and manage.py migrate the same long random string:"
            " docs/operations.md, “Who acts”.",
            id="config.E005",
        )
    ]


def terms_are_stated(**_: object) -> list[Warning]:
    warnings = []
    for number, (name, hint) in enumerate(TERMS.items(), 1):
        if not getattr(settings, name):
            warning = Warning(
                f"{name} is not set.", hint=hint, id=f"config.W00{number}"
            )
            warnings.append(warning)
    return warnings


def own_codes_are_of_open_vocabularies(**_: object) -> list[Error]:
    """What the organisation's file adds would else be left out without a word."""
    from tracker.contract import vocabulary as vocabularies

    errors = []
    for name in settings.OWN.codes:
        if name in vocabularies.OPEN:
            continue
        problem = "there is no such vocabulary"
        if name in vocabularies.closed():
            problem = (
                "this vocabulary is closed: rules hang on its codes, such as what the"
                " status is and what is shown to whom"
            )
        error = Error(
            f"ORGANISATION_FILE: codes.{name}: {problem}.",
            hint=f"Open are {', '.join(sorted(vocabularies.OPEN))}:"
            " docs/organisation.md.",
            id="config.E007",
        )
        errors.append(error)
    return errors
