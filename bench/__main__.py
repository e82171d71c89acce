"""Runs the benchmarks: `python -m bench`, or with `--quick` only to see that they run."""

import argparse
from pathlib import Path

from bench import credit_check, portfolio

FOLDER = Path("var/bench")

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small ledger and short runs: the figures mean nothing")
    quick = parser.parse_args().quick
    credit_check.run(credit_check.QUICK if quick else credit_check.WHOLE, FOLDER)
    portfolio.run(portfolio.QUICK if quick else portfolio.WHOLE, FOLDER)
