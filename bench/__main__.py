"""Runs the benchmarks: `python -m bench`, or with `--quick` only to see that they run."""

import argparse
from pathlib import Path

from bench.credit_check import QUICK, WHOLE, run

FOLDER = Path("var/bench")

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small ledger and short runs: the figures mean nothing")
    run(QUICK if parser.parse_args().quick else WHOLE, FOLDER)
