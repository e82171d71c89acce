"""Runs the benchmarks: `python -m bench`, or with `--quick` only to see that they run; or one of them by its name."""

import argparse
from pathlib import Path

from bench import credit_check, judgement, ledger_import, portfolio, rescore

FOLDER = Path("var/bench")
BENCHMARKS = {
    "credit_check": credit_check,
    "judgement": judgement,
    "ledger_import": ledger_import,
    "portfolio": portfolio,
    "rescore": rescore,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name", nargs="?", choices=BENCHMARKS, help="only this one")
    parser.add_argument("--quick", action="store_true", help="a small ledger and short runs: the figures mean nothing")
    given = parser.parse_args()
    for name, benchmark in BENCHMARKS.items():
        if given.name in (None, name):
            benchmark.run(benchmark.QUICK if given.quick else benchmark.WHOLE, FOLDER)
