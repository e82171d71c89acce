"""Official numbers as they are sent: one that may hold a citizen number is masked."""

from collections.abc import Iterable

from api.identity.company_merging import Number, as_number
from api.records.debtors import DebtorRecord
from scoring.company_numbers import SOLE_TRADERS, masked


def shown_identifiers(identifiers: Iterable[Number], *, is_personal: bool) -> list[dict[str, str]]:
    """Numbers as they are sent: a sole trader's VAT number of before 2020 holds the citizen number, so it is masked."""
    numbers = [as_number(each) for each in identifiers]
    shown = [masked(each) if is_personal else each for each in numbers]
    return [{"scheme": each.scheme, "country": each.country, "value": each.value} for each in shown]


def is_sole_trader(debtor: DebtorRecord) -> bool:
    """Whether a debtor's numbers may hold the citizen number."""
    return debtor.is_natural_person is True or debtor.legal_form in SOLE_TRADERS
