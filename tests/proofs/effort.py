"""How long the proofs look: once in the test suite, for minutes and with other choices each time under `make prove`."""

import logging
import os
import time
from collections.abc import Iterator
from random import Random, SystemRandom

MINUTES = "CREDITGATE_PROVE_MINUTES"
PROOFS = 10  # So many share the minutes.
log = logging.getLogger(__name__)


def is_long() -> bool:
    """Whether somebody asked for more than the test suite does."""
    return float(os.environ.get(MINUTES, "0")) > 0


def rounds(first_seed: int = 1) -> Iterator[Random]:
    """Give the choices of each round: one round that is always the same, or new ones until the time is over.

    Each round tells its seed, so that a failing one can be run again as the first.
    """
    until = time.monotonic() + 60 * float(os.environ.get(MINUTES, "0")) / PROOFS
    seed = first_seed
    while True:
        log.warning("seed %s", seed)
        yield Random(seed)
        if time.monotonic() >= until:
            return
        seed = SystemRandom().randrange(10**9)
