"""What VAT and entity registers add to company register and report: an identity in doubt, an end, and the group."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from scoring.company_numbers import WORLD, CompanyNumber, contradict
from scoring.facts import BureauFacts, CompanyDetails, EntityFacts, GroupMember, NegativeEvent, RegisterFacts, VatFacts
from scoring.registration_authorities import registered_number

# An entity that has ended by its legal entity identifier, while the company register knows of nothing. The policy says
# what that means; where it does not, a person looks.
ENTITY_INACTIVE = "entity_inactive"


def register_beside(
    register: RegisterFacts | None,
    vat: VatFacts | None,
    entity: EntityFacts | None,
    vat_numbers: Collection[str],
    numbers: Collection[CompanyNumber] = (),
) -> RegisterFacts | None:
    """What the company register says, with what the other registers hold against it.

    A VAT number of the debtor (`vat_numbers`, with the letters of its country) that is not valid is an identity in
    doubt, and so is an entity that another company of its `numbers` is registered by. An
    entity that has ended is an event, undated, since nobody tells since when.
    """
    if register is None:
        return None
    mismatch = register.identity_mismatch
    if vat is not None and not vat.valid and "vat" not in mismatch and is_one_of(vat.number, vat_numbers):
        mismatch = (*mismatch, "vat")
    if entity is not None and "number" not in mismatch and is_other_entity(entity, numbers):
        mismatch = (*mismatch, "number")
    events = register.events
    if entity is not None and entity.active is False and register.status == "active":
        events = (*events, NegativeEvent(ENTITY_INACTIVE, entity.retrieved_on, undated=True))
    if (mismatch, events) == (register.identity_mismatch, register.events):
        return register
    return replace(register, identity_mismatch=mismatch, events=events)


def is_other_entity(entity: EntityFacts, numbers: Iterable[CompanyNumber]) -> bool:
    """Whether the entity's LEI or the number it is registered by contradicts one of a company's."""
    registered = registered_number(entity.registered_at, entity.registered_as)
    own = [CompanyNumber("lei", WORLD, entity.lei), *([] if registered is None else [registered])]
    return any(contradict(each, other) for other in numbers for each in own)


def report_beside(report: BureauFacts | None, entity: EntityFacts | None) -> BureauFacts | None:
    """The credit report, with the group by the entity register where the report names none: shown, never judged."""
    top = None if entity is None else entity.ultimate_parent or entity.parent
    if report is None or top is None or (report.details is not None and report.details.group is not None):
        return report
    return replace(report, details=replace(report.details or CompanyDetails(), group=_named(top)))


def _named(member: GroupMember) -> str | None:
    """A company of a group as it is shown; the LEI tells where it was found."""
    return " ".join(filter(None, (member.name, member.lei and f"(LEI {member.lei})"))) or None


def is_one_of(number: str, numbers: Collection[str]) -> bool:
    """Whether a VAT number is one of some, however it is written: with its country's letters or without, with dots."""
    asked = _bare(number)
    return any(asked in (known := _bare(each), known[2:]) for each in numbers)


def _bare(number: str) -> str:
    """A number as it is compared: letters and digits only."""
    return "".join(each for each in number.upper() if each.isalnum())
