"""The files of cases: what may be handed in, where it lies, how it is read.

A file is stored outside the database under an id of its own, in the folder of its case. It is fetched through the case
(`Attachment` rows), never by its digest. The type is told from the content, never from the name.
"""

import errno
import hashlib
import os
import unicodedata
import uuid
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, NamedTuple

import filetype
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianqiao.record.refusal import Refused

HEAD = 8192
CHUNK = 64 * 1024
ENTRIES = 5000
"""More entries than this in a zip-based document are refused unread."""
LONGEST_NAME = 120

OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/tiff": (".tif", ".tiff"),
    OFFICE + "wordprocessingml.document": (".docx",),
    OFFICE + "spreadsheetml.sheet": (".xlsx",),
    OFFICE + "presentationml.presentation": (".pptx",),
    "application/ofd": (".ofd",),
    "application/msword": (".doc", ".wps"),
    "application/vnd.ms-excel": (".xls", ".et"),
    "text/plain": (".txt", ".csv"),
    "video/mp4": (".mp4",),
}
"""Every type that may be handed in, with the endings that its name may have."""
PLAIN = {"application/pdf", "image/jpeg", "image/png", "image/tiff", "video/mp4"}
INSIDE = {
    "word/document.xml": OFFICE + "wordprocessingml.document",
    "xl/workbook.xml": OFFICE + "spreadsheetml.sheet",
    "ppt/presentation.xml": OFFICE + "presentationml.presentation",
    "OFD.xml": "application/ofd",
}
"""What a zip-based document must hold to be of a type."""
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Stored(NamedTuple):
    """A file that lies in the store, as the verb `attach` states it."""

    attachment: uuid.UUID
    name: str
    media_type: str
    size: int
    sha256: str


Keeper = Callable[[uuid.UUID], Iterable[uuid.UUID]]
KEEPERS: list[Keeper] = []


def keeper(keeps: Keeper) -> Keeper:
    """Register which files of a folder a room keeps; what no room keeps is cleared away after a day (`site.clearing`)."""
    KEEPERS.append(keeps)
    return keeps


def folder() -> Path:
    return Path(settings.LIANQIAO_DATA) / "files"


def path_of(case: uuid.UUID, attachment: uuid.UUID) -> Path:
    """Where a file lies: by case and id, both of our own making."""
    return folder() / case.hex[:2] / str(case) / str(attachment)


def store(case: uuid.UUID, name: str, chunks: Iterable[bytes], attachment: uuid.UUID | None = None) -> Stored:
    """Write a file and say what it is; the whole file or nothing.

    Refused: empty (422 "file-empty"), above LIANQIAO_FILE_BYTES (413 "file-too-large"), a type outside the list or a
    document with macros, a password or too many parts (415 "file-type"), no room on the disk (507 "disk-full").
    """
    identity = attachment or uuid.uuid4()
    place = path_of(case, identity)
    coming = place.with_name(f"{place.name}.coming")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        size, digest = _write(coming, chunks)
        media_type = type_of(coming)
        coming.replace(place)
    except OSError as error:
        coming.unlink(missing_ok=True)
        if error.errno in FULL:
            raise disk_full() from error
        raise
    except BaseException:
        coming.unlink(missing_ok=True)
        raise
    return Stored(identity, safe_name(name, media_type), media_type, size, digest)


def _write(path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    with path.open("wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > settings.LIANQIAO_FILE_BYTES:
                raise Refused(
                    "file-too-large",
                    _("The file is larger than %(limit)s bytes. Send a smaller one, or divide it."),
                    status=413,
                    limit=settings.LIANQIAO_FILE_BYTES,
                )
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if not size:
        raise Refused("file-empty", _("The file is empty. Choose the one that you mean."), status=422)
    return size, digest.hexdigest()


def remove(case: uuid.UUID, attachment: uuid.UUID) -> None:
    """Take a file out of the store again: its verb was refused, or its content is to be erased."""
    path_of(case, attachment).unlink(missing_ok=True)
    with suppress(OSError):
        path_of(case, attachment).parent.rmdir()


def opened(case: uuid.UUID, attachment: uuid.UUID) -> IO[bytes]:
    """The file, to be read in pieces. Refused: it is not in the store (404 "no-such-file")."""
    try:
        return path_of(case, attachment).open("rb")
    except FileNotFoundError:
        raise Refused("no-such-file", _("There is no such file in this case."), status=404) from None


def disk_full() -> Refused:
    return Refused(
        "disk-full",
        _("This node has no room left to store this; nothing was kept. Tell its operator, and try again later."),
        status=507,
    )


# What a file is


def type_of(path: Path) -> str:
    """The media type of a stored file by its content. Refused: a type outside the list ("file-type", 415)."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    guess = filetype.guess(head)
    mime = guess.mime if guess else ""
    if mime in PLAIN:
        return str(mime)
    if head.startswith(b"PK\x03\x04"):
        return _of_zip(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _of_compound(path)
    if not mime and _is_text(path):
        return "text/plain"
    raise not_taken()


def _of_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise not_taken() from None
    names = {part.filename for part in parts}
    if len(parts) > ENTRIES or any(
        part.flag_bits & 1 or part.filename.lower().endswith("vbaproject.bin") for part in parts
    ):
        raise not_taken()
    found = {media_type for name, media_type in INSIDE.items() if name in names}
    if len(found) != 1 or (found != {"application/ofd"} and "[Content_Types].xml" not in names):
        raise not_taken()
    return found.pop()


def _of_compound(path: Path) -> str:
    """Old office files name their streams in UTF-16. Macros live in a stream of their own."""
    content = path.read_bytes()
    if _named("VBA", content) or _named("_VBA_PROJECT", content):
        raise not_taken()
    if _named("WordDocument", content):
        return "application/msword"
    if _named("Workbook", content) or _named("Book", content):
        return "application/vnd.ms-excel"
    raise not_taken()


def _named(stream: str, content: bytes) -> bool:
    return f"{stream}\0".encode("utf-16-le") in content


def _is_text(path: Path) -> bool:
    try:
        with path.open(encoding="utf-8") as file:
            while piece := file.read(CHUNK):
                if any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in piece):
                    return False
    except UnicodeDecodeError:
        return False
    return True


def not_taken() -> Refused:
    endings = " ".join(ending for endings in TYPES.values() for ending in endings)
    return Refused(
        "file-type",
        _("Files of this kind are not taken. Send one of: %(endings)s, without macros and without a password."),
        status=415,
        endings=endings,
    )


# What it is called


def safe_name(name: str, media_type: str) -> str:
    """The name without folders, control and direction signs, with an ending that fits the content."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    name = "".join(sign for sign in name if unicodedata.category(sign)[0] != "C" and sign not in '<>:"|?*;').strip(" .")
    stem, dot, ending = name.rpartition(".")
    endings: Any = TYPES[media_type]
    if dot and f".{ending.lower()}" in endings:
        return f"{stem[:LONGEST_NAME] or 'file'}.{ending.lower()}"
    return f"{name[:LONGEST_NAME] or 'file'}{endings[0]}"
