"""The words that columns of ledgers are called by, in English and Dutch, and which of our fields each stands for."""

from collections.abc import Callable, Sequence

# Without spaces and signs, the surest word first; a column goes to the first of our fields that knows it.
WORDS: dict[str, tuple[str, ...]] = {
    "invoice_number": (
        *("invoicenumber", "invoiceno", "invoiceid", "factuurnummer", "factuurnr", "factuur"),
        *("documentnumber", "docno"),
    ),
    "debtor_reference": (
        *("customerid", "customerno", "customernumber", "customercode", "debtorreference", "debtornumber", "debtorid"),
        *("debiteurnummer", "debiteurnr", "klantnummer", "klantnr", "debiteur", "debtor", "customer", "klant"),
    ),
    "debtor_name": (
        *("customername", "debtorname", "vendorname", "klantnaam", "debiteurnaam", "name", "naam"),
        *("debiteur", "debtor", "customer", "klant"),
    ),
    "invoiced_on": ("invoicedate", "invoicedon", "factuurdatum", "documentdate", "boekdatum", "datum"),
    "due_on": ("duedate", "dueon", "vervaldatum", "vervaldag", "vervalt", "vervaltop"),
    "paid_on": ("settleddate", "paymentdate", "paidon", "paiddate", "betaaldatum", "betaaldop"),
    "paid_amount": ("settled", "paidamount", "amountpaid", "betaaldbedrag", "voldaan"),
    "amount": ("invoiceamount", "amount", "totalamount", "bedrag", "factuurbedrag", "total"),
    "vat_amount": ("vatamount", "vat", "btwbedrag", "btw", "tax", "taxamount"),
    "currency": ("currency", "valuta", "munt"),
    "country": ("country", "land"),
    "disputed": ("disputed", "betwist", "dispuut"),
    "kvk_number": ("kvknumber", "kvk", "kvknummer"),
    "vat_number": ("vatnumber", "btwnummer", "vatid"),
    "order_reference": (
        *("orderreference", "ordernumber", "orderno", "orderid", "salesorder", "salesordernumber"),
        *("ordernummer", "ordernr", "verkooporder", "verkoopordernummer", "order"),
    ),
}
NEEDED = ("debtor_reference", "invoiced_on", "due_on", "amount", "currency", "country")  # Of an invoice.


def columns_of(header: Sequence[str], note: Callable[[str, str], None]) -> dict[str, str]:
    """Give the columns that are called as one of our fields is. What is unsure is handed to `note`, code and detail."""
    found: dict[str, str] = {}
    for repeated in sorted({name for name in header if name and header.count(name) > 1}):
        note("column_repeated", f"more than one column is called '{repeated}': none of them can be used")
    plain = {name: "".join(filter(str.isalnum, name.casefold())) for name in header if header.count(name) == 1}
    for field, words in WORDS.items():
        fitting = [name for word in words for name in plain if plain[name] == word and name not in found.values()]
        if fitting:
            found[field] = fitting[0]
    if "debtor_reference" not in found and "debtor_name" in found:
        found["debtor_reference"] = found["debtor_name"]
        detail = f"no column looks like a debtor's number: '{found['debtor_name']}' is taken as the reference"
        note("reference_is_name", f"{detail}, so that two debtors of one name are one, and a new spelling is another")
    return found
