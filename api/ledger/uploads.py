"""Takes an uploaded ledger file in: kept in pieces, with the job that imports it, in one transaction."""

import hashlib
import io
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from uuid import UUID

from flask import Request
from sqlalchemy.orm import Session

from api.ledger.formats.detecting import detect
from api.ledger.formats.unpacking import ZIP
from api.ledger.mapping import read_mapping
from api.ledger.reading import GZIP
from api.ledger.sources import FORMATS
from api.problems import BadInput, Fault
from api.records import imports, jobs
from api.records.sellers import Seller
from api.web.bodies import is_storable
from api.web.idempotency import remember_body
from api.web.plain_yaml import read_plain_yaml
from api.wiring import Wiring, answer_bytes

OPTIONS = ("format", "dry_run", "mapping", "file_name")
FILE_NAME_LENGTH_MAX = 200
IN_MEMORY_BYTES = 1_000_000
PART_BYTES = 256_000
LOOK_BYTES = 64_000


@dataclass(frozen=True, slots=True)
class Upload:
    """What was sent: the file, read to a place of our own, and how it is to be imported."""

    content: IO[bytes]
    format: str
    file_name: str
    mapping: dict[str, Any] | None
    dry_run: bool


def read_upload(request: Request, query: AnyMapping[str, Any]) -> Upload:
    """Read a form with `file` and `mapping`, or a body that is the file with the rest in the query.

    Raises BadInput naming every fault, those of the mapping too.
    """
    options = {name: value for name, value in query.items() if value is not None}
    content: IO[bytes]
    digest = hashlib.sha256()
    if request.mimetype == "multipart/form-data":
        unknown = [name for name in {*request.form, *request.files} if name not in (*OPTIONS, "file")]
        faults = [Fault(f"/{name}", "unknown_field", "Unknown field.") for name in unknown]
        if "file" not in request.files:
            faults.append(Fault("/file", "required", "Missing data for required field."))
        if faults:
            raise BadInput("The form cannot be read.", faults=faults)
        options |= {name: request.form[name] for name in OPTIONS if name in request.form}
        if "mapping" in request.files:
            options["mapping"] = request.files["mapping"].read()
        content = request.files["file"].stream
        options.setdefault("file_name", request.files["file"].filename or "upload")
        while part := content.read(PART_BYTES):
            digest.update(part)
    else:
        content = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115
        while part := request.stream.read(PART_BYTES):
            digest.update(part)
            content.write(part)
    content.seek(0)
    digest.update(repr(sorted(options.items())).encode())
    remember_body(digest.digest())
    return _upload(content, options)


def _upload(content: IO[bytes], options: AnyMapping[str, Any]) -> Upload:
    faults = []
    if options.get("format", "auto") not in FORMATS:
        faults.append(Fault("/format", "not_a_choice", f"Must be one of: {', '.join(FORMATS)}."))
    dry_run = str(options.get("dry_run", "false")).lower()
    if dry_run not in ("true", "false"):
        faults.append(Fault("/dry_run", "not_a_boolean", "Must be true or false."))
    mapping = None
    if options.get("mapping"):
        try:
            mapping = read_plain_yaml(options["mapping"], "mapping")
            read_mapping(mapping)
        except BadInput as error:
            at = [
                Fault(f"/mapping{each.pointer}", each.code, each.detail, each.line, each.column)
                for each in error.faults
            ]
            faults += at or [Fault("/mapping", error.code, error.detail)]
    elif dry_run == "false" and _is_delimited(content, options):
        faults.append(Fault("/mapping", "required", "Only a dry run can do without a mapping: it proposes one."))
    file_name = str(options.get("file_name", "upload"))[:FILE_NAME_LENGTH_MAX]
    if not is_storable(file_name):
        faults.append(Fault("/file_name", "unstorable_character", "Must not hold NUL or half a surrogate pair."))
    if faults:
        raise BadInput("The file cannot be imported so.", faults=faults)
    return Upload(content, str(options.get("format", "auto")), file_name, mapping, dry_run == "true")


def _is_delimited(content: IO[bytes], options: AnyMapping[str, Any]) -> bool:
    """Say whether a file can only be read with a mapping; of what is in an archive, its import will tell."""
    if options.get("format", "auto") != "auto":
        return bool(options["format"] == "csv")
    start = content.read(LOOK_BYTES)
    content.seek(0)
    if start.startswith((GZIP, *ZIP)):
        return False
    try:
        return detect(io.BytesIO(start)).format == "csv"
    except BadInput:
        return False


def start_import(session: Session, upload: Upload, seller: Seller, given: Wiring) -> tuple[UUID, UUID]:
    """Keep an uploaded file and enqueue its import. Gives the ids of the import and of its job."""
    record = imports.start(
        session,
        file_name=upload.file_name,
        format=upload.format,
        content_sha256=None,
        mapping=upload.mapping,
        dry_run=upload.dry_run,
        started_by=given.caller.name,
        created_at=given.now,
    )
    imports.add_chunks(session, record.id, upload.content)  # type: ignore[arg-type]
    job = jobs.enqueue(session, "ledger_import", {"import_id": str(record.id)}, given.now)
    return record.id, job.id


def accept(request: Request, query: AnyMapping[str, Any], given: Wiring) -> bytes:
    """Take a file in, as the answer to its sender."""
    upload = read_upload(request, query)
    with given.transaction() as session:
        given.once.claim(session)
        import_id, job_id = start_import(session, upload, given.seller, given)
        answer = answer_bytes({"import_id": import_id, "job_id": job_id, "state": "queued"})
        given.once.keep(session, 202, answer)
    return answer
