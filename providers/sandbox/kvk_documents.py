"""A company of the sandbox in the shapes of the Dutch register."""

from typing import Any

from flask import request

from providers.sandbox.company import Company
from providers.sandbox.mentions import ESTABLISHMENT_BEGINS
from providers.sandbox.world import day

LEGAL_FORMS = {"bv": "Besloten Vennootschap", "nv": "Naamloze Vennootschap", "eenmanszaak": "Eenmanszaak"}
INSOLVENCY_CODES = {"bankruptcy": "FAIL", "moratorium": "SURS"}


def establishment_number(company: Company) -> str | None:
    """The twelve digits of its main establishment."""
    kvk = company.numbers.get("kvk")
    return f"{ESTABLISHMENT_BEGINS}{kvk}" if kvk else None


def _date(age: int) -> str:
    return day(age).strftime("%Y%m%d")


def _link(path: str) -> dict[str, str]:
    return {"href": f"{request.host_url}kvk/v1/{path}"}


def _registration(company: Company) -> dict[str, str]:
    ended = {} if company.ended is None else {"datumEinde": _date(company.ended)}
    return {"datumAanvang": _date(company.started), **ended}


def _addresses(company: Company) -> list[dict[str, Any]]:
    address = company.address
    return [
        {
            "type": "bezoekadres",
            "indAfgeschermd": "Nee",
            "volledigAdres": f"{address.street} {address.house_number}{' ' * 18}{address.postcode} {address.city}",
            "straatnaam": address.street,
            "huisnummer": address.house_number,
            "postcode": address.postcode,
            "plaats": address.city,
            "land": "Nederland",
        }
    ]


def found(company: Company) -> list[dict[str, Any]]:
    """What a search shows of it: the legal person if it is one, and its main establishment."""
    kvk, address = company.numbers["kvk"], company.address
    place = {"type": "bezoekadres", "straatnaam": address.street, "plaats": address.city}
    ended = {} if company.ended is None else {"actief": "Nee"}
    number = establishment_number(company)
    profiles = {"basisprofiel": _link(f"basisprofielen/{kvk}")}
    main = {
        "kvkNummer": kvk,
        "vestigingsnummer": number,
        "naam": company.name,
        "adres": {"binnenlandsAdres": place},
        "type": "hoofdvestiging",
        **ended,
        "_links": {**profiles, "vestigingsprofiel": _link(f"vestigingsprofielen/{number}")},
    }
    if company.rsin is None:
        return [main]
    legal = {"kvkNummer": kvk, "rsin": company.rsin, "naam": company.name, "adres": {"binnenlandsAdres": place}}
    return [{**legal, "type": "rechtspersoon", **ended, "_links": profiles}, main]


def _trade_names(company: Company) -> list[dict[str, Any]]:
    return [{"naam": name, "volgorde": at} for at, name in enumerate(company.names)]


def profile(company: Company) -> dict[str, Any]:
    """The basic profile."""
    kvk = company.numbers["kvk"]
    return {
        "kvkNummer": kvk,
        "indNonMailing": "Ja",
        "naam": company.name,
        "formeleRegistratiedatum": _date(company.started),
        "materieleRegistratie": _registration(company),
        **({"statutaireNaam": company.name} if company.is_legal_person else {}),
        "handelsnamen": _trade_names(company),
        "_links": {
            "self": _link(f"basisprofielen/{kvk}"),
            "vestigingen": _link(f"basisprofielen/{kvk}/vestigingen"),
        },
        "_embedded": {"eigenaar": owner(company), "hoofdvestiging": main_establishment(company)},
    }


def owner(company: Company) -> dict[str, Any]:
    """The owner: the legal person with its RSIN, or the natural person, who has none here."""
    kvk, form = company.numbers["kvk"], LEGAL_FORMS[company.legal_form]
    return {
        **({"rsin": company.rsin} if company.rsin else {}),
        "rechtsvorm": form,
        "uitgebreideRechtsvorm": form,
        "_links": {
            "self": _link(f"basisprofielen/{kvk}/eigenaar"),
            "basisprofiel": _link(f"basisprofielen/{kvk}"),
        },
    }


def main_establishment(company: Company) -> dict[str, Any]:
    """The main establishment, as the basic profile tells of it."""
    kvk, number = company.numbers["kvk"], establishment_number(company)
    return {
        "vestigingsnummer": number,
        "kvkNummer": kvk,
        "formeleRegistratiedatum": _date(company.started),
        "materieleRegistratie": _registration(company),
        "eersteHandelsnaam": company.name,
        "indHoofdvestiging": "Ja",
        "indCommercieleVestiging": "Ja",
        "adressen": _addresses(company),
        "_links": {
            "self": _link(f"basisprofielen/{kvk}/hoofdvestiging"),
            "basisprofiel": _link(f"basisprofielen/{kvk}"),
            "vestigingsprofiel": _link(f"vestigingsprofielen/{number}"),
        },
    }


def establishment(company: Company) -> dict[str, Any]:
    """The establishment profile."""
    told = main_establishment(company)
    links = {name: told["_links"][name] for name in ("basisprofiel",)}
    own = {"self": _link(f"vestigingsprofielen/{told['vestigingsnummer']}"), **links}
    return {**told, "indNonMailing": "Ja", "handelsnamen": _trade_names(company), "_links": own}


def open_data(company: Company) -> dict[str, Any]:
    """The basic company data of the open data set."""
    return {
        "datumAanvang": _date(company.started),
        "actief": "J" if company.ended is None else "N",
        "insolventieCode": INSOLVENCY_CODES.get(company.insolvency or ""),
        "rechtsvormCode": company.legal_form.upper(),
        "postcodeRegio": int(company.address.postcode[:2]),
        "activiteiten": [],
        "lidstaat": company.country,
    }
