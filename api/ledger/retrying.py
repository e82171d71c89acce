"""Does work in the database again when it met another writer: the loser starts once more."""

from collections.abc import Callable
from typing import TypeVar

import psycopg
from sqlalchemy.exc import DBAPIError

from api.problems import Conflict

ATTEMPTS = 5
# Two writers met: the loser of a deadlock, or of a race for a name that both wanted to add.
MET = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure, psycopg.errors.UniqueViolation)
Result = TypeVar("Result")


def retried(work: Callable[[], Result], forget: Callable[[], None] = lambda: None) -> Result:
    """Do work, again when it met another writer, or when a debtor was merged between reading and locking.

    `forget` is called before each new attempt, to let go of what was read in the last one.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return work()
        except DBAPIError as error:
            if attempt == ATTEMPTS or not isinstance(error.orig, MET):
                raise
        except Conflict:
            if attempt == ATTEMPTS:
                raise
        forget()
    raise AssertionError("the last attempt gives or raises")
