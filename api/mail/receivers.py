"""Whom an alert is mailed to: the owners of its debtor, who asked for all, and finance where nobody else is told."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from api.mail.people import Person
from scoring.monitoring.kinds import alert_kind
from scoring.reasons.registry import Audience

# Who may read alerts and reports; others see what sales sees.
READS_FINANCE = frozenset({"finance", "credit_manager"})
OWNER_OF: dict[Audience, str] = {"sales": "account_owner", "finance": "credit_owner"}


@dataclass(frozen=True, slots=True)
class Receiver:
    """One who is told: at once or not, in his digest or not, and what he may read."""

    address: str
    audience: Audience
    at_once: bool
    in_digest: bool


def receivers(
    kind: str,
    severity: str,
    owners: Mapping[str, str | None],
    people: Mapping[str, Person],
    finance_address: str | None,
) -> list[Receiver]:
    """Give who is told of an alert, each once. `owners` has `account_owner` and `credit_owner`, None where none is.

    `people` must hold them, the finance address, and all who asked for every debtor. An urgent alert that nobody takes
    at once goes to the finance address at once, whatever that said.
    """
    told = alert_kind(kind).told
    found: dict[str, Audience] = {}
    unheard = False
    for group in sorted(told):
        owner = owners.get(OWNER_OF[group])
        audience = None if owner is None else _audience(people[owner], group)
        if owner is None or audience is None or people[owner].has_left or not _may_be_told(audience, told):
            unheard = True
        else:
            found[owner] = _wider(found.get(owner), audience)
    for person in people.values():
        audience = _audience(person, None)
        if person.scope == "all" and not person.has_left and _may_be_told(audience, told):
            found[person.address] = _wider(found.get(person.address), audience)
    if unheard and finance_address is not None:
        found[finance_address] = "finance"
    list_of = [each for each in _as_wanted(found, kind, severity, people) if each.at_once or each.in_digest]
    if severity == "urgent" and finance_address is not None and not any(each.at_once for each in list_of):
        list_of = [each for each in list_of if each.address != finance_address]
        list_of.append(Receiver(finance_address, "finance", at_once=True, in_digest=True))
    return list_of


def _audience(person: Person, group: Audience | None) -> Audience:
    """What a person may read: by his roles where they are known, else by what he is told as."""
    if person.roles or group is None:
        return "finance" if person.roles & READS_FINANCE else "sales"
    return group


def _may_be_told(audience: Audience, told: Collection[Audience]) -> bool:
    """Whether who may read so much may be told: whoever reads what finance does may read what sales is told too."""
    return audience == "finance" or audience in told


def _wider(one: Audience | None, other: Audience) -> Audience:
    return "finance" if "finance" in (one, other) else other


def _as_wanted(
    found: Mapping[str, Audience], kind: str, severity: str, people: Mapping[str, Person]
) -> Iterator[Receiver]:
    for address, audience in found.items():
        person = people[address]
        wants = person.wants(kind)
        at_once = wants and severity == "urgent" and person.urgent_at_once
        yield Receiver(address, audience, at_once, in_digest=wants and person.digest_hour is not None)
