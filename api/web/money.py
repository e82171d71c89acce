"""Money at the edge: the currencies we take, and the one form in which amounts come and go."""

from decimal import Decimal

from scoring.money import exponent_of, quantised

# ISO 4217 as of 2026-01-01: the currencies in use. Funds, units of account, metals and testing codes are left out:
# nobody invoices in them.
IN_USE = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP
CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU
MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG
SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV
WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
EXPONENTS = {currency: exponent_of(currency) for currency in IN_USE.split()}


def has_decimals_of(amount: Decimal, currency: str) -> bool:
    """Say whether an amount has no more decimals than its currency, trailing zeros aside."""
    return amount == quantised(amount, currency)


def money_answer(amount: Decimal, currency: str) -> dict[str, str]:
    """Give an amount as it is sent: text, rounded half to even to the decimals of its currency."""
    return {"amount": amount_answer(amount, currency), "currency": currency}


def money_or_none(amount: Decimal | None, currency: str) -> dict[str, str] | None:
    """Give an amount as it is sent, None when there is none."""
    return None if amount is None else money_answer(amount, currency)


def amount_answer(amount: Decimal, currency: str) -> str:
    """Give the amount alone as it is sent, for where its currency stands beside it."""
    return format(quantised(amount, currency), "f")
