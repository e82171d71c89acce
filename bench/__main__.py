"""Runs the benchmarks: `python -m bench`, or with `--quick` only to see that they run; or one of them by its name.

`accuracy_tables` is run only by its name, as it reads files that are not part of this project.
"""

import argparse
from pathlib import Path

from bench import accuracy_tables, credit_check, ledger_import, portfolio

FOLDER = Path("var/bench")
BENCHMARKS = {"credit_check": credit_check, "ledger_import": ledger_import, "portfolio": portfolio}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", choices=(*BENCHMARKS, "accuracy_tables"), help="only this one")
    parser.add_argument("--quick", action="store_true", help="a small ledger and short runs: the figures mean nothing")
    parser.add_argument("--polish", type=Path, help="accuracy_tables: the 5th year of the Polish companies, as CSV")
    parser.add_argument("--spain", type=Path, help="accuracy_tables: the Spanish companies of 1998 to 2003, as CSV")
    given = parser.parse_args()
    if given.name == "accuracy_tables":
        if not (given.polish and given.spain):
            parser.error("accuracy_tables needs --polish and --spain")
        accuracy_tables.run(given.polish, given.spain, FOLDER)
    for name, benchmark in BENCHMARKS.items():
        if given.name in (None, name):
            benchmark.run(benchmark.QUICK if given.quick else benchmark.WHOLE, FOLDER)
