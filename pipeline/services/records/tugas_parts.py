"""The parts of a move that write tugas: the end of one, and the begin of the next."""

from pipeline.json import Json
from pipeline.services.records.sets import Rows, RowsPart

_COLUMNS = (
    "id",
    "permohonan_id",
    "branch",
    "langkah",
    "kunjungan",
    "peran",
    "automatic",
    "expedited",
    "for_person",
    "asking_langkah",
    "hash_when_asked",
    "created_at",
    "started_at",
    "jeda",
    "tenggat",
    "eskalasi_at",
    "added_days",
    "tenggat_number",
    "calendar_version",
    "ready_at",
    "version",
)
_NAMED = ", ".join(_COLUMNS)
#: Ends tugas. The condition repeats what the lock already ensures: an open tugas ends once.
ENDED = RowsPart(
    "closed_tugas",
    "tugas",
    "UPDATE tugas t SET closed_at = r.closed_at, keputusan = r.keputusan, reason = r.reason, actor = r.actor,"
    " acting_as = r.acting_as, back_to = r.back_to, version = r.version + 1"
    " FROM jsonb_populate_recordset(NULL::tugas, %(closed_tugas)s::jsonb) r"
    " WHERE t.id = r.id AND t.closed_at IS NULL AND t.version = r.version RETURNING t.permohonan_id",
    exact=True,
)
#: Begins the next ones; after the ones they follow have ended, for a file has one open tugas in a branch.
_BEGUN = RowsPart(
    "next_tugas",
    None,
    f"INSERT INTO tugas ({_NAMED}) SELECT {', '.join(f'r.{c}' for c in _COLUMNS)}"  # noqa: S608 - our own names
    " FROM closed_tugas c JOIN jsonb_populate_recordset(NULL::tugas, %(next_tugas)s::jsonb) r"
    " ON r.permohonan_id = c.permohonan_id RETURNING 1",
    exact=True,
)


def begun(tugas: Json) -> Rows:
    """The row of a tugas that follows one ended in the same statement."""
    if tugas.keys() != set(_COLUMNS):  # one left out would be NULL, one too many would be left out
        raise ValueError(set(_COLUMNS) ^ tugas.keys())
    return {_BEGUN: [tugas]}
