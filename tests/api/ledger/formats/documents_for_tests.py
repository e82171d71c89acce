"""Makes invoices and statements for tests; each part can be put in, changed or left out."""

UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CII = "urn:un:unece:uncefact:data:standard:"


def party(country: str = "NL", ids: str = "", vat: str = "NL001234567B01", legal: str = "", endpoint: str = "") -> str:
    scheme = "<c:TaxScheme><b:ID>VAT</b:ID></c:TaxScheme>"
    tax = f"<c:PartyTaxScheme><b:CompanyID>{vat}</b:CompanyID>{scheme}</c:PartyTaxScheme>"
    return (
        f"<c:Party>{endpoint}{ids}<c:PostalAddress><c:Country><b:IdentificationCode>{country}</b:IdentificationCode>"
        f"</c:Country></c:PostalAddress>{tax if vat else ''}<c:PartyLegalEntity><b:RegistrationName>Jansen BV"
        f"</b:RegistrationName>{legal}</c:PartyLegalEntity></c:Party>"
    )


LEGAL = '<b:CompanyID schemeID="0106">12345678</b:CompanyID>'


def ubl(root: str = "Invoice", **changed: str) -> bytes:
    """A Dutch invoice of 121.00 with one difference for each name in `changed`."""
    parts = {
        "number": "<b:ID>2026-0042</b:ID>",
        "issued": "<b:IssueDate>2026-03-01</b:IssueDate>",
        "due": "<b:DueDate>2026-03-31</b:DueDate>",
        "type": f"<b:{root}TypeCode>{'381' if root == 'CreditNote' else '380'}</b:{root}TypeCode>",
        "currency": "<b:DocumentCurrencyCode>EUR</b:DocumentCurrencyCode>",
        "more": "",
        "seller": f"<c:AccountingSupplierParty>{party(legal=LEGAL)}</c:AccountingSupplierParty>",
        "buyer": f"<c:AccountingCustomerParty>{party(vat='', legal=LEGAL)}</c:AccountingCustomerParty>",
        "means": "<c:PaymentMeans><b:PaymentMeansCode>30</b:PaymentMeansCode><b:PaymentID>RF73INV20260042</b:PaymentID>"
        "</c:PaymentMeans>",
        "terms": "",
        "vat": '<c:TaxTotal><b:TaxAmount currencyID="EUR">21.00</b:TaxAmount></c:TaxTotal>',
        "total": '<b:TaxInclusiveAmount currencyID="EUR">121.00</b:TaxInclusiveAmount>',
        "prepaid": "",
        "payable": '<b:PayableAmount currencyID="EUR">121.00</b:PayableAmount>',
        **changed,
    }
    head = "".join(parts[name] for name in ("number", "issued", "due", "type", "currency", "more", "seller", "buyer"))
    middle = "".join(parts[name] for name in ("means", "terms", "vat"))
    totals = f"<c:LegalMonetaryTotal>{parts['total']}{parts['prepaid']}{parts['payable']}</c:LegalMonetaryTotal>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><u:{root} xmlns:u="{UBL}{root}-2"'
        f' xmlns:c="{UBL}CommonAggregateComponents-2" xmlns:b="{UBL}CommonBasicComponents-2">{head}{middle}{totals}'
        f"<c:{root}Line><b:ID>1</b:ID></c:{root}Line></u:{root}>"
    ).encode()


