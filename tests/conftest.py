"""What all tests share."""

import os
import select
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

OWNER = "postgres"  # the server refuses to run as root; Debian's package makes this user
# Files of minutes, by the length of their longest test.
LONG = ("test_executors.py", "test_readme.py", "test_notebooks.py")

if "PYTEST_XDIST_WORKER" in os.environ:
    # Workers side by side keep all processors busy: threads of one would wait for those of another.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run long files first: workers that came to them last would end minutes apart."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Folder of the public tables; skips where they are not at hand."""
    if "GOODWILL_DATA" not in os.environ:
        pytest.skip("GOODWILL_DATA is not set: it names the folder with cdnow/, btyd_donations/ and the rest")
    return Path(os.environ["GOODWILL_DATA"])


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(frozen=True)
class Postgres:
    """A throw-away PostgreSQL server, which can be killed and started again."""

    programs: Path
    folder: Path
    port: int

    @property
    def address(self) -> str:
        return f"postgres://shop@127.0.0.1:{self.port}/postgres"

    def create(self) -> None:
        self._call("initdb", "-A", "trust", "-U", "shop", "--no-sync")

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c fsync=off -c listen_addresses=127.0.0.1"
        self._call("pg_ctl", "-w", "-o", options, "start")

    def stop(self) -> None:
        self._call("pg_ctl", "-m", "immediate", "stop")

    def kill(self) -> None:
        """End the server and its sessions as kill -9 does."""
        first = int((self.folder / "data/postmaster.pid").read_text().split()[0])
        sessions = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        with ExitStack() as stack:
            for process in (first, *map(int, sessions)):
                with suppress(ProcessLookupError):
                    handle = os.pidfd_open(process)
                    stack.callback(os.close, handle)
                    # Its memory is free for the next start when it has ended.
                    stack.callback(select.select, [handle], [], [], 10)
                    os.kill(process, signal.SIGKILL)
        # Where nobody buries the dead, as in some containers, these would pass for a living server's.
        for lock in ("data/postmaster.pid", f".s.PGSQL.{self.port}.lock"):
            (self.folder / lock).unlink(missing_ok=True)

    def revive(self) -> None:
        """Start the server again if it was killed."""
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
        except ConnectionRefusedError:
            self.start()

    def _call(self, program: str, *words: str) -> None:
        user = {"user": OWNER} if os.geteuid() == 0 else {}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": self.folder, **user}
        command = [str(self.programs / program), "-D", str(self.folder / "data"), *words]
        subprocess.run(command, check=True, **quiet)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """Yield a running server from Debian's packages; without them its tests are skipped with a reason."""
    pytest.importorskip("psycopg", reason="the extra goodwill[postgres] is not installed")
    place = _programs()
    if place is None:
        pytest.skip("PostgreSQL's server is not installed and cannot be (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="goodwill-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, OWNER)
    server = Postgres(place, folder, free_port())
    server.create()
    server.start()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path | None:
    """Return the folder of the server's programs, installed where root may; None where there are none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        command = ["apt-get", "install", "--yes", "--quiet", "postgresql"]
        subprocess.run(command, check=False, capture_output=True, timeout=180)
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None
