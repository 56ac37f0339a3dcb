"""Ends what reads for too long.

Readers' sessions have timeouts (config/settings.py), but a session may set its own
timeout away: whoever has taken such a login over could hold on to all its connections,
and to what a withdrawal must delete. The publisher is a member of the readers' roles, and
so may look at their sessions and end them, and nobody else's.
"""

from django.db import connection

TOO_LONG = 60.0  # seconds

_END = """
    SELECT count(pg_terminate_backend(pid))
    FROM pg_stat_activity JOIN pg_database USING (datname)
    WHERE datname = current_database() AND NOT pg_has_role(session_user, datdba, 'MEMBER')
    AND usename <> session_user AND pg_has_role(session_user, usesysid, 'MEMBER')
    AND xact_start < clock_timestamp() - make_interval(secs => %s)
"""


def end_long_reads(seconds: float = TOO_LONG) -> int:
    """How many sessions of readers were in one transaction for longer than that. By the
    owner's login, who is everybody, none is ended.
    """
    with connection.cursor() as cursor:
        cursor.execute(_END, [seconds])
        return int(cursor.fetchone()[0])
