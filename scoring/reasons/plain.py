"""Text of others as one plain line: of a vendor, a debtor, or whoever named a key."""


def one_line(text: str, length_max: int) -> str:
    """Give a text as one line of bounded length, without what cannot be printed: nothing in it passes for a line."""
    plain = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(plain.split())[:length_max]
