"""Keeps documents: reads what was sent, refuses what is none, and stores each once by the hash of its bytes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Request
from marshmallow import ValidationError
from sqlalchemy.orm import Session
from werkzeug.exceptions import RequestEntityTooLarge

from api.acceptance.documents_kinds import Unfit, clean_name, media_type_of
from api.acceptance.documents_schemas import NAMES, DocumentToldSchema
from api.identity.identifying import find
from api.identity.naming import DebtorNamed
from api.problems import BadInput, Conflict, Fault, NotFound
from api.records import debtors, documents, identities
from api.records.documents import DocumentRecord
from api.records.identities import Reference
from api.web.bodies import is_storable
from api.web.faults import faults_of
from api.web.idempotency import remember_body
from api.web.limits import bound_body, whole_body
from api.wiring import Wiring, answer_bytes

CONTENT_BYTES_MAX = 10_000_000
FORM_BYTES = 100_000  # What a form may have beside the file.
SHOWN = (
    *("id", "sha256", "type", "source", "dated_on", "file_name", "media_type", "size_bytes"),
    *("debtor_id", "added_by", "known_at"),
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A document as it was sent: its bytes, what they are, and what is told of it."""

    content: bytes
    media_type: str
    told: Mapping[str, Any]


def add_document(request: Request, query: Mapping[str, Any], given: Wiring) -> tuple[bytes, int]:
    """Keep a document; gives the answer and its status, 200 where the very same bytes were kept before.

    Raises BadInput naming every fault, NotFound for an unknown debtor, RequestEntityTooLarge, and Conflict where the
    same bytes are kept and something else was told of them.
    """
    sent = _read(request, query, given.today)
    with given.transaction() as session:
        given.once.claim(session)
        debtor_id = _debtor_id(session, sent.told)
        values = {**_columns(sent), "debtor_id": debtor_id, "added_by": given.caller.name, "known_at": given.now}
        record, is_new = documents.add(session, values)
        if not is_new:
            _refuse_otherwise(record, values)
        answer, status = answer_bytes(documents_answer(session, [record])[0]), 201 if is_new else 200
        given.once.keep(session, status, answer)
    return answer, status


def name_debtor(document_id: UUID, named: DebtorNamed, given: Wiring) -> tuple[bytes, int]:
    """Keep that a document names a further debtor, of which it is evidence from then on as of its first one.

    Gives the answer and its status, 200 where that was known. Raises NotFound for an unknown document or debtor.
    """
    with given.transaction() as session:
        given.once.claim(session)
        record = get_document(session, document_id)
        debtor_id = find(session, named)
        debtor = None if debtor_id is None else debtors.get(session, debtor_id)
        if debtor is None:
            raise NotFound("There is no such debtor.", code="debtor_not_found")
        is_new = debtor.id != record.debtor_id and documents.name_debtor(
            session, record.id, debtor.id, given.caller.name, given.now
        )
        answer, status = answer_bytes(documents_answer(session, [record])[0]), 201 if is_new else 200
        given.once.keep(session, status, answer)
    return answer, status


def documents_answer(session: Session, records: Sequence[DocumentRecord]) -> list[dict[str, Any]]:
    """Give documents as they are shown, without their bytes, with the further debtors that each names."""
    named = documents.also_named(session, [each.id for each in records])
    return [
        {name: getattr(each, name) for name in SHOWN} | {"also_debtor_ids": named.get(each.id, [])} for each in records
    ]


def get_document(session: Session, document_id: UUID) -> DocumentRecord:
    """Find a document. Raises NotFound."""
    record = documents.get(session, document_id)
    if record is None:
        raise NotFound("There is no such document.", code="document_not_found")
    return record


def document_of(session: Session, document_id: UUID, debtor_id: UUID) -> DocumentRecord:
    """Find a document that can be evidence of a debtor: its own, or one of no debtor. Raises NotFound."""
    record = documents.of_debtor(session, document_id, debtor_id)
    if record is None:
        raise NotFound("There is no such document of this debtor.", code="document_not_found")
    return record


