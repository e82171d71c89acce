"""`creditgate calibrate ledger`: a policy fitted to a seller's ledger, by nothing but what was known by the cut-off."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner, Result

from api.cli import main
from api.clock import Clock
from api.policies.calibration.ledger_cases import COLUMNS, Asked, gather
from api.policies.calibration.ledger_outcomes import Event
from api.policies.calibration.ledger_run import calibrate_ledger
from api.policies.calibration.trying import folds_of
from api.records import policies
from api.records.sellers import Seller
from api.records.sessions import Sessions
from scoring.canonical import digest
from scoring.figures import FIGURES
from scoring.policy.document import parse_policy, shipped
from tests.api.policies.calibration.habits import learn
from tests.api.policies.poisoned import poison
from tests.bench.made_ledgers import habitual_ledgers
from tests.records.random_ledgers import Learner

UNTIL = date(2023, 11, 1)
LATE_DAYS = 15
FILES = ("policy.yaml", "sheet.json", "sheet.html")
Called = Callable[..., Result]


@pytest.fixture(scope="module")
def learnt(sessions: Sessions, new_seller: Callable[..., Seller]) -> tuple[Seller, Learner]:
    """A seller of sixty debtors, every sixth of them a natural person; others only read what is his."""
    seller = new_seller()
    return seller, learn(sessions, seller, habitual_ledgers(), ("bv", "bv", "nv", "bv", "bv", "eenmanszaak"))


@pytest.fixture
def seller(learnt: tuple[Seller, Learner]) -> Seller:
    return learnt[0]


@pytest.fixture
def called(database_urls: tuple[str, str], tmp_path: Path) -> Called:
    def run(seller: Seller, *arguments: str, until: str = UNTIL.isoformat(), out: Path = tmp_path) -> Result:
        settings = {"CREDITGATE_DATABASE_URL": database_urls[1], "CREDITGATE_OWNER_DATABASE_URL": None}
        asked = ["calibrate", "ledger", "--seller", seller.name, "--until", until, "--out", str(out), *arguments]
        return CliRunner().invoke(main, asked, env=settings)

    return run


def versions_of(sessions: Sessions, seller: Seller) -> list[tuple[int, str]]:
    with sessions.of(seller.id) as session:
        return [(each.version, each.state) for each in session.scalars(policies.listing())]


def test_the_policy_can_be_used_and_leaves_persons_to_what_people_chose(
    called: Called, seller: Seller, sessions: Sessions, tmp_path: Path
) -> None:
    before = versions_of(sessions, seller)
    result = called(seller)
    assert result.exit_code == 0, result.output
    assert versions_of(sessions, seller) == before
    document = yaml.safe_load((tmp_path / "policy.yaml").read_text("utf-8"))
    base = shipped()["default"]
    card = document["scorecards"].pop("behaviour")
    assert document["scorecards"].pop("behaviour_of_persons") == base["scorecards"]["behaviour"]
    others = {name: each for name, each in base["scorecards"].items() if name != "behaviour"}
    assert document == {**base, "scorecards": others}
    assert card["trained"] is True
    assert {each["figure"] for each in card["characteristics"]} <= set(COLUMNS)
    checked = CliRunner().invoke(main, ["policy", "check", str(tmp_path / "policy.yaml")])
    assert checked.exit_code == 0, checked.output
    assert "can be used" in checked.output


def test_the_sheet_says_of_what_and_how_good_beside_the_policys_own(
    called: Called, seller: Seller, tmp_path: Path
) -> None:
    result = called(seller)
    sheet = json.loads((tmp_path / "sheet.json").read_text("utf-8"))
    ledger, later = sheet["ledger"], sheet["later"]
    assert sheet["source"] == f"ledger of {seller.name}"
    assert (ledger["until"], ledger["late_days"], ledger["policy_version"]) == ("2023-11-01", LATE_DAYS, 1)
    assert ledger["last_looked_at"] < ledger["until"]
    assert ledger["debtors"] == 50
    assert sheet["cases"]["bad"] > 100
    assert later["fitted_to"]["cases"] + later["cases"] < sheet["cases"]["count"]
    assert later["difference"] == pytest.approx(later["fitted"]["auc"] - later["own"]["auc"], abs=2e-6)
    assert later["difference_low"] < later["difference"] < later["difference_high"]
    assert later["own"]["auc"] > 0.75
    page = (tmp_path / "sheet.html").read_text("utf-8")
    for expected in ("Beside the card of policy version 1", "2023-11-01", ledger["level"], "natural persons"):
        assert expected in page
    assert f"AUC {later['own']['auc']:.4f}" in result.output
    assert (f"warning: {later['verdict']}" in result.output) == (later["verdict"] is not None)


@pytest.mark.parametrize("rate", [None, 0.02])
def test_the_level_is_that_of_the_policy_or_the_rate_given(
    called: Called, seller: Seller, sessions: Sessions, tmp_path: Path, rate: float | None
) -> None:
    """By the written policy itself, as it judges; points are in hundredths, so that the level is off by as little."""
    assert called(seller, *([] if rate is None else ["--default-rate", str(rate)])).exit_code == 0
    asked = Asked(None, UNTIL, Event("invoice", LATE_DAYS))
    base = parse_policy(shipped()["default"])
    fitted = parse_policy(yaml.safe_load((tmp_path / "policy.yaml").read_text("utf-8")))
    with sessions.snapshot_of(seller.id) as session:
        own, given = (gather(session, seller.time_zone, each, asked) for each in (base, fitted))
    assert given.pds.mean() == pytest.approx(rate or own.pds.mean(), rel=0.002)
    result = calibrate_ledger(sessions, seller, asked, version=1, default_rate=rate, today=Clock().today(seller))
    assert np.allclose(given.pds, result.evidence.fitted.probabilities_of(own.cases), rtol=0.005)
    assert np.corrcoef(given.pds, own.pds)[0, 1] < 0.999  # It is another card.


def test_no_debtor_stands_on_both_sides_of_a_fold_and_nobody_is_a_person(seller: Seller, sessions: Sessions) -> None:
    asked = Asked(None, UNTIL, Event("invoice", LATE_DAYS))
    with sessions.snapshot_of(seller.id) as session:
        cases = gather(session, seller.time_zone, parse_policy(shipped()["default"]), asked).cases
    assert cases.groups is not None
    for fitting, trying in folds_of(cases, 5, 0):
        assert not {cases.groups[place] for place in fitting} & {cases.groups[place] for place in trying}
    assert len(set(cases.groups)) == 50
    assert any("natural persons" in note for note in cases.notes)
    assert cases.worse == tuple(FIGURES[name].worse for name in COLUMNS)


@pytest.mark.parametrize("target", ["invoice", "any_90_days"])
def test_nothing_that_happens_from_the_cut_off_on_is_looked_at(
    called: Called, sessions: Sessions, new_seller: Callable[..., Seller], tmp_path: Path, target: str
) -> None:
    """New bills and debtors, all that is open paid, all that was paid taken back: the files stay the same."""
    seller = new_seller()
    ledgers = habitual_ledgers(debtors_count=30, seed=3)
    learner = learn(sessions, seller, ledgers, ("bv",))
    (before, after), (day_later, after_day_later) = (
        [tmp_path / day / name for name in ("before", "after")] for day in ("that day", "a day later")
    )
    next_day = (UNTIL + timedelta(1)).isoformat()
    assert called(seller, "--target", target, out=before).exit_code == 0
    assert called(seller, "--target", target, until=next_day, out=day_later).exit_code == 0
    poison(learner, UNTIL)
    assert called(seller, "--target", target, out=after).exit_code == 0
    for name in FILES:
        assert (before / name).read_bytes() == (after / name).read_bytes()
    # The poison works after its day: hardly anybody has paid then.
    assert "are needed" in called(seller, "--target", target, until=next_day, out=after_day_later).output


@pytest.mark.parametrize(
    ("arguments", "until", "said"),
    [
        pytest.param((), "2022-06-01", "at least 25 of each are needed", id="too few in the last part"),
        pytest.param((), "2022-01-20", "0 good and 0 bad cases", id="nothing decided yet"),
        pytest.param((), "2021-01-01", "nothing happened in the ledger before 2021-01-01", id="before the ledger"),
        pytest.param(("--late-days", "300"), UNTIL.isoformat(), "0 bad cases", id="nobody is so late"),
        pytest.param((), "2999-01-01", "Must not lie after the seller's today", id="in the future"),
        pytest.param(("--from", "2023-11-01"), UNTIL.isoformat(), "Must lie before until", id="an empty period"),
        pytest.param(("--version", "99"), UNTIL.isoformat(), "no policy version 99", id="an unknown version"),
        pytest.param(("--add-as", "ann@example.com"), UNTIL.isoformat(), "go together", id="a draft without a name"),
        pytest.param(("--add-as", "ann", "--name", ""), UNTIL.isoformat(), "e-mail address", id="no maker"),
        pytest.param(("--add-as", "ann", "--name", ""), UNTIL.isoformat(), "must be one line", id="and no name"),
    ],
)
def test_what_cannot_be_fitted_is_told_and_nothing_is_written(
    called: Called, seller: Seller, tmp_path: Path, arguments: tuple[str, ...], until: str, said: str
) -> None:
    result = called(seller, *arguments, until=until, out=tmp_path / "new")
    assert result.exit_code in (1, 2)
    assert said in result.output
    assert "Traceback" not in result.output
    assert not (tmp_path / "new").exists()


def test_too_few_cases_say_what_was_left_out(
    called: Called, sessions: Sessions, new_seller: Callable[..., Seller]
) -> None:
    seller = new_seller()
    learn(sessions, seller, habitual_ledgers(debtors_count=3, months=6), ("eenmanszaak",))
    result = called(seller)
    assert "0 good and 0 bad cases" in result.output
    assert "left out: of natural persons" in result.output


def test_it_is_added_as_a_draft_and_never_more(
    called: Called, sessions: Sessions, new_seller: Callable[..., Seller], tmp_path: Path
) -> None:
    seller = new_seller()
    learn(sessions, seller, habitual_ledgers(debtors_count=30, seed=3), ("bv",))
    before = versions_of(sessions, seller)
    result = called(seller, "--add-as", "Ann@Example.com", "--name", "own ledger")
    assert result.exit_code == 0, result.output
    version = max(number for number, _ in before) + 1
    assert versions_of(sessions, seller) == [*before, (version, "draft")]
    assert f"added as version {version}, a draft" in result.output
    with sessions.of(seller.id) as session:
        record = policies.get(session, version)
        assert policies.active_version(session) == 1
    assert record is not None
    assert (record.name, record.made_by, record.approved_by) == ("own ledger", "ann@example.com", None)
    assert record.digest == digest(yaml.safe_load((tmp_path / "policy.yaml").read_text("utf-8")))
    # One can go on from a fitted card: persons stay with what people chose.
    again = called(seller, "--version", str(version), out=tmp_path / "again")
    assert again.exit_code == 0, again.output
    chosen = yaml.safe_load((tmp_path / "again" / "policy.yaml").read_text("utf-8"))["scorecards"]
    assert chosen["behaviour_of_persons"] == shipped()["default"]["scorecards"]["behaviour"]