def cii(version: str = "100", **changed: str) -> bytes:
    """A German invoice of 119.00 in the CII syntax."""
    parts = {
        "number": "<r:ID>R-2026-7</r:ID>",
        "type": "<r:TypeCode>380</r:TypeCode>",
        "issued": '<r:IssueDateTime><t:DateTimeString format="102">20260301</t:DateTimeString></r:IssueDateTime>',
        "buyer_ids": '<r:SpecifiedLegalOrganization><r:ID schemeID="0106">12345678</r:ID>'
        "</r:SpecifiedLegalOrganization>",
        "vat_id": '<r:SpecifiedTaxRegistration><r:ID schemeID="VA">DE123456788</r:ID></r:SpecifiedTaxRegistration>',
        "reference": "<r:PaymentReference>R-2026-7</r:PaymentReference>",
        "account": "<r:SpecifiedTradeSettlementPaymentMeans><r:TypeCode>58</r:TypeCode><r:PayeePartyCreditorFinancial"
        "Account><r:IBANID>DE02120300000000202051</r:IBANID></r:PayeePartyCreditorFinancialAccount></r:Specified"
        "TradeSettlementPaymentMeans>",
        "terms": '<r:SpecifiedTradePaymentTerms><r:DueDateDateTime><t:DateTimeString format="102">20260331'
        "</t:DateTimeString></r:DueDateDateTime></r:SpecifiedTradePaymentTerms>",
        "vat": '<r:TaxTotalAmount currencyID="EUR">19.00</r:TaxTotalAmount>',
        "total": "<r:GrandTotalAmount>119.00</r:GrandTotalAmount>",
        "prepaid": "",
        "payable": "<r:DuePayableAmount>119.00</r:DuePayableAmount>",
        "preceding": "",
        **changed,
    }
    return (
        f'<x:CrossIndustryInvoice xmlns:x="{CII}CrossIndustryInvoice:{version}"'
        f' xmlns:r="{CII}ReusableAggregateBusinessInformationEntity:{version}"'
        f' xmlns:t="{CII}UnqualifiedDataType:{version}"><x:ExchangedDocument>{parts["number"]}{parts["type"]}'
        f"{parts['issued']}</x:ExchangedDocument><x:SupplyChainTradeTransaction>"
        "<r:IncludedSupplyChainTradeLineItem><r:ID>9</r:ID></r:IncludedSupplyChainTradeLineItem>"
        "<r:ApplicableHeaderTradeAgreement><r:BuyerReference>04011000-12345-34</r:BuyerReference>"
        "<r:SellerTradeParty><r:Name>Verkauf GmbH</r:Name><r:PostalTradeAddress><r:CountryID>DE</r:CountryID>"
        f"</r:PostalTradeAddress></r:SellerTradeParty><r:BuyerTradeParty><r:Name>Jansen BV</r:Name>{parts['buyer_ids']}"
        "<r:PostalTradeAddress><r:CountryID>NL</r:CountryID></r:PostalTradeAddress>"
        f"{parts['vat_id']}</r:BuyerTradeParty><r:BuyerOrderReferencedDocument><r:IssuerAssignedID>PO-9"
        "</r:IssuerAssignedID></r:BuyerOrderReferencedDocument></r:ApplicableHeaderTradeAgreement>"
        "<r:ApplicableHeaderTradeDelivery><r:ActualDeliverySupplyChainEvent><r:OccurrenceDateTime>"
        '<t:DateTimeString format="102">20260228</t:DateTimeString></r:OccurrenceDateTime>'
        "</r:ActualDeliverySupplyChainEvent></r:ApplicableHeaderTradeDelivery><r:ApplicableHeaderTradeSettlement>"
        f"{parts['reference']}<r:InvoiceCurrencyCode>EUR</r:InvoiceCurrencyCode>{parts['account']}{parts['terms']}"
        f"<r:SpecifiedTradeSettlementHeaderMonetarySummation>{parts['vat']}{parts['total']}{parts['prepaid']}"
        f"{parts['payable']}</r:SpecifiedTradeSettlementHeaderMonetarySummation>{parts['preceding']}"
        "</r:ApplicableHeaderTradeSettlement></x:SupplyChainTradeTransaction></x:CrossIndustryInvoice>"
    ).encode()


ACCOUNT = "NL91ABNA0417164300"


def camt(
    *entries: str, version: str = "053.001.08", account: str = f"<IBAN>{ACCOUNT}</IBAN>", balances: str = ""
) -> bytes:
    names = {"053": ("BkToCstmrStmt", "Stmt"), "052": ("BkToCstmrAcctRpt", "Rpt"), "054": ("BkToCstmrDbtCdt", "Ntfctn")}
    message, statement = names[version[:3]]
    return (
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{version}"><{message}><GrpHdr><MsgId>M</MsgId></GrpHdr>'
        f"<{statement}><Id>S1</Id><ElctrncSeqNb>7</ElctrncSeqNb><Acct><Id>{account}</Id><Ccy>EUR</Ccy></Acct>{balances}"
        f"{''.join(entries)}</{statement}></{message}></Document>"
    ).encode()


def entry(amount: str = "10.00", sign: str = "CRDT", details: str = "", **changed: str) -> str:
    parts = {
        "currency": "EUR",
        "status": "<Sts><Cd>BOOK</Cd></Sts>",
        "booked": "<BookgDt><Dt>2026-03-02</Dt></BookgDt>",
        "value": "",
        "reference": "",
        "more": "",
        **changed,
    }
    return (
        f'<Ntry><Amt Ccy="{parts["currency"]}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{parts["more"]}'
        f"{parts['status']}{parts['booked']}{parts['value']}{parts['reference']}"
        f"{f'<NtryDtls>{details}</NtryDtls>' if details else ''}</Ntry>"
    )


def balance(code: str, amount: str, sign: str = "CRDT") -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt>'
        f"<CdtDbtInd>{sign}</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"
    )


def mt940(*fields: str, head: str = "", currency: str = "EUR") -> bytes:
    lines = [":20:STARTUMS", f":25:{ACCOUNT}", ":28C:1/1", f":60F:C251231{currency}100,00", *fields]
    return (head + "\r\n".join([*lines, f":62F:C260103{currency}110,00", "-", ""])).encode()
