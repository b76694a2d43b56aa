"""The order of the story: worth, classes, segments, movement, quality, reasons, what to do, and how sure."""

from collections.abc import Callable, Sequence

from goodwill.report.chapters import (
    categories,
    classes,
    cohorts,
    decisions,
    drivers,
    groups,
    movement,
    people,
    perceived,
    quality,
    segments,
    sellers,
    source,
    trust,
    worth,
)
from goodwill.report.exhibit import Chapter, Exhibit
from goodwill.report.material import Material
from goodwill.report.words import Words

Teller = Callable[[Material, Words], Sequence[Exhibit]]


def _classes(material: Material, words: Words) -> Sequence[Exhibit]:
    tellers = (classes.exhibits, sellers.exhibits, categories.exhibits)
    return [exhibit for tell in tellers for exhibit in tell(material, words)]


_CHAPTERS: tuple[tuple[str, Teller], ...] = (
    ("worth", worth.exhibits),
    ("classes", _classes),
    ("segments", segments.exhibits),
    ("movement", movement.exhibits),
    ("cohorts", cohorts.exhibits),
    ("groups", groups.exhibits),
    ("quality", quality.exhibits),
    ("drivers", drivers.exhibits),
    ("perceived", perceived.exhibits),
    ("decisions", decisions.exhibits),
    ("people", people.exhibits),
    ("trust", trust.exhibits),
    ("source", source.exhibits),
)


def chapters_of(material: Material, words: Words) -> list[Chapter]:
    """Return the chapters that have something to tell, and those whose absence a reader should know of."""
    told = [(key, tuple(tell(material, words))) for key, tell in _CHAPTERS]
    return [
        Chapter(key, words(f"{key}.title"), exhibits, "" if exhibits else words(f"{key}.missing"))
        for key, exhibits in told
        if exhibits or (material.has_customers and words.has(f"{key}.missing"))
    ]
