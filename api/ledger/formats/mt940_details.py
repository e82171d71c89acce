"""Reads the free field :86: of MT940 in the ways in which banks fill it."""

import re
from dataclasses import dataclass, replace

from api.ledger.formats.values import short
from scoring.identifiers import compact, is_payment_reference

LINE_LENGTH = 65  # A line this long was broken in the middle of what it says.
TEXT_LENGTH_MAX = 2_000
# Codes of business transactions that are returns; only then is sub-field 34 the reason.
RETURN_CODES = frozenset({"108", "109", "159", "181", "183", "184"})

_SLASHED = re.compile(
    r"/(TRTP|IBAN|BIC|NAME|REMI|EREF|ORDP|BENM|MARF|CSID|RTRN|ISDT|CNTP|PREF|PURP|ULTD|ULTC|ULTB|ADDR|NRTX|SVCL|CREF"
    r"|IREF|OCMT|BUSP|CHGS|CHG1|CHG2|EXCH|TRCD|INIS|SCOR|ID)/"
)
_CODED = re.compile(r"\s*([0-9]{3})([?>])(?=[0-9]{2})")
_SEPA = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|COAM|OAMT|PURP|IBAN|BIC|RREF)\+")
_KNAB = re.compile(r"REK: ?([0-9A-Z ]{5,34})/NAAM: ?([^\n]*)")
_DOTTED = re.compile(r"([0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{3})\s+([^\n]{0,200})")
_GIRO = re.compile(r"GIRO {1,5}([0-9]{1,10}) ([^\n]{1,200}?)(?:  |\n|$)")
_ACCOUNT = re.compile(r"([A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}|[0-9]{9,10})(?= |$)")
_KENMERK = re.compile(r"BETALINGSKENM(?:ERK|\.)?[ :.]*([0-9 ]{7,25})")


@dataclass(frozen=True, slots=True)
class Details:
    """What :86: tells of an entry. `reference_issuer` is ISO, CUR (Dutch) or None."""

    name: str | None = None
    account: str | None = None
    end_to_end_id: str | None = None
    mandate_reference: str | None = None
    reference: str | None = None
    reference_issuer: str | None = None
    remittance_text: str | None = None
    return_reason: str | None = None
    transaction_code: str | None = None
    transactions_count: int | None = None


def read_details(text: str, reference: str | None, extra: str | None, is_credit: bool) -> Details:
    """Read :86: with what :61: says besides: its reference and its second line, where banks put account and name."""
    reference, extra = (reference or "").strip(), (extra or "").strip()
    if _SLASHED.match(text.replace("\n", "")):
        found = _slashed(text.replace("\n", ""), is_credit)
    elif match := _CODED.match(text):
        found = _coded(text.replace("\n", ""), match[1], match[2])
    else:
        found = _plain(text, reference, extra)
    if found.account is None:
        stated = next((each for each in (extra.split(" ")[0], reference) if _is_account(each)), None)
        found = replace(found, account=stated)
    return replace(
        found,
        name=short(found.name, 200),
        account=compact(found.account)[:50] if found.account else None,
        remittance_text=short(found.remittance_text, TEXT_LENGTH_MAX),
        return_reason=short(found.return_reason, 40),
    )


def _is_account(text: str) -> bool:
    return re.fullmatch("[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}|P?[0-9]{9,10}", text) is not None


def _slashed(text: str, is_credit: bool) -> Details:
    """Read `/TRTP/.../IBAN/.../NAME/.../REMI/.../EREF/...`: ABN AMRO, ING and Rabobank since SEPA."""
    words = _SLASHED.split(text)
    values: dict[str, str] = {}
    side = ""
    for key, raw in zip(words[1::2], words[2::2], strict=True):
        value = raw.strip("/ ")
        if key in ("ORDP", "BENM"):
            side = key
        # Of both sides, the one that is not us: who ordered what we got, who got what we paid.
        if key == "NAME" and "NAME" in values and side == ("ORDP" if is_credit else "BENM"):
            values["NAME"] = value or values["NAME"]
        elif value:
            values.setdefault(key, value)
    name, account = values.get("NAME"), values.get("IBAN")
    if "CNTP" in values:  # Account, BIC, name and town in one.
        parts = [*values["CNTP"].split("/"), "", "", ""]
        account, name = account or parts[0] or None, name or parts[2] or None
    remittance, reference, issuer = _remittance(values.get("REMI", ""))
    count = values.get("NRTX", "")
    return Details(
        name=name,
        account=account,
        end_to_end_id=values.get("EREF"),
        mandate_reference=values.get("MARF"),
        reference=reference or values.get("SCOR"),
        reference_issuer=issuer,
        remittance_text=remittance,
        return_reason=values.get("RTRN"),
        transaction_code=short(values.get("TRCD") or values.get("TRTP"), 40),
        transactions_count=int(count) if re.fullmatch("[0-9]{1,9}", count) else None,
    )


