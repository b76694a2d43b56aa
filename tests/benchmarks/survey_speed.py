"""A million respondents and 30 items within a minute and 4 GiB: `python tests/benchmarks/survey_speed.py`.

24 items rated as perceptions in six dimensions, two outcomes, two Kano features from both sides, weights, two
waves and a group; every part of `survey_report` that they allow is computed.
"""

import argparse
import resource
import time

import numpy as np
import pandas as pd

from goodwill.config.surveys import SurveysSection
from goodwill.perceived.intake import Item, read_wide
from goodwill.pipeline.survey_report import survey_report

DIMENSIONS = ("functional", "quality", "service", "emotional", "price", "time")
ANSWERS = ("like", "must_be", "neutral", "live_with", "dislike")


def export(n: int, seed: int = 0) -> tuple[pd.DataFrame, list[Item]]:
    """Return a wide table of answers as a survey tool exports it, and its item list."""
    rng = np.random.default_rng(seed)
    mood = rng.standard_normal(n)
    columns: dict[str, object] = {}
    asked = []
    for place in range(24):
        felt = np.clip(np.rint(4.5 + mood + rng.standard_normal(n)), 1, 7)
        columns[f"q{place}"] = np.where(rng.random(n) < 0.03, np.nan, felt)
        asked.append(
            Item(f"q{place}", DIMENSIONS[place % 6], scale=(1, 7), columns={"perception": f"q{place}"})
        )
    columns["nps"] = np.clip(np.rint(7 + 2 * mood), 0, 10)
    columns["happy"] = np.clip(np.rint(3.5 + mood), 1, 5)
    asked += [
        Item("nps", measure="nps", scale=(0, 10), columns={"score": "nps"}),
        Item("happy", measure="csat", scale=(1, 5), columns={"score": "happy"}),
    ]
    for place in range(2):
        sides = {"functional": f"k{place}f", "dysfunctional": f"k{place}d"}
        columns |= {name: np.array(ANSWERS)[rng.integers(5, size=n)] for name in sides.values()}
        asked.append(Item(f"k{place}", columns=sides))
    columns |= {"weight": rng.uniform(0.5, 2, n), "wave": np.where(np.arange(n) < n // 2, "2024-1", "2024-2")}
    columns["group"] = np.array(["a", "b", "c"])[rng.integers(3, size=n)]
    return pd.DataFrame(columns), asked


def main() -> None:
    """Print what reading and reporting took, and the most memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--respondents", type=int, default=1_000_000)
    n = parser.parse_args().respondents
    frame, asked = export(n)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    start = time.perf_counter()
    survey = read_wide(frame, asked, groups=["group"])
    read = time.perf_counter()
    report = survey_report(survey, SurveysSection(), seed=0)
    done = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    _say(f"{n:,} respondents, {survey.quality.n_answers:,} answers: {', '.join(report.frames)}")
    _say(f"not computed: {report.missing}")
    _say(f"read {read - start:.1f} s, report {done - read:.1f} s, all {done - start:.1f} s")
    _say(f"most memory {peak:.2f} GiB ({before:.2f} GiB of it the table before reading)")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a script's answer


if __name__ == "__main__":
    main()
