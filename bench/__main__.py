"""Runs the benchmarks: `python -m bench`, or with `--quick` only to see that they run; or one of them by its name.

`accuracy_tables`, `accuracy_ledgers` and `matching` are run only by their names, as they read files that are not part
of this project.
"""

import argparse
from pathlib import Path

from bench import (
    accuracy_ledgers,
    accuracy_tables,
    asking,
    credit_check,
    gate,
    judgement,
    ledger_import,
    matching,
    monitoring,
    portfolio,
    rescore,
    webhooks,
)

FOLDER = Path("var/bench")
BENCHMARKS = {
    "asking": asking,
    "credit_check": credit_check,
    "gate": gate,
    "judgement": judgement,
    "ledger_import": ledger_import,
    "monitoring": monitoring,
    "portfolio": portfolio,
    "rescore": rescore,
    "webhooks": webhooks,
}
ACCURACY = ("accuracy_tables", "accuracy_ledgers", "matching")

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", choices=(*BENCHMARKS, *ACCURACY), help="only this one")
    parser.add_argument("--quick", action="store_true", help="a small ledger and short runs: the figures mean nothing")
    parser.add_argument("--polish", type=Path, help="accuracy_tables: the 5th year of the Polish companies, as CSV")
    parser.add_argument("--spain", type=Path, help="accuracy_tables: the Spanish companies of 1998 to 2003, as CSV")
    parser.add_argument(
        "--ledger",
        nargs=2,
        type=Path,
        action="append",
        metavar=("FILE", "MAPPING"),
        help="accuracy_ledgers: may be repeated",
    )
    parser.add_argument("--data", type=Path, help="matching: the folder of labelled pairs and of other names")
    given = parser.parse_args()
    if given.name == "accuracy_tables":
        if not (given.polish and given.spain):
            parser.error("accuracy_tables needs --polish and --spain")
        accuracy_tables.run(given.polish, given.spain, FOLDER)
    if given.name == "accuracy_ledgers":
        if not given.ledger:
            parser.error("accuracy_ledgers needs --ledger FILE MAPPING")
        accuracy_ledgers.run(given.ledger, FOLDER)
    if given.name == "matching":
        if not given.data:
            parser.error("matching needs --data")
        matching.run(given.data, Path("docs/matching.md"))
    for name, benchmark in BENCHMARKS.items():
        if given.name in (None, name):
            benchmark.run(benchmark.QUICK if given.quick else benchmark.WHOLE, FOLDER)
