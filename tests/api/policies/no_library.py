"""Makes the plotting library missing, for the tests of what is told without it."""

import sys

import pytest

from api.policies import backtest


def forget_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let matplotlib be as if it was never installed, until the test is over."""
    for name in [*sys.modules]:
        if name.partition(".")[0] == "matplotlib":
            monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for part in ("plot_frame", "plot_targets", "plot_decisions"):
        monkeypatch.delitem(sys.modules, f"{backtest.__name__}.{part}", raising=False)
        monkeypatch.delattr(backtest, part, raising=False)
