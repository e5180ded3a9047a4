"""The embedded services: on demand, shared, stopped by the last user, private, in any path."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from filing_portal.embedded.layout import SOCKET_PATH_BYTES, Layout
from filing_portal.embedded.programs import last_line
from filing_portal.embedded.services import Services

REPOSITORY = Path(__file__).resolve().parent.parent.parent
ASK = "from django.db import connection as c; k = c.cursor(); k.execute({sql!r}); print('said', k.fetchone())"


def manage(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PORTAL", "DJANGO", "DATAB"))
    }
    return subprocess.run(
        [sys.executable, str(REPOSITORY / "manage.py"), *arguments],
        env={**environment, "PORTAL_DATA": str(data), **more},
        capture_output=True,
        check=False,
        text=True,
        cwd="/",
    )


def ask(data: Path, sql: str) -> str:
    done = manage(data, "shell", "-v0", "-c", ASK.format(sql=sql))
    assert done.returncode == 0, done.stderr
    return done.stdout


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def private():
    """A folder of mode 0700. Not pytest's own, which each new run sets back to that mode."""
    with tempfile.TemporaryDirectory(prefix="portal-test-") as folder:
        yield Path(folder).resolve()


@pytest.fixture
def data(private):
    """A PORTAL_DATA with spaces and Chinese characters, deep below a private folder."""
    return private / "备案 门户 with spaces" / ("long" * 20) / "data"


# --- where things lie -----------------------------------------------------------------------------


def test_sockets_lie_with_the_data_where_the_path_is_short_and_plain():
    layout = Layout(Path("/srv/portal/var"))
    assert layout.sockets == Path("/srv/portal/var/sockets")


@pytest.mark.parametrize("folder", ["/srv/" + "long/" * 30, "/srv/with space", "/srv/备案", "/srv/quote'd"])
def test_sockets_of_a_long_or_unusual_path_go_to_a_short_folder_of_their_own(folder):
    layout = Layout(Path(folder))
    path = os.fsencode(layout.pg_sockets / ".s.PGSQL.5432.lock")
    assert len(path) <= SOCKET_PATH_BYTES
    assert path.isascii()
    assert b" " not in path
    assert layout.sockets != Layout(Path(folder + "x")).sockets


# --- running ----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_services_start_on_demand_and_stop_with_their_last_user(data):
    assert "PostgreSQL 18" in ask(data, "SELECT version()")
    services = Services(Layout(data.resolve()))
    assert services.running() == {"postgres": None, "valkey": None}
    assert not services.layout.sockets.exists()  # it lay in the temporary folder

    services.hold()
    try:
        both = services.running()
        assert all(both.values())
        assert "said (1,)" in ask(data, "SELECT 1")
        assert services.running() == both, "another user's end must not stop what we hold"
    finally:
        services.release()
    assert services.running() == {"postgres": None, "valkey": None}


@pytest.mark.slow
def test_data_stay_over_a_stop_and_over_a_killed_server(data):
    services = Services(Layout(data.resolve()))
    services.hold()
    try:
        ask(data, "CREATE TABLE kept AS SELECT 7 AS number; SELECT 1")
        os.kill(services.running()["postgres"], 9)
        os.kill(services.running()["valkey"], 9)
    finally:
        services.release()
    assert "said (7,)" in ask(data, "SELECT number FROM kept")


@pytest.mark.slow
def test_private_folders_stay_private(data):
    above = [folder for folder in data.parents if folder.exists()]
    before = {folder: mode(folder) & stat.S_IRWXO for folder in above}
    ask(data, "SELECT 1")
    for name in ("secrets", "files", "mail", "logs", "valkey", "postgres"):
        assert mode(data / name) == 0o700, name
    for name in ("secrets", "files", "mail", "logs", "valkey"):
        assert (data / name).stat().st_uid == os.geteuid(), name
    for secret in (data / "secrets").iterdir():
        assert mode(secret) == 0o600
    assert {folder: mode(folder) & stat.S_IRWXO for folder in above} == before, (
        "a folder was opened to everybody"
    )


@pytest.mark.slow
def test_two_folders_have_services_of_their_own(private):
    one, two = Services(Layout(private / "one")), Services(Layout(private / "two"))
    one.hold()
    two.hold()
    try:
        pids = [*one.running().values(), *two.running().values()]
        assert len(set(pids)) == 4
        assert None not in pids
    finally:
        one.release()
        two.release()


@pytest.mark.slow
def test_server_that_cannot_start_gives_a_sentence(data):
    ask(data, "SELECT 1")
    (data / "postgres" / "global" / "pg_control").unlink()
    done = manage(data, "shell", "-v0", "-c", ASK.format(sql="SELECT 1"))
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert "The embedded PostgreSQL does not start" in last
    assert "pg_control" in last


def test_database_that_does_not_answer_gives_a_sentence(tmp_path):
    done = manage(
        tmp_path,
        "migrate",
        DATABASE_URL="postgresql://nobody@127.0.0.1:9/none",
        REDIS_URL="redis://127.0.0.1:9",
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "The database does not answer" in done.stderr.strip().splitlines()[0]


def test_secrets_are_made_once(tmp_path):
    from filing_portal.embedded import secrets

    first = secrets.text(tmp_path / "secret"), secrets.key(tmp_path / "key")
    assert (secrets.text(tmp_path / "secret"), secrets.key(tmp_path / "key")) == first
    assert len(first[0]) >= 50
    assert len(bytes.fromhex(first[1])) == 32
    assert mode(tmp_path / "secret") == mode(tmp_path / "key") == 0o600


def test_cause_is_told_and_not_what_others_were_told_meanwhile():
    log = (
        'PANIC:  could not open file "global/pg_control": No such file or directory\n'
        "FATAL:  the database system is starting up\n"
        "LOG:  a line that tells nothing\n"
    )
    assert "pg_control" in last_line(log)
    assert last_line("FATAL:  the database system is starting up\n").startswith("FATAL")
