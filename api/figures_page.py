"""The page that documents every figure and operator a policy can use, written from the table of figures."""

from typing import get_args

from scoring.figures import FIGURES, Figure
from scoring.policy.rules import Operator
from scoring.reasons.figure_words import FIGURE_WORDS

HEADING = """# Figures and operators of a policy

Written from the code by `creditgate policy figures`; do not edit.

Scorecards score figures that are numbers, except those that begin with `result.`; rules and segments of terms compare
any. A figure that is not known meets no comparison: `missing` and `known` ask for that alone. Amounts are in the
currency of the policy, shares and probabilities (`pd`) between 0 and 1 unless the table says otherwise.

## Operators

| Operator | Holds when the figure is known and |
|---|---|
"""
OPERATORS: dict[Operator, str] = {
    "equal": "is the value",
    "not_equal": "is any other than the value",
    "below": "is less than the value",
    "at_most": "is the value or less",
    "above": "is more than the value",
    "at_least": "is the value or more",
    "in": "is one of a list of values",
    "not_in": "is none of a list of values",
    "known": "takes no value: that it is known is enough",
    "missing": "takes no value: holds when the figure is **not** known",
}
FIGURES_HEADING = """
## Figures

| Figure | Means | Nederlands | Is a | Can be | Worse when |
|---|---|---|---|---|---|
"""
CHOICES_SHOWN = 10


def figures_page() -> str:
    """Give the page as Markdown, figures in alphabetical order."""
    operators = "".join(f"| `{name}` | {OPERATORS[name]} |\n" for name in get_args(Operator))
    return HEADING + operators + FIGURES_HEADING + "".join(_row(name, FIGURES[name]) for name in sorted(FIGURES))


def _row(name: str, figure: Figure) -> str:
    words = FIGURE_WORDS[name]
    kind = {"number": figure.unit or "number", "flag": "true or false"}.get(figure.kind, figure.kind)
    return f"| `{name}` | {words.en} | {words.nl} | {kind} | {_range(name, figure)} | {figure.worse or ''} |\n"


def _range(name: str, figure: Figure) -> str:
    if name == "result.grade":
        return "a grade of the policy's master scale"
    choices = sorted(figure.choices or ())
    if len(choices) > CHOICES_SHOWN:
        return f"{len(choices)} codes, such as NL"
    bounds = (("at least", figure.least), ("at most", figure.most))
    told = [", ".join(choices), *(f"{word} {bound}" for word, bound in bounds if bound is not None)]
    return ", ".join([*filter(None, told), *(["never missing"] if figure.always else [])])
