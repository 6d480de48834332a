"""A PostgreSQL server of the tests' own, which listens on a socket in its folder only."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.studies.programs import program

USER = DATABASE = "postgres"
START_S = 60


@dataclass(frozen=True)
class Server:
    """Its one database is `emptied` for each test: a new one is a thousand files."""

    folder: Path

    def emptied(self) -> str:
        """The database's URL."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        return f"postgresql://{USER}@/{DATABASE}?host={self.folder}"

    @property
    def address(self) -> str:
        return f"host={self.folder} user={USER} dbname={DATABASE}"


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """PostgreSQL refuses to run for root: it runs for the user that Debian's package makes.

    Where it is not installed the test is skipped.
    """
    initdb, postgres = program("initdb"), program("postgres")
    folder = Path(tempfile.mkdtemp(prefix="senoscope-pg-"))
    run_as: list[str] = []
    try:
        if os.geteuid() == 0:
            account = pwd.getpwnam(USER)
            os.chown(folder, account.pw_uid, account.pw_gid)
            # Whatever becomes of the tests, the server does not outlive them.
            run_as = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
            run_as += ["--pdeathsig", "QUIT"]
        made = [*run_as, initdb, "--no-sync", "--auth=trust", f"--username={USER}"]
        made += ["--encoding=UTF8", "--no-locale", "-D", folder / "data"]
        subprocess.run(made, cwd=folder, check=True, capture_output=True, timeout=300)
        started = [*run_as, postgres, "-D", folder / "data", "-k", folder]
        started += ["-c", "listen_addresses=", "-c", "fsync=off"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(started, cwd=folder, stdout=log, stderr=log)
        try:
            server = Server(folder)
            _wait(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(60)
    finally:
        shutil.rmtree(folder)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + START_S
    while True:
        try:
            psycopg.connect(server.address).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > give_up:
                raise
            time.sleep(0.05)
        else:
            return
