"""A node in one file, and back: the database as it was at one moment, the data folder, and a manifest with digests.

`write` works while the node is writing. `restore` verifies the whole file before it touches anything, and moves aside
what it replaces. What it brings back is the past: `lianqiao.site.restored` then opens a new epoch (docs/operate/backup.md).
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import IO, Any
from urllib.parse import quote
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from lianqiao import __version__
from lianqiao.record import events, log, nodes
from lianqiao.record.models import Place
from lianqiao.record.refusal import Refused
from lianqiao.record.time import now, stamp, today
from lianqiao.registry.access import admin
from lianqiao.registry.models import Membership, Person
from lianqiao.site import in_use
from lianqiao.site.language import say

FORM = "lianqiao/backup/v1"
MANIFEST, DATABASE, DATA = "manifest.json", "database", "data/"
ASIDE = "replaced-"
CHUNK = 2**20
LEFT_OUT = ("test.sqlite3", "in-use", "sweep-wanted", "erasures.jsonl")


def folder() -> Path:
    return Path(settings.LIANQIAO_DATA)


def database_file() -> Path | None:
    """The file of a SQLite database; None on PostgreSQL."""
    return Path(connection.settings_dict["NAME"]) if connection.vendor == "sqlite" else None


def data_files() -> Iterator[Path]:
    """What of the data folder belongs to the node: all but the database, logs, unfinished uploads and what was moved aside."""
    base = database_file()
    own = {base.name + ending for ending in ("", "-wal", "-shm", "-journal")} if base else set()
    for path in sorted(folder().rglob("*")):
        name = path.relative_to(folder())
        if path.is_symlink() or not path.is_file() or name.parts[0].startswith(ASIDE):
            continue
        if (len(name.parts) == 1 and (path.name in own or path.name in LEFT_OUT)) or path.suffix in (".log", ".coming"):
            continue
        yield path


# Writing


def write(path: Path, *, by: Person) -> dict[str, Any]:
    """Write the backup of this node to `path`, readable by its owner only (it holds the private keys); the manifest.

    The event `backup` in the record is its mark: everything acknowledged before it is in the file. Refuses who is no
    administrator, a path that exists ("file-exists"), and on PostgreSQL a machine without pg_dump ("no-pg-dump").
    """
    who = admin(by)
    if path.exists():
        raise Refused(
            "file-exists",
            say("%(path)s exists already. Name another file.", "%(path)s 已存在，请换一个文件名。"),
            path=str(path),
        )
    if connection.vendor == "postgresql":
        tool("pg_dump")
    identity = str(uuid4())
    with transaction.atomic():
        code = nodes.this_node().code
        mark = events.append("node", nodes.subject(code), "backup", by=who, data={"backup": identity})
    signed = log.sign_checkpoint()
    manifest: dict[str, Any] = {
        "form": FORM, "id": identity, "node": code, "epoch": nodes.epoch(), "taken_at": stamp(now()), "by": by.account,
        "lianqiao": __version__, "database": connection.vendor, "mark": mark.digest,
        "placed": Place.objects.aggregate(last=Max("place"))["last"] or 0, "checkpoint": signed.note if signed else "",
        "administrators": administrators(), "files": {},
    }  # fmt: skip
    part = path.with_name(f"{path.name}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            os.fdopen(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
            tempfile.TemporaryDirectory(dir=path.parent, prefix=".backup-") as scratch,
        ):
            with tarfile.open(fileobj=file, mode="w") as tar:
                # The database first: a file is stored before the row that names it, so every row's file follows.
                snapshot = Path(scratch) / "database"
                dump(snapshot)
                put(tar, DATABASE, snapshot, manifest)
                for source in data_files():
                    put(tar, DATA + source.relative_to(folder()).as_posix(), source, manifest)
                text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
                entry = tarfile.TarInfo(MANIFEST)
                entry.size, entry.mode = len(text), 0o600
                with tempfile.TemporaryFile() as held:
                    held.write(text)
                    held.seek(0)
                    tar.addfile(entry, held)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return manifest


def administrators() -> list[str]:
    """The accounts that may bring this backup back."""
    rows = Membership.objects.active(today()).filter(role=Membership.Role.ADMIN)
    return sorted(set(rows.values_list("person__account", flat=True)))


def dump(target: Path) -> None:
    """The whole database as it is at one moment, while others write."""
    if base := database_file():
        with (
            closing(sqlite3.connect(f"file:{quote(str(base))}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
        return
    postgres(
        "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--exclude-schema={ASIDE}*", f"--file={target}"
    )


class Hashed:
    """A file that is read once: into the tar, and into its digest."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.digest.update(piece)
        return piece


