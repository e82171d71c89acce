"""What a condition is made of: its comparisons, its groups, and both in words."""

from collections.abc import Iterator

from scoring.policy.rules import Condition


def comparisons(path: str, condition: Condition) -> Iterator[tuple[str, Condition]]:
    """The comparisons within a condition, with their paths."""
    if condition.field is not None:
        yield path, condition
    for name, each in parts_of(condition):
        yield from comparisons(f"{path}.{name}", each)


def groups(path: str, condition: Condition) -> Iterator[tuple[str, Condition]]:
    """The groups of `all` within a condition, with their paths, the innermost first."""
    for name, each in parts_of(condition):
        yield from groups(f"{path}.{name}", each)
    if condition.all:
        yield path, condition


def depth_of(condition: Condition) -> int:
    """How many groups stand within each other: none in a single comparison."""
    return max((1 + depth_of(each) for _, each in parts_of(condition)), default=0)


def parts_of(condition: Condition) -> Iterator[tuple[str, Condition]]:
    """The conditions a group is made of, with their places in it."""
    for name, parts in (("all", condition.all), ("any", condition.any)):
        for index, each in enumerate(parts):
            yield f"{name}.{index}", each


def condition_told(condition: Condition, *, within: bool = False) -> str:
    """A condition in words; `within` says that it stands within another, so that an `any` needs brackets."""
    if condition.field is not None:
        value = "" if condition.value is None else f" {value_told(condition.value)}"
        return f"{condition.field} {condition.operator}{value}"
    if condition.all:
        return " and ".join(condition_told(each, within=True) for each in condition.all)
    told = " or ".join(condition_told(each, within=True) for each in condition.any)
    return f"({told})" if within else told


def value_told(value: object) -> str:
    """A value as the author of a policy wrote it."""
    if isinstance(value, tuple):
        return f"[{', '.join(value_told(each) for each in value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)
