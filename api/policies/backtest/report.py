"""The report of a backtest: one HTML page that needs nothing beside it, written from the result document alone."""

from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import Any

from markupsafe import Markup

from api.policies.backtest.code_words import in_words, reason_words, target_words
from api.policies.backtest.plot_words import PLOT_WORDS
from api.policies.backtest.readable import NOTHING, amount, count, day, difference, figure, percent
from api.policies.backtest.report_words import PAGE_WORDS
from api.policies.backtest.sentences import headline, unsaid
from api.policies.pages import PAGES
from scoring.reasons.registry import Language

# Ours and no other: it stands in the page as it is, and the content policy below lets through nothing but it.
_STYLE = PAGES.get_template("backtest.css").render()
_STYLE_DIGEST = b64encode(sha256(_STYLE.encode()).digest()).decode()
# Also in the page itself, for when it is read from a file. What may frame a page only a header can say.
PAGE_POLICY = (
    f"default-src 'none'; img-src data:; style-src 'sha256-{_STYLE_DIGEST}'; base-uri 'none'; form-action 'none'"
)


def report_page(result: Mapping[str, Any], language: Language, plots: Mapping[str, bytes] | None) -> str:
    """Write the page; `plots` are PNG images by name, None where they cannot be drawn."""
    images = {name: f"data:image/png;base64,{b64encode(image).decode()}" for name, image in (plots or {}).items()}
    return PAGES.get_template("backtest.html").render(
        result=result,
        language=language,
        title=_policy_name(language, result["policies"][0]),
        headline=headline(result, language),
        unsaid=unsaid(result, language),
        style=Markup(_STYLE),  # noqa: S704
        content_policy=PAGE_POLICY,
        plots=images,
        can_draw=plots is not None,
        nothing=NOTHING,
        **_writers(result, language),
    )


def _writers(result: Mapping[str, Any], language: Language) -> dict[str, Callable[..., str]]:
    """Give what writes words and figures in one language, by the names the templates know them by."""
    return {
        "say": lambda key, **words: PAGE_WORDS[key].of(language).format(**words),
        "code": partial(in_words, language=language),
        "reason": partial(reason_words, language=language),
        "target": partial(target_words, language=language),
        "plot_title": lambda name: PLOT_WORDS[name].of(language).format(currency=result["currency"]),
        "policy_name": partial(_policy_name, language),
        "grade_groups": _grade_groups,
        "interval": partial(_interval, language),
        "share": partial(percent, language=language),
        "measure": partial(figure, language=language),
        "difference": partial(difference, language=language),
        "amount": partial(amount, language=language),
        "count": partial(count, language=language),
        "day": partial(day, language=language),
    }


def _policy_name(language: Language, policy: Mapping[str, Any]) -> str:
    if policy["version"] is None:
        return PAGE_WORDS["only_a_file"].of(language)
    return f"{policy['name']}, {PAGE_WORDS['version'].of(language).format(version=policy['version'])}"


def _grade_groups(groups: Sequence[Sequence[str]]) -> str:
    return "; ".join(", ".join(names) for names in groups)


def _interval(
    language: Language, write: Callable[[str | None], str], value: str | None, low: str | None, high: str | None
) -> str:
    """Write a figure with its interval; alone where it has none."""
    if value is None or low is None or high is None:
        return NOTHING if value is None else write(value)
    return PAGE_WORDS["interval"].of(language).format(value=write(value), low=write(low), high=write(high))
