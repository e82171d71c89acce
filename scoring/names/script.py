"""Names in the letters that most registers keep them in."""

import unicodedata

from rigour.text.translit import ascii_text


def in_latin_letters(text: str) -> str | None:
    """The text as it is written in Latin letters; None where it is written in them already, or cannot be."""
    if all("LATIN" in unicodedata.name(each, "LATIN") for each in text if each.isalpha()):
        return None
    return " ".join(ascii_text(text).split()) or None
