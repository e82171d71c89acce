"""How many examples a costly property tries: few in each run of the tests, many where somebody looks for new ones."""

import os


def examples(few: int, many: int) -> int:
    """Give `many` under `CREDITGATE_HYPOTHESIS=random`, and `few` otherwise: each of them writes to the database."""
    return many if os.environ.get("CREDITGATE_HYPOTHESIS") == "random" else few
