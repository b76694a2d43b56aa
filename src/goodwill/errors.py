"""The errors goodwill raises on purpose, and the exit status each stands for.

::

    GoodwillError                    status
    ├── UsageError                        2   the call or the command line is wrong
    │   └── ConfigError                   2   the config file is wrong
    ├── DataError                         2   the data cannot be used as they are
    │   ├── SourceError                   2   a file or table cannot be read
    │   ├── TableError                    2   a table breaks its contract
    │   └── HistoryError                  2   the history cannot answer the question (as_of, horizon)
    │       └── UnfinishedError           2   the history cannot answer it yet: a window has not ended
    ├── FitError                          2   a model cannot be fitted to these data
    ├── ArtefactError                     2   a stored predictor is damaged, foreign or unknown
    └── OutsideError                      3   disk, database, server or lock; running again may succeed
"""

from datetime import date


class GoodwillError(Exception):
    """Any failure goodwill foresees; its message says what was expected, what arrived and what to do.

    Examples
    --------
    >>> TableError("orders.amount: 3 of 10 values are not numbers.").exit_status
    2
    """

    exit_status = 2

    def __reduce__(self) -> tuple[object, ...]:
        """Return how to make it again in another process: from what it says, not from its own arguments."""
        return _made_again, (type(self), self.args), vars(self)


class UsageError(GoodwillError):
    """A call or a command line that asks for something impossible."""


class ConfigError(UsageError):
    """A config file that cannot be understood."""


class DataError(GoodwillError):
    """Data that cannot be used as they are."""


class SourceError(DataError):
    """A file, a table or a connection that cannot be read."""


class TableError(DataError):
    """A table that breaks its contract: columns, types, keys or values."""


class HistoryError(DataError):
    """A history that cannot answer the question: no rows before `as_of`, a horizon it does not hold."""


class UnfinishedError(HistoryError):
    """A window that the history does not hold yet; `until` is the day from which it can be judged."""

    def __init__(self, message: str, until: date) -> None:
        super().__init__(message)
        self.until = until


class FitError(GoodwillError):
    """A model that cannot be fitted to these data, with the reason and the way out."""


class ArtefactError(GoodwillError):
    """A stored predictor that is damaged, tampered with, foreign or of an unknown format."""


class OutsideError(GoodwillError):
    """A failure outside goodwill: disk, database, tracking server, lock. Running again may succeed."""

    exit_status = 3


def _made_again(kind: type[GoodwillError], args: tuple[object, ...]) -> GoodwillError:
    return kind.__new__(kind, *args)
