"""Decrees by the number printed on them, however it was copied."""

from sqlalchemy import Connection, Row, select

from pipeline.models import Permohonan, Sk
from pipeline.spelling import number_key, whole_numbers

#: States of the row ``sk`` whose file may be handed out.
SK_TERBIT = ("terbit", "dicabut")


def sk_numbered(conn: Connection, nomor: str) -> Row[*tuple[object, ...]] | None:
    """The published decree or refusal of this number, with the application it came from; the newest, if several."""
    parts = whole_numbers(nomor)
    query = (
        select(Sk, Permohonan.nama_lembaga, Permohonan.sop, Permohonan.pemohon_id, Permohonan.marks)
        .join(Permohonan, Permohonan.id == Sk.permohonan_id)
        .where(Sk.status.in_(SK_TERBIT), Sk.tahun.in_(parts), Sk.urut.in_(parts))
        .order_by(Sk.terbit_pada.desc())
    )
    key = number_key(nomor)
    return next((row for row in conn.execute(query) if number_key(row.nomor) == key), None) if parts else None
