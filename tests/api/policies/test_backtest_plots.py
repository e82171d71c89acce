"""Plots of a backtest: whole PNG images of their size whatever a result lacks, and none without the library."""

import struct
import zlib
from typing import Any

import pytest

from api.policies.backtest.plots import PLOTS, PlotsMissing, draw, draw_all, plot_names
from tests.api.policies.no_library import forget_the_library
from tests.api.policies.told_results import alone, compared, unmeasured, with_names

WIDTH = 1000


def size_of(image: bytes) -> tuple[int, int]:
    """Give the width and height of a PNG image, all of whose parts are whole and hold what they promise."""
    assert image[:8] == b"\x89PNG\r\n\x1a\n"
    parts, place = [], 8
    while place < len(image):
        (length,) = struct.unpack(">I", image[place : place + 4])
        kind, content = image[place + 4 : place + 8], image[place + 8 : place + 8 + length]
        assert struct.unpack(">I", image[place + 8 + length : place + 12 + length]) == (zlib.crc32(kind + content),)
        parts.append((kind, content))
        place += length + 12
    assert parts[-1] == (b"IEND", b"")
    width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", parts[0][1])
    assert (depth, colour) == (8, 6)
    pixels = zlib.decompress(b"".join(content for kind, content in parts if kind == b"IDAT"))
    assert len(pixels) == height * (1 + 4 * width)
    return width, height


@pytest.mark.parametrize("name", PLOTS)
def test_every_plot_is_an_image_of_its_size(name: str) -> None:
    english, dutch = (draw(compared(), name, language) for language in ("en", "nl"))
    assert size_of(english) == size_of(dutch) == (WIDTH, PLOTS[name])
    assert english != dutch


@pytest.mark.parametrize(
    ("result", "left_out"),
    [(alone(), {"swap"}), (unmeasured(), {"limits"}), (compared(), set())],
)
def test_what_cannot_be_drawn_is_left_out(result: dict[str, Any], left_out: set[str]) -> None:
    assert set(PLOTS) - set(plot_names(result)) == left_out


@pytest.mark.parametrize("result", [alone(), unmeasured()])
def test_a_result_that_lacks_figures_is_drawn_all_the_same(result: dict[str, Any]) -> None:
    assert {name: size_of(image) for name, image in draw_all(result, "en").items()} == {
        name: (WIDTH, PLOTS[name]) for name in plot_names(result)
    }


@pytest.mark.parametrize("name", ["calibration_invoice", "late_by_grade"])
def test_a_grade_that_looks_like_a_formula_is_a_name(name: str) -> None:
    assert size_of(draw(with_names(r"$\frac{$"), name, "en")) == (WIDTH, PLOTS[name])


def test_the_same_result_gives_the_same_image() -> None:
    assert draw(compared(), "earned", "en") == draw(compared(), "earned", "en")


def test_without_the_library_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_the_library(monkeypatch)
    with pytest.raises(PlotsMissing, match=r"creditgate\[analysis\]"):
        draw(compared(), "earned", "en")
