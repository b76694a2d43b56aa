"""A throw-away PostgreSQL server from Debian's packages; without them its tests are skipped with a reason."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

OWNER = "postgres"  # the server refuses to run as root; Debian's package makes this user


def programs() -> Path | None:
    """Return the folder of the server's programs, installed where root may; None where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        command = ["apt-get", "install", "--yes", "--quiet", "postgresql"]
        subprocess.run(command, check=False, capture_output=True, timeout=180)
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="package")
def postgres() -> Iterator[str]:
    """Yield the address of a running server."""
    pytest.importorskip("psycopg", reason="the extra goodwill[postgres] is not installed")
    place = programs()
    if place is None:
        pytest.skip("PostgreSQL's server is not installed and cannot be (apt-get install postgresql)")
    user = {"user": OWNER} if os.geteuid() == 0 else {}
    folder, port = Path(tempfile.mkdtemp(prefix="goodwill-pg-")), free_port()
    if user:
        shutil.chown(folder, OWNER)
    data, options = str(folder / "data"), f"-p {port} -k {folder} -c fsync=off -c listen_addresses=127.0.0.1"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **user}
    subprocess.run([place / "initdb", "-D", data, "-A", "trust", "-U", "shop"], check=True, **quiet)
    subprocess.run([place / "pg_ctl", "-D", data, "-w", "-o", options, "start"], check=True, **quiet)
    yield f"postgres://shop@127.0.0.1:{port}/postgres"
    subprocess.run([place / "pg_ctl", "-D", data, "-m", "immediate", "stop"], check=True, **quiet)
    shutil.rmtree(folder, ignore_errors=True)