def _remittance(text: str) -> tuple[str | None, str | None, str | None]:
    """Take the remittance apart: free text, structured reference and whose list that is from."""
    if text.startswith("USTD/"):
        return text.removeprefix("USTD/").strip("/ ") or None, None, None
    if match := re.match(r"STRD/(CUR|ISO)/([^/]{1,40})", text):
        return None, match[2].strip(), match[1]
    return text or None, None, None


def _coded(text: str, code: str, mark: str) -> Details:
    """Read `166?00...?20...?32...`: German banks, and Triodos with `>`."""
    words = re.split(rf"{re.escape(mark)}([0-9]{{2}})", text)
    fields: dict[str, str] = {}
    for key, value in zip(words[1::2], words[2::2], strict=True):
        fields[key] = fields.get(key, "") + value
    purpose = "".join(fields.get(str(key), "") for key in (*range(20, 30), *range(60, 64)))
    parts = _SEPA.split(purpose)
    labelled: dict[str, str] = {}
    for key, value in zip(parts[1::2], parts[2::2], strict=True):
        labelled.setdefault(key, value.strip())
    account = labelled.get("IBAN") or fields.get("38") or fields.get("31")
    if mark == ">":  # Triodos puts the other account in 10, and its own in 31.
        account = fields.get("10") or account
    return Details(
        name=labelled.get("ABWA") or " ".join(filter(None, (fields.get("32"), fields.get("33")))) or None,
        account=(account or "").split(" ")[0] or None,
        end_to_end_id=labelled.get("EREF"),
        mandate_reference=labelled.get("MREF"),
        remittance_text=labelled.get("SVWZ") or parts[0].strip() or fields.get("00"),
        return_reason=fields.get("34") if code in RETURN_CODES else None,
        transaction_code=code,
    )


def _plain(text: str, reference: str, extra: str) -> Details:
    """Read text without marks: the account first, as most Dutch banks once did, or anywhere as Knab does."""
    kenmerk = _kenmerk(text)
    issuer = "CUR" if kenmerk else None
    if match := _KNAB.search(text):
        rest = text[: match.start()] + text[match.end() :]
        return Details(match[2].strip() or None, match[1], None, None, kenmerk, issuer, joined(rest))
    text = text.lstrip()
    if match := _DOTTED.match(text):
        name = match[2].split("  ")[0].strip()
        return Details(name, match[1].replace(".", ""), None, None, kenmerk, issuer, joined(text[match.end() :]))
    if match := _GIRO.match(text):
        return Details(match[2].strip(), match[1], None, None, kenmerk, issuer, joined(text[match.end() :]))
    if match := _ACCOUNT.match(text):
        rest = text[match.end() :].strip()
        name = extra if extra and rest.casefold().startswith(extra.casefold()) else None
        if name:
            rest = rest[len(name) :]
        return Details(name, match[1], None, None, kenmerk, issuer, joined(rest))
    name = extra if extra and not _is_account(extra) and not re.fullmatch("[0-9 ]+", extra) else None
    return Details(name, None, None, None, kenmerk, issuer, joined(text))


def _kenmerk(text: str) -> str | None:
    """Give the betalingskenmerk that a text names, if its check digits are right."""
    for match in _KENMERK.finditer(text):
        number = compact(match[1])
        if is_payment_reference(number):
            return number
    return None


def joined(text: str) -> str:
    """Put broken lines together: without a space where a full line was broken, else with one."""
    whole = ""
    for line in text.split("\n"):
        whole += line if len(line) >= LINE_LENGTH else line + " "
    return " ".join(whole.split())
