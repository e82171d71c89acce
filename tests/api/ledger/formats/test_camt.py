"""camt: what the samples do not show."""

import io
from datetime import date
from decimal import Decimal

import pytest

from api.ledger.formats.camt import read_camt
from api.ledger.formats.documents import BankEntry, Refused, StatementEnd, StatementHead
from api.ledger.reading import FileUnreadable
from tests.api.ledger.formats.documents_for_tests import ACCOUNT, balance, camt, entry
from tests.api.ledger.formats.outcomes import items_of


def taken(*written: str) -> list[BankEntry]:
    items = items_of(camt(*written))
    assert not [item for item in items if isinstance(item, Refused)], items
    return [item for item in items if isinstance(item, BankEntry)]


def one(*written: str) -> BankEntry:
    (found,) = taken(*written)
    return found


def details(inner: str = "", party: str = "", remittance: str = "", refs: str = "") -> str:
    parties = f"<RltdPties>{party}</RltdPties>" if party else ""
    told = f"<RmtInf>{remittance}</RmtInf>" if remittance else ""
    return f"<TxDtls><Refs>{refs}</Refs>{inner}{parties}{told}</TxDtls>"


@pytest.mark.parametrize("version", ["053.001.01", "053.001.02", "053.001.06", "053.001.08", "053.001.12"])
@pytest.mark.parametrize("status", ["<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>"])
@pytest.mark.parametrize("day", ["<Dt>2026-03-02</Dt>", "<DtTm>2026-03-02T23:30:00+01:00</DtTm>"])
def test_every_version_is_read(version: str, status: str, day: str) -> None:
    head, found, end = items_of(camt(entry(status=status, booked=f"<BookgDt>{day}</BookgDt>"), version=version))
    assert isinstance(head, StatementHead)
    assert (head.kind, head.account, head.reference, head.sequence_number) == ("statement", ACCOUNT, "S1", "7")
    assert isinstance(found, BankEntry)
    assert (found.amount, found.currency, found.booked_on) == (Decimal("10.00"), "EUR", date(2026, 3, 2))
    assert isinstance(end, StatementEnd)
    assert end.entries_count == 1


def test_only_what_is_booked_is_an_entry() -> None:
    waiting = [entry(status=f"<Sts><Cd>{code}</Cd></Sts>") for code in ("PDNG", "FUTR", "INFO")]
    items = items_of(camt(*waiting, entry()))
    assert len([item for item in items if isinstance(item, BankEntry)]) == 1
    end = items[-1]
    assert isinstance(end, StatementEnd)
    assert (end.pending_count, end.information_count, end.entries_count) == (2, 1, 1)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (entry("8.85001"), "too_many_decimals"),
        (entry("0.00"), "amount_zero"),
        (entry("-1.00"), "not_an_amount"),
        (entry("1,00"), "not_an_amount"),
        (entry("NaN"), "not_an_amount"),
        (entry("1000000000000"), "amount_too_large"),
        (entry(currency="DEM"), "not_a_currency"),
        (entry(sign="BOTH"), "sign_unknown"),
        (entry(status="<Sts>XXXX</Sts>"), "status_unknown"),
        (entry(status=""), "status_unknown"),
        (entry(booked=""), "date_missing"),
        (entry(booked="<BookgDt><Dt>2026-02-30</Dt></BookgDt>"), "not_a_date"),
    ],
)
def test_a_bad_entry_costs_that_entry_and_no_other(written: str, code: str) -> None:
    items = items_of(camt(entry(), written, entry("11.00")))
    refused = [item for item in items if isinstance(item, Refused)]
    assert [(each.code, each.entry) for each in refused] == [(code, 2)]
    assert [item.amount for item in items if isinstance(item, BankEntry)] == [Decimal("10.00"), Decimal("11.00")]


def test_further_decimals_that_are_noughts_do_no_harm() -> None:
    assert one(entry("8.85000")).amount == Decimal("8.85")


def test_without_a_booking_date_the_value_date_counts() -> None:
    assert one(entry(booked="", value="<ValDt><Dt>2026-03-01</Dt></ValDt>")).booked_on == date(2026, 3, 1)


def side(name: str, role: str = "Dbtr", account: str = "NL02RABO0123456789", form: str = "{}") -> str:
    return f"<{role}>{form.format(f'<Nm>{name}</Nm>')}</{role}><{role}Acct><Id><IBAN>{account}</IBAN></Id></{role}Acct>"


