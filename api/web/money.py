"""Money at the edge: the currencies there are, their decimals, and the one form in which amounts come and go."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

# ISO 4217 as of 2026-01-01: the currencies in use, by the decimals of their smallest unit. Funds, metals and testing
# codes are left out: nobody invoices in them.
TWO_DECIMALS = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK
DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD
KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP
PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH
USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
EXPONENTS = {
    **dict.fromkeys(TWO_DECIMALS.split(), 2),
    **dict.fromkeys(NO_DECIMALS.split(), 0),
    **dict.fromkeys(THREE_DECIMALS.split(), 3),
}
UNITS = {exponent: Decimal(1).scaleb(-exponent) for exponent in set(EXPONENTS.values())}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency (ISO 4217)."""

    amount: Decimal
    currency: str


def has_decimals_of(amount: Decimal, currency: str) -> bool:
    """Say whether an amount has no more decimals than its currency, trailing zeros aside."""
    return amount == amount.quantize(UNITS[EXPONENTS[currency]], ROUND_HALF_EVEN)


def money_answer(amount: Decimal, currency: str) -> dict[str, str]:
    """Give an amount as it is sent: text, rounded half to even to the decimals of its currency."""
    return {"amount": amount_answer(amount, currency), "currency": currency}


def amount_answer(amount: Decimal, currency: str) -> str:
    """Give the amount alone as it is sent, for where its currency stands beside it."""
    return format(amount.quantize(UNITS[EXPONENTS[currency]], ROUND_HALF_EVEN), "f")
