"""Reports of kept backtests over HTTP and by command: who may see them, in which language, and what else they load."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

from api.cli import main
from api.policies.backtest import showing
from api.policies.backtest.plots import PLOTS, plot_names
from api.policies.backtest.report import PAGE_POLICY
from api.records.sellers import Seller
from api.records.sessions import Sessions
from tests.api.policies.no_library import forget_the_library
from tests.api.policies.report_pages import read_page
from tests.api.policies.small_ledger import PERIOD, backtested, learn_small_ledger, stricter
from tests.records.random_ledgers import Learner
from tests.web_checks import assert_problem

ClientOf = Callable[..., FlaskClient]
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def learner(sessions: Sessions, seller: Seller) -> Learner:
    return learn_small_ledger(sessions, seller)


@pytest.fixture
def manager(client_of: ClientOf) -> FlaskClient:
    return client_of("credit_manager", subject="maker@seller.example")


@pytest.fixture
def told(learner, manager, house, seller) -> dict[str, Any]:
    """A kept backtest of a stricter policy beside the active one."""
    return backtested(manager, house, seller, version=stricter(manager))


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plotting library is missing: what is tested needs no plots, and drawing takes its time."""
    forget_the_library(monkeypatch)


def test_the_report_shows_the_kept_result(told: dict[str, Any], client_of: ClientOf) -> None:
    answer = client_of("finance").get(f"/v1/backtests/{told['id']}/report")
    assert (answer.status_code, answer.content_type) == (200, "text/html; charset=utf-8")
    page = read_page(answer.text)
    swap = {each["side"]: each for each in told["result"]["comparison"]["swap"]}
    assert page.tables["coverage"]["orders judged"] == ["18, of which 15 with history"]
    assert page.tables["swap"]["only the active policy"][:2] == [
        str(swap["only_active"]["orders"]),
        swap["only_active"]["amount"],
    ]
    assert "stricter, version" in page.text
    images = [attributes["src"] for tag, attributes in page.elements if tag == "img"]
    assert len(images) == len(plot_names(told["result"]))
    assert all(str(each).startswith("data:image/png;base64,") for each in images)


def test_the_page_may_load_its_own_style_and_images_and_nothing_else(told: dict[str, Any], manager, undrawn) -> None:
    answer = manager.get(f"/v1/backtests/{told['id']}/report")
    assert answer.headers["Content-Security-Policy"] == f"{PAGE_POLICY}; frame-ancestors 'none'"
    assert "script-src" not in PAGE_POLICY
    assert PAGE_POLICY.startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_plot_speaks_the_language_that_is_asked_for(told: dict[str, Any], manager) -> None:
    address = f"/v1/backtests/{told['id']}/plots/earned.png"
    english, dutch = (manager.get(address, headers={"Accept-Language": tag}).data for tag in ("en", "nl-NL, en;q=0.5"))
    assert english != dutch


def test_a_report_speaks_the_language_that_is_asked_for(told: dict[str, Any], manager, undrawn) -> None:
    address = f"/v1/backtests/{told['id']}/report"
    for tag, language, row in (("nl-NL, en;q=0.5", "nl", "beoordeelde orders"), ("de", "en", "orders judged")):
        page = read_page(manager.get(address, headers={"Accept-Language": tag}).text)
        assert ("html", {"lang": language}) in page.elements
        assert row in page.tables["coverage"]


def test_a_plot_is_an_image(told: dict[str, Any], manager, app: Flask) -> None:
    answer = manager.get(f"/v1/backtests/{told['id']}/plots/swap.png")
    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert answer.data.startswith(PNG)
    unknown = assert_problem(app, manager.get(f"/v1/backtests/{told['id']}/plots/cake.png"), 404, "not_found")
    assert all(name in unknown["detail"] for name in plot_names(told["result"]))


