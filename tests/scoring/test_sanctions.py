"""A clearance holds for one entry and one debtor as they were, and never clears what is a hit."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from scoring.facts import SanctionsFacts, SanctionsHit, SanctionsMatch
from scoring.prospect import judge_check
from scoring.sanctions import Clearance, subject_digest, waits, with_clearances
from tests.scoring.companies import POLICY, TODAY, company

SUBJECT = subject_digest("Dubbelganger B.V.", "NL", [("kvk", "NL", "90000012")])


def match(entity_id: str, hit: SanctionsHit = "possible", entry_digest: str = "as it was") -> SanctionsMatch:
    return SanctionsMatch(
        entity_id, "D. Eksport", Decimal("0.86"), hit, "Company", ("sanction",), ("eu_fsf",), TODAY, entry_digest
    )


def found(*matches: SanctionsMatch, hit: SanctionsHit = "possible", left_out: int | None = None) -> SanctionsFacts:
    return SanctionsFacts("opensanctions", TODAY, hit, matches, left_out)


def clearance(entity_id: str, entry_digest: str = "as it was", subject: str = SUBJECT) -> Clearance:
    return Clearance(entity_id, entry_digest, subject, "ann@example.com", date(2026, 2, 1))


def test_the_hit_is_none_once_every_match_is_cleared() -> None:
    both = found(match("a"), match("b"))
    assert with_clearances(both, [clearance("a")], SUBJECT).hit == "possible"
    done = with_clearances(both, [clearance("a"), clearance("b")], SUBJECT)
    assert done.hit == "none"
    assert [each.clearance.cleared_by for each in done.matches if each.clearance] == ["ann@example.com"] * 2


def test_a_clearance_ends_when_the_entry_or_the_debtor_changes() -> None:
    one = found(match("a"))
    assert with_clearances(one, [clearance("a", entry_digest="other")], SUBJECT) == one
    renamed = subject_digest("Dubbelganger Holding B.V.", "NL", [("kvk", "NL", "90000012")])
    renumbered = subject_digest("Dubbelganger B.V.", "NL", [("kvk", "NL", "90000013")])
    moved = subject_digest("Dubbelganger B.V.", "BE", [("kvk", "NL", "90000012")])
    for subject in (renamed, renumbered, moved):
        assert with_clearances(one, [clearance("a")], subject) == one


def test_a_full_match_is_never_cleared() -> None:
    full = found(match("a", "confirmed"), match("b"), hit="confirmed")
    done = with_clearances(full, [clearance("a"), clearance("b")], SUBJECT)
    assert done.hit == "confirmed"
    assert [each.clearance is not None for each in done.matches] == [False, True]
    assert not waits(found(match("a", "confirmed"), hit="confirmed"))


def test_matches_that_were_not_told_keep_it_possible() -> None:
    assert with_clearances(found(match("a"), left_out=3), [clearance("a")], SUBJECT).hit == "possible"


def test_a_possible_hit_without_its_entries_cannot_be_cleared() -> None:
    assert not waits(found())
    assert with_clearances(found(), [clearance("a")], SUBJECT).hit == "possible"


def test_a_judgement_tells_that_it_was_cleared() -> None:
    told = with_clearances(found(match("a")), [clearance("a")], SUBJECT)
    judged = judge_check(company(sanctions=told), POLICY)
    codes = {each.code: each for each in judged.reasons}
    assert "sanctions_possible" not in codes
    assert codes["sanctions_cleared"].params == {"matches_count": 1, "cleared_on": date(2026, 2, 1)}
    assert codes["sanctions_cleared"].effect == "none"
    plainly = judge_check(company(sanctions=replace(told, matches=())), POLICY)
    assert judged.outcome == plainly.outcome


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["possible", "confirmed"])), max_size=4),
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from(["as it was", "other"]), st.sampled_from([SUBJECT, "x"]))
    ),
    st.sampled_from([None, 2]),
)
def test_clearing_only_ever_takes_a_possible_hit_away(
    matches: list[tuple[str, SanctionsHit]], clearances: list[tuple[str, str, str]], left_out: int | None
) -> None:
    told = tuple(match(name, hit) for name, hit in matches)
    hits = {each.hit for each in told}
    worst: SanctionsHit = "confirmed" if "confirmed" in hits else "possible" if hits else "none"
    before = found(*told, hit=worst, left_out=left_out)
    after = with_clearances(before, [clearance(*each) for each in clearances], SUBJECT)
    assert after.hit == before.hit or (before.hit, after.hit) == ("possible", "none")
    if after.hit == "none" and before.hit != "none":
        assert all(each.clearance for each in after.matches)
        assert left_out is None
    assert [replace(each, clearance=None) for each in after.matches] == list(before.matches)