@pytest.mark.parametrize("form", ["{}", "<Pty>{}</Pty>"])
def test_who_paid_is_the_debtor_in_both_ways_of_writing(form: str) -> None:
    found = one(entry(details=details(party=side("Jansen", form=form) + side("Wij", "Cdtr", ACCOUNT, form))))
    assert (found.counterparty_name, found.counterparty_account) == ("Jansen", "NL02RABO0123456789")


def test_whom_we_paid_is_the_creditor() -> None:
    party = side("Wij", "Dbtr", ACCOUNT) + side("Bakker", "Cdtr")
    assert one(entry(sign="DBIT", details=details(party=party))).counterparty_name == "Bakker"


def test_the_ultimate_party_counts_where_the_direct_one_has_no_name() -> None:
    party = "<UltmtDbtr><Nm>Achter Jansen</Nm></UltmtDbtr><DbtrAcct><Id><IBAN>NL02RABO0123456789</IBAN></Id></DbtrAcct>"
    assert one(entry(details=details(party=party))).counterparty_name == "Achter Jansen"


def test_we_are_never_our_own_counterparty() -> None:
    assert one(entry(details=details(party=side("Wij", "Cdtr", ACCOUNT)))).counterparty_name is None


def test_a_reversal_keeps_the_sides_of_what_it_undoes_and_its_own_sign() -> None:
    party = side("Klant", "Dbtr") + side("Wij", "Cdtr", ACCOUNT)
    reason = "<RtrInf><Rsn><Cd>AM04</Cd></Rsn></RtrInf>"
    found = one(entry(sign="DBIT", more="<RvslInd>true</RvslInd>", details=details(reason, party)))
    assert (found.amount, found.is_reversal, found.return_reason) == (Decimal("-10.00"), True, "AM04")
    assert found.counterparty_name == "Klant"
    unnumbered = side("Klant", "Dbtr") + "<Cdtr><Nm>Wij</Nm></Cdtr>"
    assert one(entry(sign="DBIT", details=details(party=unnumbered))).counterparty_name == "Wij"
    undone = entry(sign="DBIT", more="<RvslInd>true</RvslInd>", details=details(party=unnumbered))
    assert one(undone).counterparty_name == "Klant"


SCOR = "<Cd>SCOR</Cd>"


@pytest.mark.parametrize(
    ("code", "issuer", "reference", "kind", "value"),
    [
        (SCOR, "ISO", "RF18539007547034", "rf", "RF18539007547034"),
        (SCOR, "", "RF18 5390 0754 7034", "rf", "RF18539007547034"),
        (SCOR, "ISO", "RF19539007547034", "other", "RF19539007547034"),
        (SCOR, "CUR", "5000056789012345", "nl_betalingskenmerk", "5000056789012345"),
        (SCOR, "CUR", "5000056789012346", "other", "5000056789012346"),
        (SCOR, "BBA", "5000056789012345", "other", "5000056789012345"),
        ("<Prtry>QRR</Prtry>", "", "21 00000 00003", "other", "21 00000 00003"),
    ],
)
def test_a_structured_reference_is_what_its_check_digits_say(
    code: str, issuer: str, reference: str, kind: str, value: str
) -> None:
    list_name = f"<Issr>{issuer}</Issr>" if issuer else ""
    written = f"<Tp><CdOrPrtry>{code}</CdOrPrtry>{list_name}</Tp><Ref>{reference}</Ref>"
    found = one(entry(details=details(remittance=f"<Strd><CdtrRefInf>{written}</CdtrRefInf></Strd>")))
    assert found.structured_reference is not None
    assert (found.structured_reference.kind, found.structured_reference.value) == (kind, value)


def test_what_the_payer_wrote_is_joined_and_numbers_he_named_stand_apart() -> None:
    remittance = (
        "<Ustrd>Factuur 1</Ustrd><Ustrd>en 2</Ustrd><Strd><RfrdDocInf><Nb>2026-1</Nb></RfrdDocInf></Strd>"
        "<Strd><RfrdDocInf><Nb>2026-2</Nb></RfrdDocInf></Strd>"
    )
    found = one(entry(details=details(remittance=remittance, refs="<EndToEndId>NOTPROVIDED</EndToEndId>")))
    assert found.remittance_text == "Factuur 1 en 2"
    assert found.referred_numbers == ("2026-1", "2026-2")
    assert found.end_to_end_id is None


def amounts(amount: str, currency: str = "EUR") -> str:
    return f'<AmtDtls><TxAmt><Amt Ccy="{currency}">{amount}</Amt></TxAmt></AmtDtls>'


