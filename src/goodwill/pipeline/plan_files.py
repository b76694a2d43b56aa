"""The files of a plan: its tables, what they add up to, and lists, put in place together."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import pandas as pd

from goodwill.config import Config, expand_variables
from goodwill.decisions.audiences import write_audiences
from goodwill.drafts import remove
from goodwill.files import json_bytes, locked, replacing

_FACTS, _LISTS = "plan.json", "audiences"
_ASKED = ("next_best.parquet", _LISTS)


def keep_plan(
    config: Config, frames: Mapping[str, pd.DataFrame], facts: Mapping[str, object], customers: pd.DataFrame
) -> tuple[list[str], list[str]]:
    """Write a plan to the output folder, and return its files and what its lists hold.

    Nothing takes its place before all is written, so that a full disk leaves the plan that was there. What
    that one had and this one has not, such as lists nobody asks for any more, goes with it.

    Parameters
    ----------
    frames : tables by the names of their files. facts : what the plan adds up to.
    customers : whom lists are made of, a row each.
    """
    output, names = config.output_dir, [*(f"{name}.parquet" for name in frames), _FACTS]
    with locked(output):
        with ExitStack() as stack:
            for name, frame in zip(names, frames.values(), strict=False):
                draft = stack.enter_context(replacing(output / name))
                frame.to_parquet(draft, index=False, write_page_checksum=True)
            stack.enter_context(replacing(output / _FACTS)).write_bytes(json_bytes(facts, _FACTS))
            said = _listed(config, customers, stack)
        for former in {*_ASKED} - {*names, *([_LISTS] if said else [])}:
            remove(output / former)
    return [str(output / name) for name in names], said


def _listed(config: Config, customers: pd.DataFrame, stack: ExitStack) -> list[str]:
    """Write the lists asked for, all in one folder that replaces the former, and say how many."""
    if not config.audiences.by:
        return []
    folder = config.output_dir / _LISTS
    draft = stack.enter_context(replacing(folder))
    draft.mkdir()
    return [_list_by(config, customers, by, draft, folder) for by in config.audiences.by]


def _list_by(config: Config, customers: pd.DataFrame, by: str, draft: Path, folder: Path) -> str:
    wanted = config.audiences
    salt = expand_variables(wanted.salt, where="audiences.salt") if wanted.hashed else None
    counts = write_audiences(draft / by, customers, by, identifier=wanted.identifier, salt=salt)
    held = ", ".join(f"{value} {n:,}" for value, n in counts.items())
    return f"{folder / by}: {len(counts)} lists ({held})."
