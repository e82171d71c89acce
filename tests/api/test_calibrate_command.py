"""`creditgate calibrate table`: writes a scorecard and its evidence, or says in a line what a person can mend."""

import csv
import json
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner, Result

from api.cli import main
from api.policies.calibration.cases import Cases
from scoring.policy.document import shipped
from tests.api.policies.calibration.made import made_cases


@pytest.fixture
def table(tmp_path: Path) -> Path:
    cases = made_cases(1500, noise_count=1)
    cases.values[:, 2] = 7
    return written(tmp_path / "cases.csv", replace(cases, figures=("leverage", "margin", "constant")))


def written(path: Path, cases: Cases) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow((*cases.figures, "<b>", "year", "failed"))
        for place, (row, bad) in enumerate(zip(cases.values, cases.bad, strict=True)):
            cells = ["" if np.isnan(each) else repr(float(each)) for each in row]
            writer.writerow((*cells, "word", 2001 + place % 3, "yes" if bad else "no"))
    return path


def called(table: Path, *arguments: str) -> Result:
    asked = ("calibrate", "table", str(table), "--outcome", "failed", "--bad", "yes", *arguments)
    return CliRunner().invoke(main, asked)


def test_a_scorecard_and_its_evidence_are_written(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    result = called(table, "--exclude", "year", "--predicts", "failure & <more>", "--out", str(out))
    assert result.exit_code == 0, result.output
    document = yaml.safe_load((out / "scorecard.yaml").read_text())
    sheet = json.loads((out / "sheet.json").read_text())
    assert {each["figure"] for each in document["characteristics"]} == {"leverage", "margin"}
    assert sheet["cases"]["count"] == 1500
    assert sheet["discrimination"]["unseen"]["how"] == "5 folds, seed 0"
    assert sheet["discrimination"]["unseen"]["auc_low"] < sheet["discrimination"]["unseen"]["auc"]
    assert sheet["notes"] == ["<b> is left out: its values are words, neither numbers nor yes and no"]
    assert [each["figure"] for each in sheet["left_out"]] == ["constant"]
    for told, characteristic in zip(sheet["characteristics"], document["characteristics"], strict=True):
        assert [row["points"] for row in told["bins"]] == [row["points"] for row in characteristic["bins"]]
        assert sum(row["cases"] for row in told["bins"]) + told["missing"]["cases"] == 1500
    assert f"AUC {sheet['discrimination']['unseen']['auc']:.4f}" in result.output
    assert f"left out: constant: {sheet['left_out'][0]['reason']}" in result.output
    assert "note: <b> is left out: its values are words, neither numbers nor yes and no" in result.output
    assert sheet["warnings"]
    for warning in sheet["warnings"]:
        assert result.output.count(f"warning: {warning}") == 1


@pytest.mark.parametrize(
    ("figures", "exit_code"),
    [
        (("financials.liabilities_share", "financials.ebit_share", "constant"), 0),
        (("leverage", "margin", "constant"), 1),
    ],
)
def test_a_card_goes_into_a_policy_when_its_columns_bear_names_of_figures(
    tmp_path: Path, figures: tuple[str, ...], exit_code: int
) -> None:
    cases = made_cases(1500, noise_count=1)
    cases.values[:, 2] = 7
    path = written(tmp_path / "cases.csv", replace(cases, figures=figures))
    assert called(path, "--exclude", "year", "--out", str(tmp_path)).exit_code == 0
    document = shipped()["default"]
    card = yaml.safe_load((tmp_path / "scorecard.yaml").read_text())
    with_card = {**document, "scorecards": {**document["scorecards"], "financials": card}}
    (tmp_path / "policy.yaml").write_text(json.dumps(with_card))
    checked = CliRunner().invoke(main, ["policy", "check", str(tmp_path / "policy.yaml")])
    assert checked.exit_code == exit_code, checked.output
    assert ("'leverage' is not a figure" in checked.output) == (exit_code == 1)


def test_the_page_names_everything_and_needs_nothing_beside_it(table: Path, tmp_path: Path) -> None:
    assert called(table, "--exclude", "year", "--predicts", "a <script>", "--out", str(tmp_path)).exit_code == 0
    page = (tmp_path / "sheet.html").read_text()
    seen: list[tuple[str, dict[str, str | None]]] = []

    class Tags(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            seen.append((tag, dict(attrs)))

    Tags().feed(page)
    assert not [tag for tag, _ in seen if tag in ("script", "link", "b>")]
    sources = [attributes["src"] for tag, attributes in seen if tag == "img"]
    assert len(sources) == 2
    assert all(source and source.startswith("data:image/svg+xml;base64,") for source in sources)
    for expected in ("leverage", "margin", "constant", "&lt;b&gt; is left out", "a &lt;script&gt;"):
        assert expected in page


def test_the_same_command_writes_the_same_files(table: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert called(table, "--exclude", "year", "--out", str(tmp_path / name)).exit_code == 0
    for name in ("scorecard.yaml", "sheet.json", "sheet.html"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_split_fits_to_the_earlier_cases_and_tries_on_the_later(table: Path, tmp_path: Path) -> None:
    split = ("--split-by", "year", "--test-from", "2003", "--default-rate", "0.02")
    assert called(table, *split, "--out", str(tmp_path)).exit_code == 0
    sheet = json.loads((tmp_path / "sheet.json").read_text())
    assert sheet["cases"]["count"] == 1000
    assert (sheet["cases"]["first_period"], sheet["cases"]["last_period"]) == ("2001", "2002")
    assert sheet["discrimination"]["unseen"]["cases"] == 500
    assert sheet["level"]["mean_probability"] == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--split-by", "year"), "--split-by and --test-from go together"),
        (("--delimiter", ";;"), "must be one character"),
        (("--exclude", "yaer, margn"), "there is no column 'yaer'"),
        (("--exclude", "yaer, margn"), "there is no column 'margn'"),
        (("--default-rate", "1"), "--default-rate"),
        (("--split-by", "year", "--test-from", "2099"), "all are on one side"),
    ],
)
def test_what_cannot_be_asked_is_told(table: Path, arguments: tuple[str, ...], said: str) -> None:
    result = called(table, *arguments)
    assert result.exit_code in (1, 2)
    assert said in result.output
    assert "Traceback" not in result.output


def test_only_the_first_faults_are_shown(tmp_path: Path) -> None:
    cases = made_cases(300)
    path = written(tmp_path / "cases.csv", replace(cases, values=np.round(cases.values, 3)))
    lines = path.read_text().splitlines()
    lines[1:26] = [line.replace(",word", "x,word") for line in lines[1:26]]
    path.write_text("\n".join(lines))
    result = called(path)
    assert result.output.count("is not a number") == 20
    assert "and 5 more" in result.output


@pytest.mark.parametrize("missing", ["sklearn", "matplotlib"])
def test_without_the_extra_a_line_says_what_to_install_and_all_else_works(table: Path, missing: str) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None; from api.cli import main; main()"
    command = [sys.executable, "-c", program, "calibrate", "table", str(table), "--outcome", "failed", "--bad", "yes"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        f"Error: calibration needs {missing}: install creditgate with its extra, pip install 'creditgate[analysis]'"
    ]


def test_the_rest_of_the_command_does_not_load_it() -> None:
    program = "import sys, api.cli; print([name for name in ('numpy', 'sklearn') if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