def test_a_payment_in_another_currency_counts_in_that_of_the_account() -> None:
    foreign = (
        '<AmtDtls><InstdAmt><Amt Ccy="USD">110.00</Amt></InstdAmt><TxAmt><Amt Ccy="USD">110.00</Amt></TxAmt>'
        '<CntrValAmt><Amt Ccy="EUR">{}</Amt></CntrValAmt></AmtDtls>'
    )
    assert one(entry("100.00", details=details(foreign.format("100.00")))).amount == 100
    both = details(foreign.format("60.00")) + details(foreign.format("40.00"))
    assert [each.amount for each in taken(entry("100.00", details=both))] == [60, 40]


def test_charges_stand_apart_from_what_was_paid() -> None:
    charges = '<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">1.50</TtlChrgsAndTaxAmt></Chrgs>'
    paid, kept = taken(entry("98.50", details=details(amounts("100.00") + charges)))
    assert (paid.amount, paid.is_charge, kept.amount, kept.is_charge) == (100, False, Decimal("-1.50"), True)
    assert (paid.identity[-2:], kept.identity[-2:]) == (".1", ".0")


def test_charges_that_explain_nothing_change_nothing() -> None:
    charges = '<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">9.00</TtlChrgsAndTaxAmt></Chrgs>'
    assert one(entry("98.50", details=details(amounts("100.00") + charges))).amount == Decimal("98.50")


def test_a_batch_without_details_is_one_entry() -> None:
    found = one(entry("300.00", details="<Btch><NbOfTxs>3</NbOfTxs></Btch>"))
    assert (found.amount, found.is_batch, found.transactions_count) == (300, True, 3)
    assert not one(entry()).is_batch


def test_transactions_of_one_entry_are_named_after_it() -> None:
    both = details(amounts("4.00")) + details(amounts("6.00"))
    first, second = taken(entry(details=both, reference="<AcctSvcrRef>A1</AcctSvcrRef>"))
    whole = one(entry(reference="<AcctSvcrRef>A1</AcctSvcrRef>"))
    assert (first.identity, second.identity) == (f"{whole.identity}.1", f"{whole.identity}.2")


def test_equal_entries_are_told_apart_by_which_of_them_they_are() -> None:
    first, second, other = taken(entry(), entry(), entry("11.00"))
    assert first.identity.removesuffix(":1") == second.identity.removesuffix(":2")
    assert other.identity.split(":")[1] != first.identity.split(":")[1]
    assert one(entry("10.0")).identity == first.identity, "how an amount is written does not matter"


def test_a_reference_names_an_entry_whatever_else_it_says() -> None:
    reference = "<AcctSvcrRef>A1</AcctSvcrRef>"
    plain, told = (
        one(entry(reference=reference, details=each)) for each in ("", details(remittance="<Ustrd>x</Ustrd>"))
    )
    assert plain.identity == told.identity
    assert one(entry(reference="<AcctSvcrRef>A2</AcctSvcrRef>")).identity != plain.identity


def test_a_statement_that_adds_up_differs_by_nothing() -> None:
    def difference(closing: str, *written: str) -> Decimal | None:
        content = camt(*written, balances=balance("OPBD", "5.00", "DBIT") + balance("CLBD", closing))
        end = items_of(content)[-1]
        assert isinstance(end, StatementEnd)
        return end.difference

    assert difference("5.00", entry()) == 0
    assert difference("6.00", entry()) == 1
    assert difference("6.00", entry("0.00")) is None, "nobody knows what a refused entry was"


def test_a_statement_without_an_account_is_refused_as_a_whole() -> None:
    items = items_of(camt(entry(), account=""))
    assert [(item.code, item.text) for item in items if isinstance(item, Refused)] == [("account_missing", "S1")]
    assert len(items) == 1


@pytest.mark.parametrize("version", ["052.001.06", "053.001.02", "054.001.08"])
def test_a_message_without_a_statement_says_so_to_a_bookkeeper(version: str) -> None:
    content = f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{version}"><M><GrpHdr/></M></Document>'
    with pytest.raises(FileUnreadable, match="download it from the bank again") as error:
        items_of(content.encode())
    assert error.value.code == "statement_missing"


def test_a_truncated_file_keeps_what_was_whole() -> None:
    content = camt(entry(), entry("11.00"))
    reading = read_camt(io.BytesIO(content[: content.rindex(b"<Ntry>") + 30]))
    assert isinstance(next(reading), StatementHead)
    with pytest.raises(FileUnreadable) as error:
        list(reading)
    assert error.value.code == "xml_broken"
