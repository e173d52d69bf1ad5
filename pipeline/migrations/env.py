"""Alembic's entry: run the migrations on the connection we are given, or on the one of the settings."""

from alembic import context
from sqlalchemy import Connection

from pipeline.db import engine
from pipeline.models import metadata


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, compare_type=True)
    with context.begin_transaction():
        # Two starting at once: the second waits here and then finds nothing to do.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(4711001)")
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with engine().begin() as own:
        run(own)
