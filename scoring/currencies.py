"""Currencies: the codes of ISO 4217 in which something can be owed."""

# ISO 4217 as of 2026-01-01, without metals, units of settlement between banks, and the codes for tests and for none
# (XTS, XXX). Units of account in which contracts are made (CLF, UYI, UYW) are in it.
_ASSIGNED = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLF CLP CNY COP
CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD
IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP
SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND VUV WST XAF
XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_ASSIGNED.split())


def currency_fault(code: str) -> str | None:
    """Say why a text is no currency, and what was probably meant; None when it is one."""
    if code in CURRENCIES:
        return None
    hint = f"; use {code.upper()}" if code.upper() in CURRENCIES else ""
    return f"{code[:20]!r} is no currency code of ISO 4217 such as EUR{hint}"