def test_what_was_drawn_once_is_kept(told: dict[str, Any], manager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(showing, "plot_names", lambda result: ["classes"])
    addresses = [f"/v1/backtests/{told['id']}/{name}" for name in ("report", "plots/classes.png")]
    first = [manager.get(address).data for address in addresses]
    for name in ("draw", "report_page"):
        monkeypatch.setattr(showing, name, None)  # Whoever draws or writes again fails.
    assert [manager.get(address).data for address in addresses] == first


def test_who_may_not_read_the_result_may_not_see_its_report(
    told: dict[str, Any], manager, client_of: ClientOf, new_seller, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(showing, "plot_names", lambda result: ["limits"])
    other = new_seller()
    for path in ("report", "plots/limits.png"):
        address = f"/v1/backtests/{told['id']}/{path}"
        assert manager.get(address).status_code == 200
        for role in ("sales", "integration", "insurer", "admin"):
            assert_problem(app, client_of(role).get(address), 403, "not_allowed")
        # What is kept for the one who may is not shown to the manager of another seller.
        assert_problem(app, client_of("credit_manager", seller=other).get(address), 404, "not_found")
        assert_problem(app, app.test_client().get(address), 401, "not_authenticated")


def test_a_hostile_name_of_a_policy_is_text(learner, manager, house, seller, undrawn) -> None:
    document = manager.get("/v1/policies/1").json["document"]
    document["limits"]["capacity"] = {}
    name = "<img src=x onerror=alert(1)></style>"
    version = manager.post("/v1/policies", json={"name": name, "document": document}).json["version"]
    told = backtested(manager, house, seller, version=version)
    page = read_page(manager.get(f"/v1/backtests/{told['id']}/report").text)
    assert name in page.text
    assert not [tag for tag, _ in page.elements if tag == "img"]


def test_without_the_library_there_is_a_report_and_no_plot(told: dict[str, Any], manager, app: Flask, undrawn) -> None:
    page = read_page(manager.get(f"/v1/backtests/{told['id']}/report").text)
    assert "pip install 'creditgate[analysis]'" in page.text
    assert "swap" in page.tables
    answer = manager.get(f"/v1/backtests/{told['id']}/plots/earned.png")
    assert "creditgate[analysis]" in assert_problem(app, answer, 404, "plots_missing")["detail"]


@pytest.fixture
def command(database_urls, seller: Seller, tmp_path: Path) -> Callable[..., Result]:
    """Backtests the active policy by command, and writes to a folder that is not there yet."""

    def run(*arguments: str) -> Result:
        environment = {"CREDITGATE_DATABASE_URL": database_urls[1], "CREDITGATE_OWNER_DATABASE_URL": None}
        asked = ["--seller", seller.name, "--from", PERIOD["from"], "--to", PERIOD["to"], "--version", "1"]
        out = ["--out", str(tmp_path / "a" / "b")]
        return CliRunner().invoke(main, ["backtest", *asked, *out, *arguments], env=environment)

    return run


def test_the_command_writes_result_report_and_plots(learner, command: Callable[..., Result], tmp_path: Path) -> None:
    told = command("--language", "nl")
    assert told.exit_code == 0, told.output
    written = {each.name: each.read_bytes() for each in (tmp_path / "a" / "b").iterdir()}
    assert {*written} == {"result.json", "report.html", *(f"{name}.png" for name in PLOTS if name != "swap")}
    assert all(name in told.output for name in written)
    assert all(content.startswith(PNG) for name, content in written.items() if name.endswith(".png"))
    assert ("html", {"lang": "nl"}) in read_page(written["report.html"].decode()).elements


def test_the_command_says_why_there_are_no_plots(
    learner, command: Callable[..., Result], tmp_path: Path, undrawn
) -> None:
    told = command()
    assert told.exit_code == 0, told.output
    assert "no plots: matplotlib is not installed" in told.output
    assert {each.name for each in (tmp_path / "a" / "b").iterdir()} == {"result.json", "report.html"}
