"""Reading a company's name: its words in plain letters, with legal forms, numbers and places told apart."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from rigour.names import NamePart, NamePartTag, NameTypeTag, Span, SymbolCategory, analyze_names
from rigour.names import replace_org_types_compare as with_short_forms
from rigour.text.translit import ascii_text

# What the library's list lacks or misreads, put in words that it reads as they are meant.
_SPELLINGS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"(?<!\w)(?:\w\.){2,}\w?(?!\w)"), lambda found: found[0].replace(".", "")),  # B.V. is bv.
    (re.compile(r"\b(?:co|company)\.?,? *(?:ltd|limited)\b"), "co ltd"),
    (re.compile(r"\b(?:ltda|limitada)\b"), "lda"),  # It takes it for "ltd".
    (re.compile(r"株式会社|\(株\)"), " kk "),  # Written without a space before or after the name.
    (re.compile("有限会社|合同会社|有限责任公司|(?<!股份)有限公司"), " ltd "),
    (re.compile("股份有限公司"), " jsc "),
    (re.compile(r"\bs\.? ?[àa]\.? ?r\.? ?l\b\.?"), "sarl"),
    (re.compile(r"(?<!\w)αε(?!\w)"), "ae"),
    (re.compile(r"(?<!\w)επε(?!\w)"), "epe"),
    (re.compile(r"(?<!\w)ικε(?!\w)"), "ike"),
    (re.compile(r"(?<!\w)in(?!\w)"), "within"),  # It takes it for a cut-off "inc".
)
# Forms it lacks, by their kind in its words. They count at the end of a name only: elsewhere they are ordinary words.
_FURTHER_FORMS = {
    **{"eenmanszaak": "SP", "maatschap": "GP"},
    **dict.fromkeys(("ua", "ba", "wa"), "COOP"),  # The liability of members of a Dutch cooperative.
    **{"ab": "JSC", "ae": "JSC", "asa": "JSC", "kk": "JSC", "spj": "GP"},
    **dict.fromkeys(("sl", "slu", "sarl", "eood", "epe", "ike"), "LLC"),
}
_FORMS_IN_FRONT = frozenset({"eenmanszaak", "maatschap", "kk"})
_BESIDE_FORMS = {"pvt": "pvt", "private": "pvt", "publ": "publ", "haftungsbeschrankt": "ug"}
_COMPANY_SYMBOLS = frozenset({"CO", "CORP"})
_COMMON = (SymbolCategory.SYMBOL, SymbolCategory.DOMAIN)
_UNWRITTEN = frozenset({"the", "and", "und", "et", "en"})  # Left out at will; "&" is no word either.
_ROMAN_LETTERS = frozenset({"i", "v", "x"})
_EVERYWHERE = "zz"
_LETTERS_MIN = 3


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A name as it is compared. `words` stand in their order, in plain small letters, without forms and numbers.

    `common` are those of them that many companies have (group, bank). `forms` are the kinds of its legal forms (LLC,
    JSC), `form_words` these as written, `calls_itself` what it says beside them (CO, CORP). `places` are countries and
    regions. `written` is all but the forms, as one word.
    """

    words: tuple[str, ...]
    common: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    form_words: tuple[str, ...] = ()
    calls_itself: frozenset[str] = frozenset()
    numbers: tuple[str, ...] = ()
    places: frozenset[str] = frozenset()
    written: str = ""


@lru_cache(maxsize=20_000)
def read_name(text: str) -> CompanyName:
    """Read a name in any script; one without a letter or digit has no words."""
    # Once more after casefold: the plain form of a fancy letter may be a capital.
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).casefold()
    for spelling, meant in _SPELLINGS:
        plain = spelling.sub(meant, plain)
    # Forms first in their own script, where the list knows them; all else in plain letters.
    plain = ascii_text(with_short_forms(" ".join(plain.split()))).casefold()
    analysed = next(iter(analyze_names(NameTypeTag.ORG, [plain], phonetics=False)), None)
    if analysed is None or not analysed.parts:
        return CompanyName(())
    return _told_apart(list(analysed.parts), list(analysed.spans))


