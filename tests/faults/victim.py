"""Run a job and die in the middle of it, as if by kill -9: `victim.py JOB CONFIG MOMENT`.

MOMENT is a step as the job tells it, or `file N`: the N-th time a file written whole is about to appear.
"""

import os
import signal
import sys

from goodwill.config import read_config
from goodwill.features import windows
from goodwill.modeling import boosting
from goodwill.pipeline.score import Request, score_customers
from goodwill.pipeline.train import train_models


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(job: str, config: str, moment: str) -> None:
    windows.MAX_DATES, boosting.TREES = 2, 10
    n_left = [int(moment.removeprefix("file ")) if moment.startswith("file ") else 0]
    flush = os.fsync

    def counted(handle: int) -> None:
        n_left[0] -= 1
        if n_left[0] == 0:
            die()
        flush(handle)

    def watched(step: str, done: int | None = None, total: int | None = None) -> None:  # noqa: ARG001 - a job's progress
        if step == moment:
            die()

    os.fsync = counted
    if job == "train":
        train_models(read_config(config), progress=watched)
    else:
        score_customers(read_config(config), Request(), progress=watched)


if __name__ == "__main__":
    main(*sys.argv[1:])
