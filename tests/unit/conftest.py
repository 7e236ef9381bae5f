"""The stores that every store test runs on: the in-memory twin, SQLite, and a private PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from risiko.store import open_store
from risiko.store.base import Store
from tests import postgres


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    if postgres.tools() is None:
        pytest.skip("PostgreSQL is not installed (initdb and pg_ctl are neither in PATH nor in /usr/lib/postgresql)")
    with postgres.server() as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """The address of an empty database."""
    engine = sa.create_engine(postgres_server.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA IF EXISTS public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    engine.dispose()
    return postgres_server


def _address(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    if kind == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return "memory:" if kind == "memory" else str(folder / "store.db")


@pytest.fixture(params=["memory", "sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A new store of each kind."""
    opened = open_store(_address(request.param, request, tmp_path), wait_seconds=2)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgres"])
def kept_address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new store of each kind that outlives its process would lie."""
    return _address(request.param, request, tmp_path)
