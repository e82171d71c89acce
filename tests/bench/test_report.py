"""What the benchmarks say of their figures, and that they run at all."""

from pathlib import Path

import pytest

from bench import credit_check, gate, judgement, portfolio, report, rescore
from bench.rounds import Comparison, Run


def run(case: str, *, per_second: float, p50_ms: float = 4, p99_ms: float = 8, steal: float = 0) -> Run:
    return Run(case, 1, 1, p50_ms, p99_ms, per_second, steal, 50, 100)


def told_of(*pairs: tuple[Run, Run | None]) -> list[report.Summary]:
    names = {check.case for check, _ in pairs}
    return report.summaries([Comparison(*pair) for pair in pairs], dict.fromkeys(names, 6))


def test_the_share_of_the_floor_is_the_median_of_each_rounds_own() -> None:
    pairs = [(run("check", per_second=50), run("floor", per_second=floor)) for floor in (50, 100, 500)]
    (told,) = told_of(*pairs)
    assert told.throughput_ratio == 0.5


def test_a_floor_has_no_share() -> None:
    (told,) = told_of((run("floor", per_second=100), None))
    assert told.throughput_ratio is None
    assert told.p99_ratio is None


def test_p99_is_judged_only_where_neither_run_of_a_round_was_robbed() -> None:
    quiet = (run("check", per_second=50, p99_ms=10), run("floor", per_second=100, p99_ms=5))
    robbed = (run("check", per_second=50, p99_ms=900, steal=3), run("floor", per_second=100, p99_ms=5))
    floor_robbed = (run("check", per_second=50, p99_ms=900), run("floor", per_second=100, p99_ms=5, steal=9))
    assert told_of(quiet, robbed, floor_robbed)[0].p99_ratio == 2
    assert told_of(robbed)[0].p99_ratio is None


@pytest.mark.parametrize(
    ("per_second", "half", "aim"), [(49, "NOT met", "NOT met"), (50, "met", "NOT met"), (75, "met", "met")]
)
def test_half_is_required_and_three_quarters_is_the_aim(per_second: float, half: str, aim: str) -> None:
    told = told_of((run("check", per_second=per_second), run("floor", per_second=100)))
    assert f"50% {half}, aim 75% {aim}" in report.verdicts(told, "check", "check")[0]


@pytest.mark.parametrize(("p50_ms", "verdict"), [(4.8, "+20% from small to large, 20% met"), (4.9, "20% NOT met")])
def test_the_median_may_not_grow_by_more_than_a_fifth(p50_ms: float, verdict: str) -> None:
    floor = run("floor", per_second=100)
    told = told_of((run("small", per_second=60), floor), (run("large", per_second=60, p50_ms=p50_ms), floor))
    assert verdict in report.verdicts(told, "small", "large")[-1]


@pytest.mark.slow
def test_the_whole_benchmark_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    credit_check.run(credit_check.QUICK, tmp_path)
    assert "reports cached" in capsys.readouterr().out
    told = (tmp_path / "credit_check.txt").read_text()
    assert "check, 2,000 invoices, 4 clients" in told
    assert "memory of each product worker" in told


def turn(floor: float, product: float) -> portfolio.Round:
    return portfolio.Round(floor, product, 0)


@pytest.mark.parametrize(("products", "verdict"), [((1, 2, 9), "2.00 times the floor, 2 met"), ((1, 3, 3), "NOT met")])
def test_the_portfolio_is_judged_by_the_median_of_each_rounds_own_ratio(products, verdict) -> None:
    assert verdict in portfolio.verdict([turn(1, each) for each in products])[-1]


@pytest.mark.slow
def test_the_benchmark_of_the_portfolio_runs(tmp_path: Path) -> None:
    portfolio.run(portfolio.QUICK, tmp_path)
    assert "times the floor" in (tmp_path / "portfolio.txt").read_text()


@pytest.mark.parametrize(("seconds", "verdict"), [(0.002, "33% met"), (0.005, "33% NOT met")])
def test_a_judgement_is_held_against_a_hello(seconds, verdict) -> None:
    golden = [judgement.Golden("who", "accept", None)]  # type: ignore[arg-type]
    assert judgement.verdict(golden, [judgement.Round(0.01, [seconds], 0)])[-1].endswith(verdict)


@pytest.mark.slow
def test_the_benchmark_of_the_judgement_runs(tmp_path: Path) -> None:
    judgement.run(judgement.QUICK, tmp_path)
    told = (tmp_path / "judgement.txt").read_text()
    assert "of a hello" in told
    assert "judge_check" in told


@pytest.mark.slow
def test_the_benchmark_of_the_rescoring_runs(tmp_path: Path) -> None:
    rescore.run(rescore.QUICK, tmp_path)
    assert "rescoring by two policies: 600 debtors" in (tmp_path / "rescore.txt").read_text()


@pytest.mark.slow
def test_the_benchmark_of_the_gate_runs(tmp_path: Path) -> None:
    gate.run(gate.QUICK, tmp_path)
    told = (tmp_path / "gate.txt").read_text()
    assert "order in a group, 4 clients" in told
    assert "round trips of one order" in told
