"""What a file is, told by its bytes: only what can be evidence is taken, and nothing that a machine would run."""

import io
import re
import unicodedata
import zipfile

XML, HTML, TEXT, MAIL = "application/xml", "text/html", "text/plain", "message/rfc822"
OFFICE = "application/vnd.openxmlformats-officedocument"
# What a file of each kind may be called; the first is given to one that is called otherwise.
EXTENSIONS: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/tiff": (".tif", ".tiff"),
    f"{OFFICE}.wordprocessingml.document": (".docx",),
    f"{OFFICE}.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.oasis.opendocument.text": (".odt",),
    "application/vnd.oasis.opendocument.spreadsheet": (".ods",),
    XML: (".xml",),
    HTML: (".html", ".htm"),
    MAIL: (".eml", ".txt"),
    "application/json": (".json",),
    "text/csv": (".csv", ".txt"),
    TEXT: (".txt", ".md", ".csv", ".log", ".edi"),
}
STARTS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)
RUNNABLE_STARTS = (
    *(b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"!<arch>", b"L\x00\x00\x00\x01\x14\x02\x00"),
    *(b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe"),
)
RUNNABLE_NAMES = re.compile(
    r"\.(exe|dll|com|scr|msi|msp|bat|cmd|ps1|psm1|vbs|vbe|js|jse|mjs|wsf|hta|jar|apk|sh|bash|py|pl|rb|php|lnk|reg|cpl"
    r"|docm|xlsm|pptm)$",
    re.IGNORECASE,
)
ZIP = b"PK\x03\x04"
MACROS = "vbaProject.bin"
IN_ZIP = {
    "word/document.xml": f"{OFFICE}.wordprocessingml.document",
    "xl/workbook.xml": f"{OFFICE}.spreadsheetml.sheet",
}
OPEN_DOCUMENT_KIND, OPEN_DOCUMENT_KIND_BYTES_MAX = "mimetype", 100
ANY_CLAIM = ("", "application/octet-stream", "application/x-www-form-urlencoded")
# One text may be claimed as any of these; which of them it is no byte tells.
TEXT_CLAIMS = {TEXT: TEXT, "text/csv": "text/csv", "application/json": "application/json", "text/markdown": TEXT}
SAME_KINDS = {"text/xml": XML, "image/jpg": "image/jpeg", "image/x-png": "image/png", "application/csv": "text/csv"}
BINARY_CHARACTERS = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
HTML_START = re.compile(rb"<!doctype html|<html|<head|<body|<script", re.IGNORECASE)
MAIL_START = re.compile(rb"(?:[A-Za-z][A-Za-z-]*:[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){2}")
FILE_NAME_LENGTH_MAX = 150


class Unfit(Exception):
    """A file that is not taken; `code` for programs, `detail` in words."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


def media_type_of(content: bytes, claimed: str, file_name: str) -> str:
    """Give the media type of a file by its bytes. Raises Unfit.

    It must be one that we take, not be or be called what a machine would run, and be what it is `claimed` to be; a
    claim that says nothing (`application/octet-stream`) is none.
    """
    if not content:
        raise Unfit("empty", "The file is empty.")
    if content.startswith(RUNNABLE_STARTS) or RUNNABLE_NAMES.search(file_name.strip(". ")):
        raise Unfit("executable", "A program or script is no document.")
    claim = SAME_KINDS.get(claimed.lower(), claimed.lower())
    found = _kind_of(content, claim)
    if claim not in (*ANY_CLAIM, found) and TEXT_CLAIMS.get(claim) != found:
        raise Unfit("not_what_it_claims", f"It is sent as '{claimed}', and its bytes are those of {found}.")
    return found


def _kind_of(content: bytes, claim: str) -> str:
    for start, kind in STARTS:
        if content.startswith(start):
            return kind
    if content.startswith(ZIP):
        return _kind_of_zip(content)
    if BINARY_CHARACTERS.search(content):
        raise Unfit("unknown_kind", "It is none of the kinds that are taken: PDF, image, office document or text.")
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if HTML_START.match(start):
        return HTML
    if start.startswith(b"<?xml"):
        return XML
    if claim == MAIL and MAIL_START.match(start):
        return MAIL
    return TEXT_CLAIMS.get(claim, TEXT)


def _kind_of_zip(content: bytes) -> str:
    """Tell an office document by what is in it; any other archive hides what it brings, and is not taken."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if any(name.rpartition("/")[2] == MACROS for name in names):
                raise Unfit("executable", "An office document with macros is a program.")
            found = next((kind for name, kind in IN_ZIP.items() if name in names), None)
            if found is None and OPEN_DOCUMENT_KIND in names:
                found = _told_kind(archive)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        raise Unfit("unknown_kind", "It begins like a zip file, and cannot be read as one.") from error
    if found not in EXTENSIONS:
        raise Unfit("archive", "An archive is no document: send what is in it, each by itself.")
    return str(found)


def _told_kind(archive: zipfile.ZipFile) -> str | None:
    if archive.getinfo(OPEN_DOCUMENT_KIND).file_size > OPEN_DOCUMENT_KIND_BYTES_MAX:
        return None
    with archive.open(OPEN_DOCUMENT_KIND) as told:
        return told.read(OPEN_DOCUMENT_KIND_BYTES_MAX).decode("ascii", "replace").strip()


def clean_name(file_name: str, media_type: str) -> str:
    """Give the name under which a file is kept and shown: no folder, nothing unseen, and the ending of its kind."""
    last = re.split(r"[/\\]", file_name)[-1]
    seen = "".join(each for each in last if not unicodedata.category(each).startswith("C"))
    name = re.sub(r'[<>:"|?*\s]+', " ", seen).strip(". ") or "document"
    endings = EXTENSIONS[media_type]
    ending = next((each for each in endings if name.lower().endswith(each)), None)
    stem = name if ending is None else name[: -len(ending)]
    return (stem[:FILE_NAME_LENGTH_MAX].strip(". ") or "document") + (ending or endings[0])