def put(tar: tarfile.TarFile, name: str, source: Path, manifest: dict[str, Any]) -> None:
    try:
        file = source.open("rb")
    except FileNotFoundError:  # erased since it was listed
        return
    with file:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mtime = os.fstat(file.fileno()).st_size, int(os.fstat(file.fileno()).st_mtime)
        entry.mode = 0o600
        hashed = Hashed(file)
        tar.addfile(entry, hashed)
        manifest["files"][name] = {"size": entry.size, "sha256": hashed.digest.hexdigest()}


# PostgreSQL's own tools


def tool(name: str) -> str:
    """Where pg_dump or pg_restore lies. Refuses ("no-pg-dump") when it is not installed."""
    found = shutil.which(name) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )
    if found is None:
        raise Refused(
            "no-pg-dump",
            say(
                "%(tool)s is not installed here. Install PostgreSQL's client programs (apt-get install postgresql-client) "
                "in the version of the server, and try again.",
                "本机没有 %(tool)s。请安装与服务器版本相同的 PostgreSQL 客户端程序（apt-get install postgresql-client）后重试。",
            ),
            status=503,
            tool=name,
        )
    return found


def postgres(name: str, *words: str) -> None:
    """Run pg_dump or pg_restore on this node's database; the password goes through the environment."""
    at = connection.settings_dict
    place = {"PGHOST": at["HOST"], "PGPORT": str(at["PORT"] or ""), "PGUSER": at["USER"], "PGPASSWORD": at["PASSWORD"]}
    surroundings = os.environ | {key: value for key, value in place.items() if value} | {"PGDATABASE": at["NAME"]}
    done = subprocess.run([tool(name), *words], env=surroundings, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(
            "pg-failed", say("%(tool)s failed: %(said)s", "%(tool)s 失败：%(said)s"), status=503, tool=name,
            said=done.stderr.strip()[-500:],
        )  # fmt: skip


# Reading back


def opened(path: Path, into: Path) -> dict[str, Any]:
    """Unpack a backup into an empty folder and verify it whole; the manifest.

    Refuses ("backup-unreadable", 422) what is no backup, is cut short, or differs from its digests in any file.
    """
    try:
        with tarfile.open(path, "r:") as tar:
            for member in tar:
                unpack(tar, member, into)
        manifest: dict[str, Any] = json.loads((into / MANIFEST).read_bytes())
        listed: dict[str, dict[str, Any]] = manifest["files"]
        if manifest["form"] != FORM:
            raise unreadable(path, str(manifest["form"]))
    except (OSError, tarfile.TarError, ValueError, KeyError, TypeError) as error:
        raise unreadable(path, str(error) or type(error).__name__) from error
    there = {file.relative_to(into).as_posix() for file in into.rglob("*") if file.is_file()} - {MANIFEST}
    for name in sorted(there ^ listed.keys()):
        raise unreadable(path, name)
    for name, said in listed.items():
        if digest_of(into / name) != said["sha256"]:
            raise unreadable(path, name)
    return manifest


def unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, into: Path) -> None:
    """Write one file of a backup below the folder. Refuses (`ValueError`) what is no plain file or lies elsewhere. The filter that `tarfile`
    has for this is missing in the first versions of Python 3.11."""
    place = PurePosixPath(member.name)
    held = tar.extractfile(member) if member.isfile() else None
    if held is None or place.is_absolute() or ".." in place.parts:
        raise ValueError(member.name)
    (into / place).parent.mkdir(parents=True, exist_ok=True)
    with held, (into / place).open("wb") as target:
        shutil.copyfileobj(held, target)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unreadable(path: Path, why: str) -> Refused:
    return Refused(
        "backup-unreadable",
        say(
            "%(path)s is no whole backup of a node (%(why)s). Take another copy of it, or an older backup.",
            "%(path)s 不是完整的节点备份（%(why)s）。请换一份拷贝，或使用更早的备份。",
        ),
        status=422,
        path=str(path),
        why=why,
    )