def _read(request: Request, query: Mapping[str, Any], today: date) -> Sent:
    bound_body(CONTENT_BYTES_MAX + FORM_BYTES)
    told: dict[str, Any] = dict(query)
    faults: list[Fault] = []
    if request.mimetype == "multipart/form-data":
        unknown = sorted(name for name in {*request.form, *request.files} if name not in (*NAMES, "file"))
        faults += [Fault(f"/{name}", "unknown_field", "Unknown field.") for name in unknown]
        told |= {name: request.form[name] for name in NAMES if name in request.form}
        file = request.files.get("file")
        if file is None:
            faults.append(Fault("/file", "required", "Missing data for required field."))
        content = b"" if file is None else file.stream.read()
        claimed = "" if file is None else file.mimetype
        told.setdefault("file_name", "" if file is None else file.filename or "")
    else:
        content, claimed = whole_body(), request.mimetype
    faults += _unstorable(told)
    if len(content) > CONTENT_BYTES_MAX:
        raise RequestEntityTooLarge(f"A document may have {CONTENT_BYTES_MAX:,} bytes at most.")
    loaded: Mapping[str, Any] = told
    try:
        loaded = DocumentToldSchema().load(told)
    except ValidationError as error:
        faults += faults_of(error.messages)
        loaded = {**told, **error.valid_data} if isinstance(error.valid_data, dict) else told
    if isinstance(loaded.get("dated_on"), date) and loaded["dated_on"] > today:
        faults.append(Fault("/dated_on", "in_the_future", "No paper bears a day that is ahead."))
    media_type = _media_type(content, claimed, str(loaded.get("file_name", "")), faults)
    if faults:
        raise BadInput("What is told of the document breaks a rule.", faults=faults)
    # The marks between the parts of a form differ with each sending; what was sent does not.
    remember_body(sha256(content + repr((claimed, sorted(told.items()))).encode()).digest())
    return Sent(content, media_type, loaded)


def _unstorable(told: Mapping[str, Any]) -> list[Fault]:
    detail = "Must not hold NUL or half a surrogate pair."
    return [
        Fault(f"/{name}", "unstorable_character", detail) for name, value in told.items() if not is_storable(str(value))
    ]


def _media_type(content: bytes, claimed: str, file_name: str, faults: list[Fault]) -> str:
    """Say what a file is; why it is no document is added to the faults, unless it was not sent at all."""
    if any(each.pointer == "/file" for each in faults):
        return ""
    try:
        return media_type_of(content, claimed, file_name)
    except Unfit as unfit:
        faults.append(Fault("/file", unfit.code, unfit.detail))
        return ""


def _columns(sent: Sent) -> dict[str, Any]:
    return {
        "sha256": sha256(sent.content).hexdigest(),
        **{each: sent.told[each] for each in ("type", "source", "dated_on")},
        "file_name": clean_name(sent.told["file_name"], sent.media_type),
        "media_type": sent.media_type,
        "size_bytes": len(sent.content),
        "content": sent.content,
    }


def _refuse_otherwise(known: DocumentRecord, told: Mapping[str, Any]) -> None:
    """A paper is kept once: told otherwise one of the two is wrong, and nothing of it is dropped unseen.

    Its name alone may differ, as copies are called this and that: the first one stays.
    """
    names = ("type", "source", "dated_on", "debtor_id")
    differing = [name for name in names if getattr(known, name) != told[name]]
    if differing:
        faults = [Fault(f"/{name}", "known_otherwise", f"Kept as {getattr(known, name)}.") for name in differing]
        detail = (
            f"These bytes are document {known.id}; POST /v1/documents/{known.id}/debtors names further debtors of it."
        )
        raise Conflict(detail, code="document_known", faults=faults)


def _debtor_id(session: Session, told: Mapping[str, Any]) -> UUID | None:
    if told["debtor_id"] is None and told["debtor_system"] is None:
        return None
    debtor_id = told["debtor_id"]
    if debtor_id is None:
        debtor_id = identities.by_reference(session, Reference(told["debtor_system"], told["debtor_value"]))
    debtor = None if debtor_id is None else debtors.get(session, debtor_id)
    if debtor is None:
        raise NotFound("There is no such debtor.", code="debtor_not_found")
    return debtor.id
