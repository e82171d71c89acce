"""Finding a company in Coface's answers, and naming it to Coface: `<repository>#<number>` with its country."""

from dataclasses import dataclass

from providers.payload import Payload
from providers.ports import Identifier

PROVIDER = "coface"
REPOSITORIES = {
    "coface-icon": "icon",
    "coface-easy": "easy",
    "kvk": "registration-number",
    "coh": "registration-number",
    "vat": "vat-number",
}
ICON = "icon"  # What orders are best placed by: not every company has an id, and ids repeat between countries.


@dataclass(frozen=True, slots=True)
class Found:
    """A company of Coface's: how orders name it, its id where it has one, and the answer that says so."""

    external_id: str
    country: str
    company_id: str | None
    document: object


def external_id(number: Identifier) -> str | None:
    """How Coface names a number; None for one that it does not know companies by. VAT numbers go without country."""
    repository = REPOSITORIES.get(number.scheme)
    if repository is None:
        return None
    value = number.value.removeprefix(number.country) if number.scheme == "vat" else number.value
    return f"{repository}#{value}"


def the_one(document: object, asked: str, country: str) -> Found | None:
    """The company of a number; None where there is none. Raises NotUnderstood where several have it."""
    answer = Payload(PROVIDER, {"companies": document})
    if not answer.is_list("companies"):
        raise answer.not_understood("companies", "are no list")
    having = [each for each in answer.items("companies") if _has(each, asked)]
    if len({each.text("id") or str(at) for at, each in enumerate(having)}) > 1:
        raise answer.not_understood("companies", "has more than one company of a number")
    if not having:
        return None
    icons = [value for repository, value in _external_ids(having[0]) if repository == ICON]
    named = f"{ICON}#{icons[0]}" if icons else asked
    return Found(named, country, having[0].text("id"), document)


def _has(company: Payload, asked: str) -> bool:
    """Whether it has the number, as far as it tells numbers of that kind."""
    repository, _, value = asked.partition("#")
    told = [number for kind, number in _external_ids(company) if kind == repository]
    return not told or any(_plain(each) == _plain(value) for each in told)


def _external_ids(company: Payload) -> list[tuple[str, str]]:
    pairs = [(each.text("repositorySlug"), each.words("id")) for each in company.items("externalIds")]
    return [(repository, value) for repository, value in pairs if repository and value]


def _plain(value: str) -> str:
    return "".join(each for each in value.upper() if each.isalnum())
