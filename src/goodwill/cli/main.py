"""Entry point: run a command, turn every failure into one clear message and an exit status."""

import sys
import traceback
from collections.abc import Sequence

import typer

from goodwill.cli.commands import app
from goodwill.errors import GoodwillError

_BUG, _INTERRUPTED, _OUTSIDE = 70, 130, 3


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit.

    Exit status: 0 done; 1 done, and the answer is no; 2 usage, config or unreadable data; 3 an outside
    failure; 70 a bug of goodwill; 130 interrupted.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(_status_of(words, debug="--debug" in words))


def _status_of(words: list[str], *, debug: bool) -> int:
    try:
        status = typer.main.get_command(app).main(words, prog_name="goodwill", standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        return _failed("interrupted; nothing half-written was kept.", _INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the one broad catch: whatever is not foreseen is our bug and says so
        if debug:
            traceback.print_exc()
        return _failed(*_explained(error))
    return status if isinstance(status, int) else 0


def _explained(error: Exception) -> tuple[str, int]:
    if isinstance(error, GoodwillError):
        return str(error), error.exit_status
    if isinstance(error, typer.TyperException):
        return f"{error.format_message()} See goodwill --help.", error.exit_code
    if isinstance(error, OSError):
        return f"the system refused: {error.strerror or error}. Check disk, rights and paths.", _OUTSIDE
    return f"a bug in goodwill: {type(error).__name__}. Run with --debug and report what it shows.", _BUG


def _failed(message: str, status: int) -> int:
    typer.secho("Error: ", fg="red", bold=True, nl=False, err=True)
    typer.echo(message, err=True)
    return status
