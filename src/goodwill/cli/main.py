"""Entry point: run a command, turn every failure into one clear message and an exit status."""

import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import typer

from goodwill.cli.commands import app
from goodwill.errors import GoodwillError
from goodwill.wording import of_one

_BUG, _INTERRUPTED, _OUTSIDE = 70, 130, 3
_STOPPED = "interrupted; nothing half-written was kept."


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit.

    Exit status: 0 done; 1 done, and the answer is no; 2 usage, config or unreadable data; 3 an outside
    failure; 70 a bug of goodwill; 130 interrupted, by Ctrl-C or by a request to terminate.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_status_of(words, debug="--debug" in words))


def _status_of(words: list[str], *, debug: bool) -> int:
    interruption = _Interruption()
    try:
        with _listening(interruption):
            status = typer.main.get_command(app).main(words, prog_name="goodwill", standalone_mode=False)
    except SystemExit:
        # Typer and Rich leave with 1 when a pipe closes, which here would mean: the answer is no.
        return _failed("the reader of the output closed it before the end.", _OUTSIDE)
    except Exception as error:  # noqa: BLE001 - the one broad catch: whatever is not foreseen is our bug and says so
        if debug:
            traceback.print_exc()
        return _failed(*_explained(error, interruption))
    if status == _INTERRUPTED:
        return _failed(_STOPPED, _INTERRUPTED)
    return status if isinstance(status, int) else 0


class _Interruption:
    """A request to stop, kept in mind: an engine may turn the KeyboardInterrupt into an error of its own."""

    was_asked_for = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Stop what is running, as Ctrl-C does."""
        self.was_asked_for = True
        raise KeyboardInterrupt


@contextmanager
def _listening(interruption: _Interruption) -> Iterator[None]:
    """Let Ctrl-C and a request to terminate (of a scheduler, of a container's end) stop the job in order."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asking = (signal.SIGINT, signal.SIGTERM)
    former = [signal.signal(number, interruption) for number in asking]
    try:
        yield
    finally:
        for number, handler in zip(asking, former, strict=True):
            signal.signal(number, handler)


def _explained(error: Exception, interruption: _Interruption) -> tuple[str, int]:
    if interruption.was_asked_for or isinstance(error, typer.Abort):
        return _STOPPED, _INTERRUPTED
    if isinstance(error, GoodwillError):
        return of_one(str(error)), error.exit_status
    if isinstance(error, typer.TyperException):
        return f"{error.format_message().rstrip('.')}. See goodwill --help.", error.exit_code
    if isinstance(error, OSError):
        return f"the system refused: {error.strerror or error}. Check disk, rights and paths.", _OUTSIDE
    return f"a bug in goodwill: {type(error).__name__}. Run with --debug and report what it shows.", _BUG


def _failed(message: str, status: int) -> int:
    typer.secho("Error: ", fg="red", bold=True, nl=False, err=True)
    typer.echo(message, err=True)
    return status
