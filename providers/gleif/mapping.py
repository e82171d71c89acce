"""Records of GLEIF as facts and candidates of ours."""

from typing import Any

from providers.errors import NotUnderstood
from providers.payload import Payload
from providers.ports import LEI_COUNTRY, About, Candidate, CompanyKey, Identifier, Raw
from scoring.facts import EntityFacts, GroupMember, RegisterStatus
from scoring.identifiers import is_kvk_number, is_lei
from scoring.registration_authorities import (
    ENGLAND_AND_WALES,
    KVK,
    NORTHERN_IRELAND,
    SCOTLAND,
    registered_number,
)

RECORDS = "lei-records"
DIRECT_PARENT = "direct-parent"
ULTIMATE_PARENT = "ultimate-parent"
DIRECT_PARENT_EXCEPTION = "direct-parent-reporting-exception"

# Entity legal forms (ISO 20275) that are codes of ours.
LEGAL_FORMS = {"54M6": "bv", "B5PM": "nv", "H0PO": "limited"}
ENTITY_STATUS = {"ACTIVE": True, "INACTIVE": False, "NULL": None, None: None}
OFFERED: dict[bool | None, RegisterStatus | None] = {True: "active", False: "dissolved", None: None}
# Records that are no identity of their own; the rest are told apart by how well they are kept.
VOID = frozenset({"DUPLICATE", "ANNULLED", "CANCELLED"})


def national_number(identifier: Identifier) -> tuple[str, str] | None:
    """(registration authority, number) of an identifier; None where GLEIF's code of its register is not known here."""
    if identifier.scheme == "kvk" and is_kvk_number(identifier.value):
        return KVK, identifier.value
    if identifier.scheme == "coh" and identifier.country == "GB":
        by_letters = {"NI": NORTHERN_IRELAND, "R0": NORTHERN_IRELAND, "NC": NORTHERN_IRELAND, "NL": NORTHERN_IRELAND}
        by_letters |= dict.fromkeys(("SC", "SO", "SL"), SCOTLAND)
        return by_letters.get(identifier.value[:2], ENGLAND_AND_WALES), identifier.value
    return None


def records(provider: str, document: object) -> list[Payload]:
    """The records of a list. Raises NotUnderstood, also where a list neither holds any nor says that there are none."""
    page = Payload(provider, document)
    found = page.items("data")
    if not found and page.section("meta", "pagination").number("total") != 0:
        raise page.not_understood("data", "is missing")
    return found


def record_asked_for(provider: str, raw: Raw, company: CompanyKey) -> Payload:
    """The one record of a list that is the company; raises NotUnderstood where none or several are.

    A branch bears the number of its company, and an entity may have been registered twice. A record that another number
    of the company contradicts is read all the same: that it is another's puts the identity in doubt, which silence
    would hide.
    """
    fitting = [each for each in records(provider, raw.get(RECORDS)) if _is_asked_for(each, company)]
    for is_better in (_is_kept, _is_issued):
        if len(fitting) > 1:
            fitting = [each for each in fitting if is_better(each)] or fitting
    if len(fitting) != 1:
        raise NotUnderstood(provider, f"{len(fitting)} records are the company asked for")
    return fitting[0]


def _is_known_here(identifier: Identifier) -> bool:
    return identifier.scheme == "lei" or national_number(identifier) is not None


def _is_asked_for(record: Payload, company: CompanyKey) -> bool:
    entity = record.section("attributes", "entity")
    named = {("lei", record.section("attributes").text("lei")), _authority(entity)}
    asked = {national_number(each) or ("lei", each.value) for each in company.identifiers if _is_known_here(each)}
    return bool(named & asked)


def is_void(record: Payload) -> bool:
    """Whether a record stands for nobody: it was a mistake, or the entity has another one."""
    return record.section("attributes", "registration").text("status") in VOID


def _is_kept(record: Payload) -> bool:
    return not is_void(record) and record.section("attributes", "entity").text("category") != "BRANCH"


def _is_issued(record: Payload) -> bool:
    return record.section("attributes", "registration").text("status") == "ISSUED"


def _authority(entity: Payload) -> tuple[str | None, str | None]:
    return entity.section("registeredAt").text("id"), entity.text("registeredAs")


def parent_link(record: Payload, name: str) -> str | None:
    """The LEI below which a document about the parent lies; None where the record has no link to it."""
    links = {
        DIRECT_PARENT: (DIRECT_PARENT, "lei-record"),
        ULTIMATE_PARENT: (ULTIMATE_PARENT, "lei-record"),
        DIRECT_PARENT_EXCEPTION: (DIRECT_PARENT, "reporting-exception"),
    }
    parent, kind = links[name]
    return _lei(record) if record.section("relationships", parent, "links").text(kind) else None


