"""Whether the effects of a campaign can be believed: lot, likeness of groups, and hidden causes."""

from collections.abc import Sequence

import pandas as pd

from goodwill.decisions.overlap import WORST_DIFFERENCE
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Json
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words
from goodwill.wording import told

_TESTED: dict[str, Kind] = {"test": "text", "found": "measure", "p_value": "p_value", "verdict": "text"}
_TABLES: dict[str, dict[str, Kind]] = {
    "checks": _TESTED,
    "placebo": _TESTED,
    "overlap": {
        "arm": "text",
        "n_kept": "count",
        "customers": "count",
        "covariate": "text",
        "difference_before": "number",
        "difference_after": "number",
        "verdict": "text",
    },
    "sensitivity": {
        "arm": "text",
        "outcome": "text",
        "robustness": "share",
        "robustness_limit": "share",
        "strongest": "text",
        "strongest_treatment": "share",
        "strongest_outcome": "share",
        "e_value": "number",
        "e_value_limit": "number",
    },
}


def exhibits(campaign: str, facts: Json, place: int, words: Words) -> Sequence[Exhibit]:
    """Return the tests of a design, how alike the groups are, and what could explain the effects."""
    made = []
    for part, kinds in _TABLES.items():
        found = [_row(part, one, words) for one in facts.get(part, [])]
        table = pd.DataFrame(found, columns=list(kinds))
        title, how = words(f"decisions.{part}", campaign=campaign), words(f"decisions.{part}_how")
        if found:
            made.append(Exhibit(f"decisions-{part}-{place}", title, how, table_of(table, kinds, words)))
    return made


def _row(part: str, one: Json, words: Words) -> Json:
    if part == "sensitivity":
        return {**one, "outcome": words.known_code("outcomes", one["outcome"])}
    if part == "overlap":
        verdict = "balanced" if one["difference_after"] <= WORST_DIFFERENCE else "unbalanced"
        return {**one, "customers": one["n"], "verdict": told(verdict, words.language)}
    passed, failed = ("as by lot", "not by lot") if part == "checks" else ("alike", "differed already")
    verdict = told(passed if one["is_passed"] else failed, words.language)
    return {**one, "test": told(one["name"], words.language), "found": one["value"], "verdict": verdict}
