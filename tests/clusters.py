"""Servers of PostgreSQL of their own, as on other machines: for a relay and its replicas."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import psycopg

from config import embedded_server as server

SETTINGS = """
wal_level = logical
max_slot_wal_keep_size = '256MB'
fsync = off
shared_buffers = '16MB'
wal_retrieve_retry_interval = '200ms'
max_connections = 30
"""
# A replica reads by a login of its own; on another machine it would have a password.
ADMITTED = "local all tracker_replica trust\n"
DATABASE = "tracker"


class Cluster:
    def __init__(self, home: Path) -> None:
        home.mkdir(mode=0o755)
        self.home = home
        self.sockets = server.launch(home)
        with (home / "data" / "postgresql.conf").open("a") as file:
            file.write(SETTINGS)
        self._admit()
        self._pg_ctl("restart")
        with self.as_superuser("postgres") as database:
            database.execute("CREATE ROLE tracker_public LOGIN CONNECTION LIMIT 20")
            database.execute("CREATE ROLE tracker_partners LOGIN CONNECTION LIMIT 20")
            database.execute("CREATE ROLE tracker_replica LOGIN REPLICATION")
            database.execute(f"CREATE DATABASE {DATABASE}")

    def url(self, login: str = "postgres", database: str = DATABASE) -> str:
        host = str(self.sockets).replace("/", "%2F")
        return f"postgres://{login}@{host}:{server.PORT}/{database}"

    def as_superuser(self, database: str = DATABASE) -> psycopg.Connection[Any]:
        return psycopg.connect(self.url(database=database), autocommit=True)

    def ask(self, question: str, login: str = "postgres") -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url(login), autocommit=True) as database:
            return database.execute(question).fetchall()

    def kill(self) -> None:
        """At once, as when the power fails."""
        pid_file = self.home / "data" / "postmaster.pid"
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
        time.sleep(0.2)

    def start(self) -> None:
        self.sockets = server.launch(self.home)
        self._admit()
        self._pg_ctl("reload")

    def stop(self) -> None:
        self._pg_ctl("stop", "--mode=immediate")

    def files_with(self, words: str) -> list[str]:
        """Its files, log and all, in which these words stand."""
        sought, found = words.encode(), []
        for path in (self.home / "data").rglob("*"):
            if path.is_file() and sought in path.read_bytes():
                found.append(path.name)
        return found

    def _admit(self) -> None:
        hba = self.home / "data" / "pg_hba.conf"
        hba.write_text(ADMITTED + hba.read_text())

    def _pg_ctl(self, *arguments: str) -> None:
        data = self.home / "data"
        log = f"--log={data / 'server.log'}"
        ended = server.run(
            self.home, "pg_ctl", *arguments, f"--pgdata={data}", "--wait", log
        )
        assert ended.returncode == 0, ended.stdout
