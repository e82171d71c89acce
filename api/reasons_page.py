"""The page that documents every reason code in both languages, written from the registry."""

from scoring.reasons import REGISTRY
from scoring.reasons.registry import Words

HEADING = """# Reasons

Written from the code by `creditgate reasons`; do not edit.

Every outcome comes with its reasons: a stable `code` for programs, and a text in English or Dutch (`Accept-Language`).
`{names}` are parameters. The owner is who can do something about it; reasons read by finance are not shown to sales.
"""


def reasons_page() -> str:
    """Give the page as Markdown, codes in alphabetical order."""
    parts = [HEADING]
    for code in sorted(REGISTRY):
        kind = REGISTRY[code]
        readers = "everybody" if kind.audience == "sales" else "finance"
        parts.append(
            f"## `{code}`\n\nCategory {kind.category}, owner {kind.owner}, read by {readers}.\n\n{_both(kind.text)}"
        )
        if kind.sales_text:
            parts.append(f"Sales reads:\n\n{_both(kind.sales_text)}")
        if kind.remedy:
            parts.append(f"What can be done:\n\n{_both(kind.remedy)}")
    return "\n".join(parts)


def _both(words: Words) -> str:
    return f"- English: {words.en}\n- Nederlands: {words.nl}\n"
