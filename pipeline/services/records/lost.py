"""Documents that the records name and the store does not have: counted without opening any; ``verify`` names them."""

from itertools import groupby
from operator import itemgetter

from pipeline.db import writing
from pipeline.queries.records.kept_files import read_named
from pipeline.storage import store


def count_lost() -> int:
    """How many are not on the disk, though nobody erased them."""
    lost = 0
    with writing() as conn:
        for owner, named in groupby(read_named(conn), key=itemgetter(0)):
            kept = store(owner)
            lost += sum(not kept.has(sha256) and not kept.is_erased(sha256) for _, sha256 in named)
    return lost
