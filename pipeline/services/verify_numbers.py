"""What is wrong with the register of numbers: a gap, or a row that the documents and the histories do not bear out."""

from collections.abc import Iterator

from sqlalchemy import Connection, and_, exists, not_, or_, select

from pipeline.models import NomorRegister, Peristiwa, Permohonan, Sk
from pipeline.queries.register import number_gaps
from pipeline.queries.sk import SK_TERBIT

_R = NomorRegister
_of_number = and_(
    Sk.sop == _R.sop, Sk.jenis == _R.jenis, Sk.tahun == _R.tahun, Sk.urut == _R.urut, Sk.nomor == _R.nomor,
    Sk.permohonan_id == _R.permohonan_id,
)  # fmt: skip
_issued = exists().where(_of_number, Sk.status.in_(SK_TERBIT), Sk.terbit_pada == _R.used_at)
_reserved = exists().where(_of_number, Sk.status.not_in(SK_TERBIT))
_freed = exists().where(
    Peristiwa.permohonan_id == _R.freed_by,
    Peristiwa.jenis == "nomor_bebas",
    Peristiwa.pada == _R.freed_at,
    Peristiwa.data["reason"].as_string() == _R.freed_reason,
)
#: Used, reserved or freed: each is borne out by something else.
_unfounded = or_(
    and_(_R.used_at.is_not(None), not_(_issued)),
    and_(_R.used_at.is_(None), _R.permohonan_id.is_not(None), not_(_reserved)),
    and_(_R.freed_by.is_not(None), not_(_freed)),
)


def check_numbers(conn: Connection) -> Iterator[tuple[str | None, str]]:
    """Registration number of the file, if it is about one, and the sentence."""
    for gap in number_gaps(conn):
        yield None, f"deret nomor {gap.sop} {gap.jenis} {gap.tahun}: nomor urut {gap.urut} hilang dari register"
    query = select(_R.nomor, Permohonan.nomor.label("file")).outerjoin(Permohonan, Permohonan.id == _R.permohonan_id)
    for nomor, file in conn.execute(query.where(_unfounded).order_by(_R.nomor)):
        yield file, f"register nomor {nomor}: tidak sesuai dengan surat atau riwayatnya"
