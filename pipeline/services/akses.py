"""Reading personal data leaves a row (UU 27/2022 art. 31): who, what, of which file, for what, when. Never the data."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import exists, insert, literal, select

from pipeline.db import connection
from pipeline.models import AksesData
from pipeline.services.actor import Petugas

#: The pages of a document are asked for one by one: one look is one row.
SATU_KALI_LIHAT = timedelta(minutes=1)


def record_akses(permohonan_id: UUID, apa: str, tujuan: str, *, oleh: Petugas, now: datetime) -> None:
    """Record that ``oleh`` opens ``apa`` ("berkas KTP"), committed before the bytes are sent.

    The same look within SATU_KALI_LIHAT is one row. ``now`` is the real clock.
    """
    a = AksesData
    new = (permohonan_id, oleh.orang_id, str(oleh.peran), apa, tujuan, now)
    columns = (a.permohonan_id, a.oleh, a.peran, a.apa, a.tujuan, a.pada)
    seen = exists().where(
        a.permohonan_id == permohonan_id,
        a.oleh == oleh.orang_id,
        a.peran == str(oleh.peran),
        a.apa == apa,
        a.tujuan == tujuan,
        a.pada > now - SATU_KALI_LIHAT,
    )
    values = select(*(literal(n, k.type) for n, k in zip(new, columns, strict=True))).where(~seen)
    with connection() as conn:
        conn.execute(insert(a).from_select([k.key for k in columns], values))
