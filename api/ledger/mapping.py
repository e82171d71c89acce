"""The mapping file: which column of a file is which of our fields, and how its dates and amounts are written."""

from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from typing import Any, cast

from api.ledger.values import DateFormatInvalid, date_pattern
from api.problems import BadInput, Fault
from api.records.ledger_lines import LineKind
from api.web.plain_yaml import read_plain_yaml

DEBTOR_FIELDS = (
    *("debtor_reference", "debtor_system", "debtor_name", "country", "legal_form", "kvk_number", "vat_number"),
)
FIELDS = (
    *DEBTOR_FIELDS,
    *("invoice_number", "invoiced_on", "due_on", "amount", "vat_amount", "currency", "disputed"),
    *("remittance_reference", "collection_reference", "discount_amount", "discount_until"),
    *("paid_on", "paid_amount", "credit_note_number", "credited_on", "payment_reference", "settles"),
    "order_reference",
)
PAYING_FIELDS = frozenset({"remittance_reference", "collection_reference", "discount_amount", "discount_until"})
DATE_FIELDS = ("invoiced_on", "due_on", "paid_on", "credited_on", "discount_until")
CONSTANT_FIELDS = ("debtor_system", "country", "legal_form", "currency")
KINDS: tuple[LineKind, ...] = ("invoice", "credit_note", "payment")
# Those in which a newline is one byte, so that a broken line spoils no other.
ENCODINGS = ("utf-8", "ascii", "windows-1252", "iso-8859-1", "iso-8859-15", "cp850")
DELIMITERS = (",", ";", "\t", "|")
MARKS = {"point": ".", "comma": ","}
PLUS_DAYS_MAX = 10_000
DISPUTED_WORDS = ("yes", "y", "true", "1", "ja", "j", "waar", "x")


