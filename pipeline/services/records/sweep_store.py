"""Looking after the store between two ``alurizin verify``: a sample each time, and what was found damaged again."""

from uuid import uuid4

from sqlalchemy import select

from pipeline.damage import end_damage, open_damage
from pipeline.db import connection
from pipeline.models import Permohonan
from pipeline.queries.records.files import read_records
from pipeline.services.records.verify.file import kept_files
from pipeline.storage import store

#: Applications a sweep looks at: from a random place on, so that in time each has its turn.
SAMPLE = 10


def sweep_store() -> int:
    """Returns how many of the files looked at are damaged; the store itself raises the alarm."""
    for sha256, owner in open_damage():
        if store(owner).damage(sha256) is None:
            end_damage(sha256)
    with connection() as conn:
        ids = conn.scalars(
            select(Permohonan.id).where(Permohonan.id >= uuid4()).order_by(Permohonan.id).limit(SAMPLE)
        ).all()
        sample = {kept for records in read_records(conn, ids).values() for kept in kept_files(records)}
    return sum(store(owner).damage(sha256) is not None for sha256, owner in sample)