def _told_apart(parts: list[NamePart], spans: list[Span]) -> CompanyName:
    """The parts of a name by what they are: words, legal forms, numbers and places."""
    of_kind: dict[SymbolCategory, list[Span]] = {}
    for span in spans:
        of_kind.setdefault(span.symbol.category, []).append(span)
    numbers = _numbers(parts, of_kind.get(SymbolCategory.NUMERIC, []))
    forms, form_places = _forms(parts, of_kind.get(SymbolCategory.ORG_CLASS, []), set(numbers))
    form_places |= {part.index for part in parts if part.form in _BESIDE_FORMS and forms}
    company = [span for span in of_kind.get(SymbolCategory.SYMBOL, []) if span.symbol.id in _COMPANY_SYMBOLS]
    company_places = {part.index for span in company for part in span.parts}
    beside = form_places | company_places
    stops = {part.index for part in parts if part.tag == NamePartTag.STOP}
    # A name of nothing else is its words all the same: "The Company B.V.", "1-2-3".
    left = [part for part in parts if part.index not in {*numbers, *beside, *stops}]
    kept = left or [part for part in parts if part.index not in form_places] or parts
    words = tuple(part.form for part in kept)
    common = {part.form for kind in _COMMON for span in of_kind.get(kind, []) for part in span.parts}
    return CompanyName(
        words=words,
        common=frozenset(common & set(words)),
        forms=forms,
        form_words=tuple(_BESIDE_FORMS.get(part.form, part.form) for part in parts if part.index in form_places),
        calls_itself=frozenset(span.symbol.id for span in company),
        numbers=tuple(sorted({*numbers.values(), *(word for word in words if any(map(str.isdigit, word)))})),
        places=frozenset(span.symbol.id for span in of_kind.get(SymbolCategory.LOCATION, [])) - {_EVERYWHERE},
        written="".join(part.form for part in parts if part.index not in beside and part.form not in _UNWRITTEN),
    )


def _numbers(parts: list[NamePart], spans: list[Span]) -> dict[int, str]:
    """The number at each place that says one, "forty four" as 44; one Roman letter is a number at the end only."""
    last_word = max((part.index for part in parts if part.tag != NamePartTag.LEGAL), default=0)
    found: dict[int, str] = {}
    for span in sorted(spans, key=lambda each: -len(each.parts)):
        places = [part.index for part in span.parts]
        is_letter = len(places) == 1 and span.parts[0].form in _ROMAN_LETTERS
        if not set(places) & set(found) and (not is_letter or 0 < places[0] == last_word):
            found |= dict.fromkeys(places, span.symbol.id)
    return found


def _forms(parts: list[NamePart], spans: list[Span], numbers: set[int]) -> tuple[frozenset[str], set[int]]:
    """The kinds of the legal forms, and where they stand."""
    found = [({part.index for part in span.parts}, span.symbol.id) for span in spans]
    found = [(where, kind) for where, kind in found if not where & numbers]
    places = {place for where, _ in found for place in where}
    words = [part.form for part in parts if part.index not in places and part.tag != NamePartTag.STOP]
    if len("".join(words)) < _LETTERS_MIN:
        found = [(where, kind) for where, kind in found if 0 not in where]  # AT&T begins with no form.
        places = {place for where, _ in found for place in where}
    kinds = {kind for _, kind in found}
    for part in (parts[0], parts[-1]):
        may_be = part is parts[-1] or part.form in _FORMS_IN_FRONT
        if may_be and part.form in _FURTHER_FORMS and len(places) < len(parts) - 1:
            kinds.add(_FURTHER_FORMS[part.form])
            places.add(part.index)
    return frozenset(kinds), places