@dataclass(frozen=True, slots=True)
class DerivedDate:
    """A date that the file does not write: another date, plus days that are fixed or stand in a column."""

    base: str
    plus_days: int | None = None
    plus_days_column: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one kind of file is read. Column names are those of the file; without a header they are `1`, `2`, ..."""

    columns: AnyMapping[str, str]
    constants: AnyMapping[str, str] = field(default_factory=dict)
    derived: AnyMapping[str, DerivedDate] = field(default_factory=dict)
    kind: LineKind = "invoice"
    kind_column: str | None = None
    kind_words: AnyMapping[str, LineKind] = field(default_factory=dict)
    delimiter: str = ","
    encoding: str = "utf-8"
    quote: str = '"'
    header: bool = True
    decimal: str = "point"
    thousands: str = ""
    date_formats: AnyMapping[str, tuple[str, ...]] = field(default_factory=dict)
    disputed_words: tuple[str, ...] = DISPUTED_WORDS
    identity: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    duplicates: str = "keep"
    number_width: int = 0

    def formats_of(self, name: str) -> tuple[str, ...]:
        """Give the date formats of one of our fields, in the order in which they are tried."""
        return self.date_formats.get(name) or self.date_formats.get("", ("YYYY-MM-DD",))

    def columns_used(self) -> set[str]:
        """Give the names of every column that is looked at."""
        derived = {each.plus_days_column for each in self.derived.values() if each.plus_days_column}
        kind = {self.kind_column} if self.kind_column else set()
        return {*self.columns.values(), *self.identity, *self.extra, *derived, *kind}

    @property
    def tells_of_paying(self) -> bool:
        """Whether the file tells how an invoice will be paid."""
        return not PAYING_FIELDS.isdisjoint(self.columns)

    def has(self, name: str) -> bool:
        """Say whether one of our fields has a value in this file."""
        return name in self.columns or name in self.constants or name in self.derived


def read_mapping(document: Any) -> Mapping:
    """Read a mapping from YAML or JSON text, or from a document. Raises BadInput with every fault."""
    if isinstance(document, str | bytes):
        document = read_plain_yaml(document, "mapping")
    if not isinstance(document, AnyMapping):
        raise BadInput("The mapping must be an object.", code="mapping_unreadable")
    reader = _Reader(document)
    mapping = reader.read()
    if reader.faults:
        raise BadInput("The mapping cannot be used; `errors` names every fault.", faults=reader.faults)
    return mapping


class _Reader:
    """Reads one document, collecting every fault."""

    def __init__(self, document: AnyMapping[str, Any]) -> None:
        self.document = document
        self.faults: list[Fault] = []

    def fault(self, pointer: str, code: str, detail: str) -> None:
        self.faults.append(Fault(pointer, code, detail))

    def read(self) -> Mapping:
        known = {*Mapping.__dataclass_fields__, "kinds", "format"} - {"kind_column", "kind_words"}
        for name in set(map(str, self.document)) - known:
            self.fault(f"/{name}", "unknown_field", "Unknown field.")
        columns = self._texts("columns", FIELDS)
        constants = self._texts("constants", CONSTANT_FIELDS)
        self._choice("format", ("auto", "csv"), "auto")
        kind, kind_column, kind_words = self._kind()
        mapping = Mapping(
            columns=columns,
            constants=constants,
            derived=self._derived(),
            kind=kind,
            kind_column=kind_column,
            kind_words=kind_words,
            delimiter=self._choice("delimiter", DELIMITERS, ","),
            encoding=self._choice("encoding", ENCODINGS, "utf-8"),
            quote=self._choice("quote", ('"', "'"), '"'),
            header=self._flag("header"),
            decimal=self._choice("decimal", tuple(MARKS), "point"),
            thousands=self._choice("thousands", ("", ",", ".", " ", "'"), ""),
            date_formats=self._formats(),
            disputed_words=tuple(word.casefold() for word in self._names("disputed_words")) or DISPUTED_WORDS,
            identity=self._names("identity"),
            extra=self._names("extra"),
            duplicates=self._choice("duplicates", ("keep", "refuse"), "keep"),
            number_width=self._number("number_width"),
        )
        self._check_whole(mapping)
        return mapping

    def _texts(self, name: str, allowed: tuple[str, ...]) -> dict[str, str]:
        given = self.document.get(name) or {}
        if not isinstance(given, AnyMapping):
            self.fault(f"/{name}", "not_an_object", "Must be an object.")
            return {}
        for key in given:
            if key not in allowed:
                self.fault(f"/{name}/{key}", "unknown_field", f"Must be one of: {', '.join(allowed)}.")
        return {str(key): self._text(f"/{name}/{key}", value) for key, value in given.items() if key in allowed}

    def _text(self, pointer: str, value: Any) -> str:
        """Give a plain value as text. Anything nested is refused unseen: aliases of YAML can make it endless."""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            words = " In YAML, yes, no, on and off are texts only in quotes." if isinstance(value, bool) else ""
            self.fault(pointer, "not_a_text", f"Must be a text or a number.{words}")
            return ""
        return str(value)

    def _names(self, name: str) -> tuple[str, ...]:
        given = self.document.get(name) or []
        if not isinstance(given, list):
            self.fault(f"/{name}", "not_a_list", "Must be a list of names.")
            return ()
        return tuple(self._text(f"/{name}", each) for each in given)

    def _choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        given = self.document.get(name)
        value = default if given is None else self._text(f"/{name}", given)
        if value not in allowed:
            self.fault(f"/{name}", "not_a_choice", f"Must be one of: {', '.join(map(repr, allowed))}.")
            return default
        return value

    def _flag(self, name: str) -> bool:
        given = self.document.get(name, True)
        if not isinstance(given, bool):
            self.fault(f"/{name}", "not_a_boolean", "Must be true or false.")
        return given is True

    def _number(self, name: str) -> int:
        given = self.document.get(name, 0)
        if isinstance(given, bool) or not isinstance(given, int) or not 0 <= given <= 100:
            self.fault(f"/{name}", "not_a_whole_number", "Must be a whole number from 0 to 100.")
            return 0
        return given

    def _kind(self) -> tuple[LineKind, str | None, dict[str, LineKind]]:
        kinds = self.document.get("kinds")
        if kinds is None:
            return cast(LineKind, self._choice("kind", KINDS, "invoice")), None, {}
        if not isinstance(kinds, AnyMapping) or "column" not in kinds:
            self.fault("/kinds", "not_an_object", "Must name a column, and for each kind the words that stand in it.")
            return "invoice", None, {}
        words: dict[str, LineKind] = {}
        for kind in KINDS:
            given = kinds.get(kind, [])
            listed = given if isinstance(given, list) else [given]
            words |= {self._text(f"/kinds/{kind}", word).casefold(): kind for word in listed}
        for name in set(kinds) - {"column", *KINDS}:
            self.fault(f"/kinds/{name}", "unknown_field", f"Must be one of: column, {', '.join(KINDS)}.")
        return "invoice", self._text("/kinds/column", kinds["column"]), words

    def _formats(self) -> dict[str, tuple[str, ...]]:
        given = self.document.get("date_formats") or {}
        by_field = given if isinstance(given, AnyMapping) else {"": given} if given else {}
        formats: dict[str, tuple[str, ...]] = {}
        for name, patterns in by_field.items():
            if name and name not in DATE_FIELDS:
                self.fault(f"/date_formats/{name}", "unknown_field", f"Must be one of: {', '.join(DATE_FIELDS)}.")
            listed = patterns if isinstance(patterns, list) else [patterns]
            formats[str(name)] = tuple(self._text("/date_formats", pattern) for pattern in listed)
            for pattern in formats[str(name)]:
                try:
                    date_pattern(pattern)
                except DateFormatInvalid as error:
                    self.fault("/date_formats", "date_format_invalid", str(error))
        return formats

    def _derived(self) -> dict[str, DerivedDate]:
        given = self.document.get("derived") or {}
        if not isinstance(given, AnyMapping):
            self.fault("/derived", "not_an_object", "Must be an object.")
            return {}
        derived: dict[str, DerivedDate] = {}
        for name, given_rule in given.items():
            rule = given_rule if isinstance(given_rule, AnyMapping) else {}
            base, days, column = rule.get("from"), rule.get("plus_days"), rule.get("plus_days_column")
            is_fixed = isinstance(days, int) and not isinstance(days, bool) and abs(days) <= PLUS_DAYS_MAX
            is_rule = (is_fixed and column is None) or (isinstance(column, str) and days is None)
            is_rule = is_rule and set(rule) <= {"from", "plus_days", "plus_days_column"}
            if (
                not is_rule
                or name not in ("due_on", "paid_on")
                or base not in ("invoiced_on", "due_on")
                or base == name
            ):
                detail = (
                    "Must be due_on or paid_on, from invoiced_on or due_on,"
                    f" plus_days (at most {PLUS_DAYS_MAX:,}) or plus_days_column."
                )
                self.fault(f"/derived/{name}", "derived_date_invalid", detail)
                continue
            derived[name] = DerivedDate(base, days, column)
        return derived

    def _check_whole(self, mapping: Mapping) -> None:
        """Check that each kind of line can have what it needs."""
        kinds = set(mapping.kind_words.values()) or {mapping.kind}
        needed = {"debtor_reference", "debtor_system", "amount", "currency"}
        needed |= {"invoiced_on", "due_on", "country"} if "invoice" in kinds else set()
        needed |= {"credited_on"} if "credit_note" in kinds else set()
        needed |= {"paid_on"} if "payment" in kinds else set()
        for name in sorted(needed):
            if not mapping.has(name):
                self.fault("/columns", f"{name}_missing", f"{name} has no column, constant or derivation.")
        if "invoice" in kinds and not mapping.has("invoice_number") and not mapping.identity:
            detail = "Without invoice_number, `identity` must name the columns that tell one invoice from another."
            self.fault("/identity", "identity_missing", detail)
        for name in sorted(set(mapping.columns) & {*mapping.constants, *mapping.derived}):
            self.fault(f"/columns/{name}", "given_twice", f"{name} has a column and another source too.")
