"""Databases on the server that PGHOST, PGPORT and PGUSER name."""

import contextlib
import hashlib
import os
import re
import shutil
import sys
from pathlib import Path

import psycopg2
from psycopg2 import sql

ROOT = Path(__file__).resolve().parents[2]
LOCAL = ROOT / ".local"
FILESTORE = LOCAL / "data" / "filestore"


class SetupError(Exception):
    """What a person has to do something about, said in a sentence."""


def prefix():
    """Start of the names of all test databases.

    On a server that isn't ours alone, other checkouts must not find the same names.
    """
    if os.environ.get("PGHOST") == str(LOCAL / "postgres" / "socket"):
        return "rma_test"
    return f"rma_test_{hashlib.sha256(bytes(ROOT)).hexdigest()[:6]}"


@contextlib.contextmanager
def cursor(database="postgres"):
    connection = psycopg2.connect(dbname=database)
    connection.autocommit = True  # databases aren't created in a transaction
    try:
        with connection.cursor() as cr:
            yield cr
    finally:
        connection.close()


def query(statement, params=(), *, database="postgres"):
    with cursor(database) as cr:
        cr.execute(statement, params)
        return cr.fetchall() if cr.description else []


def check_server():
    advice = "Set PGHOST, PGPORT, PGUSER and PGPASSWORD, or unset PGHOST and PGPORT."
    try:
        [(version, may_create)] = query(
            """
            SELECT current_setting('server_version_num')::int, rolcreatedb OR rolsuper
              FROM pg_roles WHERE rolname = current_user
            """
        )
    except psycopg2.OperationalError as error:
        raise SetupError(f"PostgreSQL doesn't let us in: {error}{advice}") from error
    if version < 130000:
        raise SetupError("Odoo 19 needs PostgreSQL 13 or later; the server is older.")
    if not may_create:
        raise SetupError(f"This user may not create databases. {advice}")


def exists(name):
    return bool(query("SELECT 1 FROM pg_database WHERE datname = %s", [name]))


def names(prefix):
    rows = query("SELECT datname FROM pg_database ORDER BY datname")
    return [name for (name,) in rows if name.startswith(prefix)]


def mark(name, text):
    """Write `text` on the database; it comes and goes with it."""
    identifier = sql.Identifier(name)
    query(sql.SQL("COMMENT ON DATABASE {} IS %s").format(identifier), [text])


def read_mark(name):
    rows = query(
        """
        SELECT shobj_description(oid, 'pg_database')
          FROM pg_database WHERE datname = %s
        """,
        [name],
    )
    return rows[0][0] if rows else None


def drop(name):
    if exists(name):
        drop_statement = sql.SQL("DROP DATABASE {} WITH (FORCE)")
        query(drop_statement.format(sql.Identifier(name)))
    shutil.rmtree(FILESTORE / name, ignore_errors=True)


def copy(source, name):
    """Make the database `name`, with its files, anew as a copy of `source`."""
    drop(name)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    query(statement.format(sql.Identifier(name), sql.Identifier(source)))
    if (FILESTORE / source).is_dir():
        shutil.copytree(FILESTORE / source, FILESTORE / name)


def check_name(name):
    if not re.fullmatch(r"[a-z_][a-z0-9_-]*", name):
        raise SetupError(f"{name!r} is no name for a database: use a-z, 0-9, _ and -.")


if __name__ == "__main__":
    # setup/lib/postgres.sh asks whether the server can be used.
    try:
        check_server()
    except SetupError as problem:
        sys.exit(str(problem))
