"""Rules of value classes as data: which combinations of levels each class stands for, in what words."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import product
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.extensions import ExtensionArray
from pydantic import Field, model_validator

from goodwill.value.measures import Measure, Part

# The dimensions, in the order of the scores' columns.
DIMENSIONS = (
    "behaviour",
    "loyalty",
    "spending",
    "lifecycle",
    "holding",
    "tier",
    "matrix",
    "need",
    "relationship",
    "rfm",
)
NOT_COMPUTABLE = "not_computable"
Industry = Literal["retail", "bank", "subscription"]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class Text(Part):
    """What people read, in English and Chinese."""

    en: str
    zh: str

    def of(self, language: str) -> str:
        """Return the text in a language, English unless it is Chinese.

        Examples
        --------
        >>> Text(en="gold", zh="黄金").of("zh")
        '黄金'
        """
        return self.zh if language == "zh" else self.en


Condition = Mapping[str, str | tuple[str, ...]]


class ClassRule(Part):
    """A class: its name, what to do with its customers, and the levels that lead to it.

    Parameters
    ----------
    when : any of these conditions; each names the level, or levels, of some measures. A class without any
        takes what no other class claims.
    """

    name: Text
    strategy: Text
    when: tuple[Condition, ...] = ()


class Dimension(Part):
    """A way to class customers: every combination of levels belongs to exactly one class.

    Parameters
    ----------
    name : of the dimension. needs : tables or columns to add where it cannot be computed.
    measures : by name. classes : by code, in the order in which people read them.
    any_of : measures of which at least one must be there, however the others are filled.
    """

    name: Text
    needs: str
    measures: Annotated[dict[str, Measure], Field(min_length=1)]
    classes: Annotated[dict[Code, ClassRule], Field(min_length=1)]
    any_of: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _partitions(self) -> "Dimension":
        if NOT_COMPUTABLE in self.classes:
            msg = f"{NOT_COMPUTABLE} is no class of its own; choose another code"
            raise ValueError(msg)
        self._check_names()
        self.cells()
        return self

    def cells(self) -> dict[tuple[str, ...], str]:
        """Return the class of every combination of levels, the measures in order.

        Raises
        ------
        ValueError : two classes claim a combination, or none does.
        """
        rest = [code for code, rule in self.classes.items() if not rule.when]
        if len(rest) > 1:
            msg = f"classes {' and '.join(rest)} have no `when`; only one class can take the rest"
            raise ValueError(msg)
        return {cell: self._class_of(cell, rest) for cell in product(*self._levels())}

    @cached_property
    def table(self) -> npt.NDArray[np.int8]:
        """The class of every combination of levels, the last level of each measure being "unknown".

        An unknown measure takes its `missing` level. Without one the class is that which all its levels
        agree on, else not computable.
        """
        cells, order = self.cells(), [*self.classes, NOT_COMPUTABLE]
        found = []
        for combination in product(*map(_options, self.measures.values())):
            claims = {cells[cell] for cell in product(*combination)}
            found.append(order.index(claims.pop() if len(claims) == 1 else NOT_COMPUTABLE))
        return np.array(found, dtype=np.int8)

    @cached_property
    def codes(self) -> npt.NDArray[np.object_]:
        """The classes that `table` holds the places of: the last one stands for "not computable"."""
        return np.array([*self.classes, NOT_COMPUTABLE], dtype=object)

    @cached_property
    def texts(self) -> ExtensionArray:
        """`codes` in pandas' own type of text, of which many are taken without making each anew."""
        return pd.array(self.codes, dtype="str")

    def _levels(self) -> Iterator[tuple[str, ...]]:
        return (measure.levels for measure in self.measures.values())

    def _class_of(self, cell: tuple[str, ...], rest: list[str]) -> str:
        level = dict(zip(self.measures, cell, strict=True))
        claims = [
            code
            for code, rule in self.classes.items()
            if any(all(level[name] in _several(wanted) for name, wanted in c.items()) for c in rule.when)
        ]
        if len(claims or rest) != 1:
            where = ", ".join(f"{name} {found}" for name, found in level.items())
            problem = f"classes {' and '.join(claims)} overlap" if claims else "no class is given"
            msg = f"{problem} where {where}; mend the conditions under `when`"
            raise ValueError(msg)
        return (claims or rest)[0]

    def _check_names(self) -> None:
        unknown = [name for name in self.any_of if name not in self.measures]
        for code, rule in self.classes.items():
            for name, wanted in ((n, w) for condition in rule.when for n, w in condition.items()):
                levels = self.measures[name].levels if name in self.measures else ()
                unknown += [f"{code}: {name} {level}" for level in _several(wanted) if level not in levels]
        if unknown:
            known = ", ".join(f"{name} ({', '.join(m.levels)})" for name, m in self.measures.items())
            msg = f"{', '.join(unknown)}: no such measure or level; there are {known}"
            raise ValueError(msg)
        twice = [name for name, n in Counter(map(str, self.any_of)).items() if n > 1]
        if twice:
            msg = f"any_of names {', '.join(twice)} twice"
            raise ValueError(msg)


class Rules(Part):
    """The rules of every dimension, of one industry."""

    industry: Industry
    dimensions: dict[str, Dimension]


def _options(measure: Measure) -> list[tuple[str, ...]]:
    unknown = measure.levels if measure.missing is None else (measure.missing,)
    return [*((level,) for level in measure.levels), unknown]


def _several(wanted: str | tuple[str, ...]) -> tuple[str, ...]:
    return (wanted,) if isinstance(wanted, str) else wanted
