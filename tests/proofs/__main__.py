"""Runs the proofs for as long as you like, with other choices each time: `python -m tests.proofs --minutes 30`."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tests.proofs.effort import MINUTES

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="of all proofs together, about")
    minutes = str(parser.parse_args().minutes)
    environment = {**os.environ, MINUTES: minutes, "CREDITGATE_HYPOTHESIS": "random"}
    command = [sys.executable, "-m", "pytest", "-q", "--show-capture=log", str(Path(__file__).parent)]
    sys.exit(subprocess.run(command, env=environment, check=False).returncode)
