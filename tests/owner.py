"""What the application may not do, for a test that does it behind its back: as the owner of the tables."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from pipeline.settings import settings


@cache
def owner() -> Engine:
    """Of the role that migrates; it keeps its connections."""
    return create_engine(settings().owner_url, connect_args={"options": "-c timezone=UTC"})


@contextmanager
def as_owner() -> Iterator[Session]:
    """One transaction of the owner's, whom triggers and keys stop as everybody."""
    with Session(owner(), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def behind_its_back() -> Iterator[Session]:
    """The same while triggers and keys sleep: nothing is refused."""
    with as_owner() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        yield session
