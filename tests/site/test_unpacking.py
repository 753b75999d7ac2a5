"""A backup is unpacked below its folder and nowhere else."""

import io
import tarfile
from pathlib import Path

import pytest

from lianqiao.record.refusal import Refused
from lianqiao.site import backup


def packed(path: Path, name: str, kind: bytes = tarfile.REGTYPE) -> Path:
    with tarfile.open(path, "w") as tar:
        member = tarfile.TarInfo(name)
        member.type, member.size = kind, 3 if kind == tarfile.REGTYPE else 0
        member.linkname = "/etc/hostname"
        tar.addfile(member, io.BytesIO(b"abc"))
    return path


@pytest.mark.parametrize(
    ("name", "kind"),
    [("../out", tarfile.REGTYPE), ("data/../../out", tarfile.REGTYPE), ("/tmp/out-of-a-backup", tarfile.REGTYPE)]
    + [("data/key.pem", kind) for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE)],
)
def test_what_lies_elsewhere_or_is_no_file_is_refused(tmp_path: Path, name: str, kind: bytes) -> None:
    file, into = packed(tmp_path / "a.tar", name, kind), tmp_path / "into"
    into.mkdir()

    with pytest.raises(Refused) as refused:
        backup.opened(file, into)

    assert (refused.value.code, list(into.rglob("*"))) == ("backup-unreadable", [])
    assert not (tmp_path / "out").exists()
    assert not Path("/tmp/out-of-a-backup").exists()


def test_a_file_is_unpacked_with_its_folder(tmp_path: Path) -> None:
    with tarfile.open(packed(tmp_path / "a.tar", "data/keys/a.pem")) as tar:
        backup.unpack(tar, tar.getmembers()[0], tmp_path)

    assert (tmp_path / "data" / "keys" / "a.pem").read_bytes() == b"abc"
