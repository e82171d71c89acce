"""Where debtors are watched: a table of who stands how, and what is to be done then."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.monitoring.planning import ASK_AGAIN, wanted
from api.records.identities import OfficialNumber
from api.records.watches import STATES, Watch, Watchable

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = OfficialNumber("other", "NL", "1")
ABLE = (("creditsafe", "dnb"),)


def watch(provider, state="watched", age=timedelta(1)):
    return Watch(provider, state, NUMBER, NOW - age)


def debtor(*watches, followed=True, natural=False):
    return Watchable(UUID(int=1), "Company", "NL", natural, followed, (NUMBER,), watches)


CASES = {
    "not watched yet": (debtor(), {}, ("creditsafe",), ()),
    "watched": (debtor(watch("creditsafe")), {}, (), ()),
    "unknown at the first": (debtor(watch("creditsafe", "unknown")), {}, ("dnb",), ()),
    "unknown at both": (debtor(watch("creditsafe", "unknown"), watch("dnb", "unknown")), {}, (), ()),
    "unknown long ago": (debtor(watch("creditsafe", "unknown", ASK_AGAIN)), {}, ("creditsafe",), ()),
    "watched at the second": (debtor(watch("creditsafe", "unknown"), watch("dnb")), {}, (), ()),
    "watched at the second, the first is to be tried": (debtor(watch("dnb")), {}, ("creditsafe",), ()),
    "the first is down": (debtor(), {"left_alone": ["creditsafe"]}, (), ()),
    "the first is down, watched at the second": (debtor(watch("dnb")), {"left_alone": ["creditsafe"]}, (), ()),
    "watched at both": (debtor(watch("creditsafe"), watch("dnb")), {}, (), ("dnb",)),
    "watched before, and followed again": (debtor(watch("creditsafe", "ended")), {}, ("creditsafe",), ()),
    "not followed any more": (debtor(watch("creditsafe"), followed=False), {}, (), ("creditsafe",)),
    "never followed": (debtor(followed=False), {}, (), ()),
    "a natural person": (debtor(natural=True), {}, (), ()),
    "a natural person that was watched": (debtor(watch("creditsafe"), natural=True), {}, (), ("creditsafe",)),
    "who may be one": (debtor(natural=None), {}, (), ()),
    "one whom the policy has watched": (debtor(natural=True), {"natural_persons": True}, ("creditsafe",), ()),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_to_be_done(case):
    who, options, begin, end = CASES[case]
    to_do = wanted(who, ABLE, NOW, **{"natural_persons": False, **options})
    assert (to_do.begin, tuple(each.provider for each in to_do.end)) == (begin, end)


STANDS = st.dictionaries(st.sampled_from(["creditsafe", "dnb", "gone"]), st.sampled_from(STATES))


@given(STANDS, st.booleans(), st.sampled_from([True, False, None]), st.booleans())
def test_nobody_is_watched_who_must_not_be_and_all_that_is_done_once_is_enough(stands, followed, natural, allowed):
    who = debtor(*(watch(*each) for each in stands.items()), followed=followed, natural=natural)
    to_do = wanted(who, ABLE, NOW, natural_persons=allowed)
    if not followed or (natural is not False and not allowed):
        assert to_do.begin == ()
    state = {**stands, **dict.fromkeys(to_do.begin, "watched"), **{each.provider: "ended" for each in to_do.end}}
    for _ in range(2):  # What is kept until a better watch has begun, ends after it.
        then = debtor(*(watch(*each) for each in state.items()), followed=followed, natural=natural)
        to_do = wanted(then, ABLE, NOW, natural_persons=allowed)
        state |= {**dict.fromkeys(to_do.begin, "watched"), **{each.provider: "ended" for each in to_do.end}}
    again = wanted(
        debtor(*(watch(*each) for each in state.items()), followed=followed, natural=natural),
        ABLE,
        NOW,
        natural_persons=allowed,
    )
    assert again == type(again)((), ())
