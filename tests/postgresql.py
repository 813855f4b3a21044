"""A real PostgreSQL for tests: a cluster of its own in a temporary folder, gone afterwards."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from typing import Any, Dict, Iterator

import psycopg2
import pytest

UNPRIVILEGED = "nobody"  # PostgreSQL refuses to run as root
SETTINGS = {"listen_addresses": "127.0.0.1", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
            "max_connections": "260", "shared_buffers": "32MB"}
PATIENCE_S = 60


def newest_binaries() -> pathlib.Path | None:
    """Folder of the newest PostgreSQL on this machine that has both initdb and postgres."""
    installed = [path.parent for path in pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    on_path = shutil.which("initdb")
    found = [*installed, *([pathlib.Path(on_path).parent] if on_path else [])]
    complete = [folder for folder in found if (folder / "postgres").exists()]
    return max(complete, key=lambda folder: [int(n) for n in folder.parts[-2].split(".") if n.isdigit()], default=None)


def _as_whom() -> Dict[str, Any]:
    return {"user": UNPRIVILEGED, "extra_groups": []} if os.geteuid() == 0 else {}


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _wait_until_ready(server: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            psycopg2.connect(url).close()
            return
        except psycopg2.OperationalError:
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the temporary PostgreSQL did not start") from None
            time.sleep(0.05)


@contextlib.contextmanager
def cluster(binaries: pathlib.Path) -> Iterator[str]:
    """Runs a cluster and gives the URL of its server, without a database's name."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weijing-postgresql-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, UNPRIVILEGED)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        common: Dict[str, Any] = {"cwd": folder, **quiet, **_as_whom()}
        subprocess.run([binaries / "initdb", "-D", folder / "data", "-U", "weijing", "-A", "trust", "-E", "UTF8",
                        "--locale=C", "--no-sync"], check=True, timeout=PATIENCE_S, **common)
        yield from _serve(binaries, folder, common)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve(binaries: pathlib.Path, folder: pathlib.Path, common: Dict[str, Any]) -> Iterator[str]:
    port = _free_port()
    options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
    server = subprocess.Popen([binaries / "postgres", "-D", folder / "data", "-k", folder, "-p", str(port), *options],
                              **common)
    try:
        url = f"postgresql://weijing@127.0.0.1:{port}"
        _wait_until_ready(server, f"{url}/postgres")
        yield url
    finally:
        server.send_signal(signal.SIGINT)  # "fast": does not wait for open connections
        server.wait(PATIENCE_S)


def run_outside_transaction(url: str, statement: str) -> None:
    """For CREATE DATABASE and DROP DATABASE."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        connection.cursor().execute(statement)
    finally:
        connection.close()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of a temporary server, one for each test process; skips, saying so, where PostgreSQL is not installed."""
    binaries = newest_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL binaries on this machine (apt install postgresql)")
    with cluster(binaries) as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_server: str) -> Iterator[str]:
    """URL of an empty database, dropped afterwards."""
    with new_database(postgresql_server) as url:
        yield url


@contextlib.contextmanager
def new_database(server: str, template: str = "template0") -> Iterator[str]:
    """A database of its own, copied from a template."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    run_outside_transaction(f"{server}/postgres", f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield f"{server}/{name}"
    finally:
        run_outside_transaction(f"{server}/postgres", f"DROP DATABASE {name} WITH (FORCE)")
