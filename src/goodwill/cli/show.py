"""What a person sees: progress while a job runs, its tables and sentences when it is done."""

import json
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from goodwill.cli.layout import laid_out
from goodwill.config import Config
from goodwill.pipeline.outcome import Outcome, Sheet
from goodwill.wording import told

_NO = "The job is done, and the answer is no (exit status 1)."
# Columns whose single words are ours; in the others they may be names of the data, such as an offer's.
_OURS = {"", "check", "question", "verdict", "dimension", "theme", "policy", "why", "moved"}


class Screen:
    """The terminal of one command: progress goes to stderr, results to stdout.

    Parameters
    ----------
    quiet : print neither progress nor results.
    as_json : print the result as one JSON object on stdout and nothing else there; sentences go to stderr.
    """

    def __init__(self, *, quiet: bool, as_json: bool) -> None:
        self._quiet, self._as_json = quiet, as_json
        self._out = Console(highlight=False)
        self._side = Console(stderr=True, highlight=False)
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(compact=True),
            console=self._side,
            transient=True,
            disable=quiet or not self._side.is_terminal,
        )
        self._task: TaskID | None = None
        self._step, self._language = "", "en"

    def __enter__(self) -> Self:
        """Start the progress display."""
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Clear the progress display."""
        self._bars.stop()

    def speaking(self, config: Config) -> Config:
        """Return a config, and speak its language from here on."""
        self._language = config.language
        return config

    def progress(self, step: str, done: int | None = None, total: int | None = None) -> None:
        """Show a step of a job; in a pipe, one line when it begins."""
        if self._task is None or step != self._step:
            self._task = self._begun(step)
        self._bars.update(self._task, completed=done or 0, total=total)

    def _begun(self, step: str) -> TaskID:
        if self._task is not None:
            self._bars.remove_task(self._task)
        said = escape(told(step, self._language))
        if not self._quiet and not self._side.is_terminal:
            self._side.print(said, style="dim")
        self._step = step
        return self._bars.add_task(said, total=None)

    def show(self, outcome: Outcome) -> int:
        """Print a result and return the exit status it stands for."""
        self._bars.stop()
        if self._as_json:
            text = json.dumps(outcome.data, ensure_ascii=False, default=str)
            self._out.print(text, soft_wrap=True, markup=False)
        if not self._quiet:
            self._print(outcome)
        return int(outcome.is_no)

    def _print(self, outcome: Outcome) -> None:
        notes = [*outcome.notes, _NO] if outcome.is_no else outcome.notes
        if self._as_json:
            # Whoever runs a job by a program is to hear what may be wrong with it as well.
            self._say(notes, self._side)
            return
        for place, sheet in enumerate(outcome.sheets):
            if place:
                self._out.print()
            self._out.print(laid_out(in_words(sheet, self._language), self._out.width))
        if outcome.sheets and notes:
            self._out.print()
        self._say(notes, self._out)

    def _say(self, notes: Sequence[str], where: Console) -> None:
        for note in (told(note, self._language) for note in notes):
            where.print(escape(note), soft_wrap=self._is_set(note))

    def _is_set(self, note: str) -> bool:
        """Tell what keeps its lines: a config, all in a pipe, and a long path, which one may copy."""
        widest = max(map(cell_len, note.split()), default=0)
        return "\n" in note or not self._out.is_terminal or widest > self._out.width


def in_words(sheet: Sheet, language: str) -> Sheet:
    """Return a sheet as a reader of the language has it; codes and names from the data stay."""
    rows = [
        [
            told(cell, language) if head in _OURS or not cell.isidentifier() else cell
            for head, cell in zip(sheet.columns, row, strict=True)
        ]
        for row in sheet.rows
    ]
    return Sheet(told(sheet.title, language), [told(head, language) for head in sheet.columns], rows)
