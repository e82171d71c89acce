"""Data blocks to be changed by the tests that use them: those of the demonstration company, put together."""

from copy import deepcopy
from typing import Any

from tests.providers.wires import payload

COMPANY = payload("dnb/blocks-CI_L2_FS_L2_PI_L1-NL.json")
EVENTS = payload("dnb/blocks-FE_L1-NL.json")


def blocks(**parts: Any) -> dict[str, Any]:
    """All blocks that are ordered, with nothing negative in them; `parts` replace parts of the organization."""
    document: dict[str, Any] = deepcopy(COMPANY)
    document["organization"] |= {"legalEvents": deepcopy(EVENTS["organization"]["legalEvents"]), **parts}
    document["blockStatus"].append({"blockID": "eventfilings_L1_v1", "status": "ok", "reason": None})
    return document


def events(**flags: Any) -> dict[str, Any]:
    """All blocks, with these legal events."""
    return blocks(legalEvents={**EVENTS["organization"]["legalEvents"], **flags})


def assessed(**parts: Any) -> dict[str, Any]:
    """All blocks, with these parts of the assessment."""
    return blocks(dnbAssessment={**COMPANY["organization"]["dnbAssessment"], **parts})