def put_back(path: Path, *, by: str, replace: bool = False) -> dict[str, Any]:
    """Put the database and the files of a backup in place; the manifest. Nothing is touched before all of it is verified.

    Refuses: a backup that is not whole; of another node or another kind of database ("other-node", "other-database"); an
    account that was no administrator then ("not-admin"); a node that holds data, unless `replace` ("not-empty"); a node
    that is running ("running"). What is replaced is moved aside (a folder, or a schema, whose name begins with "replaced").
    """
    folder().mkdir(parents=True, exist_ok=True)
    with (
        in_use.alone(),
        tempfile.TemporaryDirectory(dir=folder().parent, prefix=f".{folder().name}-restore-") as scratch,
    ):
        into = Path(scratch)
        manifest = opened(path, into)
        refuse_foreign(manifest, by)
        if not replace and holds_data():
            raise Refused(
                "not-empty",
                say(
                    "This node holds data. To put the backup in its place, say --replace; what is here is moved aside, not deleted.",
                    "本节点已有数据。如要以备份取代，请加 --replace；现有数据会移到一旁，不会删除。",
                ),
            )
        connection.close()
        aside = move_aside(f"{ASIDE}{stamp(now()).replace(':', '').replace('.', '-')}")
        load(into / DATABASE, aside.name)
        for source in (into / DATA).rglob("*"):
            if source.is_file():
                target = folder() / source.relative_to(into / DATA)
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                os.replace(source, target)
                target.chmod(0o600)
    nodes.forget()
    return manifest


def refuse_foreign(manifest: dict[str, Any], by: str) -> None:
    if manifest["node"] != settings.LIANQIAO_NODE:
        raise Refused(
            "other-node",
            say(
                "This is the backup of node %(node)s; this is node %(here)s. Set LIANQIAO_NODE, or take the right file.",
                "这是节点 %(node)s 的备份，本节点是 %(here)s。请设置 LIANQIAO_NODE，或换用正确的文件。",
            ),
            node=manifest["node"],
            here=settings.LIANQIAO_NODE,
        )
    if manifest["database"] != connection.vendor:
        raise Refused(
            "other-database",
            say(
                "The backup is of a %(theirs)s database, this node runs on %(ours)s. Set LIANQIAO_DATABASE_URL.",
                "备份来自 %(theirs)s 数据库，本节点使用 %(ours)s。请设置 LIANQIAO_DATABASE_URL。",
            ),
            theirs=manifest["database"],
            ours=connection.vendor,
        )
    if by not in manifest["administrators"]:
        raise Refused(
            "not-admin",
            say(
                "%(account)s was no administrator of this node when the backup was taken. It is brought back by one of: %(known)s.",
                "备份时 %(account)s 不是本节点管理员。可由以下账号恢复：%(known)s。",
            ),
            status=403,
            account=by,
            known=", ".join(manifest["administrators"]),
        )


def holds_data() -> bool:
    """Whether there is anything that a restore would replace."""
    if base := database_file():
        return base.exists() and base.stat().st_size > 0
    return bool(connection.introspection.table_names())


def move_aside(name: str) -> Path:
    """Move what is in the node's place to a folder beside, database included; the folder (made only if there was anything)."""
    aside = folder() / name
    base = database_file()
    files = [*data_files()]
    if base:
        files += [
            path for ending in ("", "-wal", "-shm", "-journal") if (path := base.with_name(base.name + ending)).exists()
        ]
    for path in files:
        inside = path.relative_to(folder()) if path.is_relative_to(folder()) else Path(path.name)
        target = aside / inside
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(path, target)
    return aside


def load(snapshot: Path, aside: str) -> None:
    if base := database_file():
        base.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(snapshot, base)
        base.chmod(0o600)
        return
    with connection.cursor() as cursor:
        if connection.introspection.table_names():
            cursor.execute(f'ALTER SCHEMA public RENAME TO "{aside}"')
        cursor.execute("CREATE SCHEMA IF NOT EXISTS public")
    postgres(
        "pg_restore",
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        f"--dbname={connection.settings_dict['NAME']}",
        str(snapshot),
    )
