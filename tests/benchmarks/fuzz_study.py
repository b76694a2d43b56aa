"""Ten thousand odd configs, REST bodies and tables: an answer, or a narrow refusal that names key or table.

The cases are those of tests/faults/fuzzing.py, more of them; the first that is neither ends the study with
its traceback. Prints how many of each kind were answered (at least 30 %) and refused.

    python tests/benchmarks/fuzz_study.py [--configs 5000] [--bodies 4600] [--tables 400]
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "faults"))
import fuzzing


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--configs", type=int, default=5_000)
    parser.add_argument("--bodies", type=int, default=4_600)
    parser.add_argument("--tables", type=int, default=400)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        predictor = fuzzing.small_predictor(folder)
        kinds = {
            "bodies": (fuzzing.bodies, fuzzing.body_judge(predictor), options.bodies),
            "tables": (fuzzing.tables, fuzzing.table_judge(folder), options.tables),
            "configs": (fuzzing.configs, fuzzing.config_judge(folder), options.configs),
        }
        for name, (cases, judge, n) in kinds.items():
            start = time.monotonic()
            seen = fuzzing.fuzzed(cases, judge, n)
            seconds, share = time.monotonic() - start, seen["done"] / max(seen.total(), 1)
            sys.stdout.write(f"{name}: {dict(seen)}, {share:.0%} answered, {seconds:.0f} s\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