def completed_leis(provider: str, document: object) -> list[str]:
    """The LEIs of completed names, each once; a name can be completed without belonging to a record."""
    completions = Payload(provider, document).items("data")
    found = [each.section("relationships", RECORDS, "data").text("id") for each in completions]
    return list(dict.fromkeys(each for each in found if each is not None and is_lei(each)))


def entity_facts(provider: str, raw: Raw, about: About) -> EntityFacts:
    """What the register says of the company asked for. Raises NotUnderstood."""
    record = record_asked_for(provider, raw, about.company)
    attributes = record.section("attributes")
    entity = attributes.section("entity")
    registered_at, registered_as = _authority(entity)
    exception = _document(provider, raw, DIRECT_PARENT_EXCEPTION)
    return EntityFacts(
        provider=provider,
        retrieved_on=about.retrieved_on,
        lei=_lei(record),
        name=entity.section("legalName").text("name"),
        active=_is_active(entity),
        registration=attributes.section("registration").text("status"),
        registered_at=registered_at,
        registered_as=registered_as,
        parent=_member(record, provider, raw, DIRECT_PARENT),
        ultimate_parent=_member(record, provider, raw, ULTIMATE_PARENT),
        no_parent_reason=None if exception is None else exception.section("attributes").text("reason"),
    )


def _is_active(entity: Payload) -> bool | None:
    """Of the entity itself: a registration that lapsed says that a fee was not paid, and nothing else."""
    word = entity.text("status")
    if word not in ENTITY_STATUS:
        raise entity.not_understood("status", "is no status that we know")
    return ENTITY_STATUS[word]


def _member(record: Payload, provider: str, raw: Raw, name: str) -> GroupMember | None:
    """The parent; also one of which only the link is known, since then there is one."""
    parent = _document(provider, raw, name)
    if parent is None:
        return GroupMember(None, None) if parent_link(record, name) is not None else None
    entity = parent.section("attributes", "entity")
    return GroupMember(
        entity.section("legalName").text("name"), _lei(parent), entity.section("legalAddress").text("country")
    )


def _document(provider: str, raw: Raw, name: str) -> Payload | None:
    return None if raw.get(name) is None else Payload(provider, raw[name]).section("data")


def _lei(record: Payload) -> str:
    lei = record.section("attributes").text("lei")
    if lei is None or not is_lei(lei):
        raise record.not_understood("attributes.lei", "is no LEI")
    return lei


def candidate(provider: str, record: Payload, parent: Any) -> Candidate:
    """The entity as a search offers it; `parent` is the answer about its direct parent. Raises NotUnderstood."""
    entity = record.section("attributes", "entity")
    name, country = entity.section("legalName").text("name"), entity.section("legalAddress").text("country")
    if name is None or country is None:
        raise record.not_understood("attributes.entity", "has no name or no country")
    others = [each.text("name") for each in entity.items("otherNames") if each.text("type") != "PREVIOUS_LEGAL_NAME"]
    return Candidate(
        provider=provider,
        identifiers=_identifiers(record),
        name=name,
        trade_names=tuple(dict.fromkeys(each for each in others if each)),
        country=country,
        address=_address(entity.section("legalAddress")),
        legal_form=_legal_form(entity),
        status=OFFERED[_is_active(entity)],
        parent=None if parent is None else _parent_identifier(provider, parent),
    )


def numbers_told(provider: str, raw: Raw, company: CompanyKey) -> tuple[Identifier, ...]:
    """The numbers of the company asked for, by its record. Raises NotUnderstood."""
    return _identifiers(record_asked_for(provider, raw, company))


def _identifiers(record: Payload) -> tuple[Identifier, ...]:
    registered = registered_number(*_authority(record.section("attributes", "entity")))
    lei = Identifier("lei", LEI_COUNTRY, _lei(record))
    return (lei,) if registered is None else (lei, Identifier(registered.scheme, registered.country, registered.value))


def _legal_form(entity: Payload) -> str | None:
    if entity.text("category") == "SOLE_PROPRIETOR":
        return "eenmanszaak"
    return LEGAL_FORMS.get(entity.section("legalForm").text("id") or "")


def _parent_identifier(provider: str, parent: object) -> Identifier:
    return Identifier("lei", LEI_COUNTRY, _lei(Payload(provider, parent).section("data")))


def _address(address: Payload) -> str | None:
    town = " ".join(filter(None, [address.text("postalCode"), address.text("city")]))
    lines = [" ".join(line.split()) for line in address.texts("addressLines")]
    return ", ".join(filter(None, [*lines, town])) or None
