"""What is wrong with what was taken over from paper: its log, the decrees of a register, the starts of the series."""

from collections.abc import Iterator

from sqlalchemy import Connection, Row, and_, exists, select

from pipeline.hashing import digest, paper_hash
from pipeline.models import NomorRegister, PaperChange, PaperDecree, SeriesStart
from pipeline.rules.form.spelling import fold, number_key, whole_numbers
from pipeline.rules.paper.changes import ChangeKind, starts_told


def check_paper(conn: Connection) -> Iterator[str]:
    """The log is a chain, each register is what was taken, each start is what was said last; no number is twice."""
    log = conn.execute(select(*PaperChange.__table__.c).order_by(PaperChange.id)).all()
    before = ""
    for change in log:
        if change.hash != paper_hash(before, change._asdict()):
            yield f"catatan register kertas nomor {change.id} diubah"
        before = change.hash
    imports = {change.id: change.data for change in log if change.kind == ChangeKind.IMPORT}
    for change_id, data in imports.items():
        if digest(_rows(conn, change_id)) != data.get("digest"):
            yield f"register kertas {data.get('name')}: suratnya tidak sama dengan yang diambil"
    if lost := set(conn.scalars(select(PaperDecree.change_id).distinct())) - imports.keys():
        yield f"surat kertas tanpa catatan pengambilan ({len(lost)} berkas)"
    told = starts_told(change.data for change in log if change.kind == ChangeKind.START)
    kept = {(r.sop, r.kind, r.year): r.last for r in conn.execute(select(*SeriesStart.__table__.c))}
    for sop, kind, year in sorted(key for key in told.keys() | kept.keys() if told.get(key) != kept.get(key)):
        yield f"awal deret nomor {sop} {kind} {year} tidak sama dengan catatannya"
    yield from (f"nomor {nomor} ada di kertas dan diberikan lagi oleh sistem ini" for nomor in _twice(conn))


def _rows(conn: Connection, change_id: int) -> list[object]:
    """As ``Decree.plain`` tells them; what is only there to be found by has to follow from it."""
    query = select(*PaperDecree.__table__.c).where(PaperDecree.change_id == change_id).order_by(PaperDecree.row)
    return [
        {
            **({} if _follows(r) else {"cari": "lain"}),
            "sop": r.sop,
            "nomor": r.nomor,
            "pemegang": r.pemegang,
            "marks": r.marks,
            "district": r.district,
            "day": r.day.isoformat(),
            "until": r.valid_until_date.isoformat() if r.valid_until_date else None,
            "series": [r.kind, r.year, r.sequence] if r.kind else None,
        }
        for r in conn.execute(query)
    ]


def _follows(r: Row[*tuple[object, ...]]) -> bool:
    keys = (r.number_key, r.search_name, sorted(r.parts))
    return keys == (number_key(r.nomor), fold(r.pemegang), sorted(whole_numbers(r.nomor)))


def _twice(conn: Connection) -> list[str]:
    same = and_(*(getattr(PaperDecree, name) == getattr(NomorRegister, name) for name in ("sop", "kind", "year")))
    given = exists().where(
        same, PaperDecree.sequence == NomorRegister.sequence, NomorRegister.permohonan_id.is_not(None)
    )
    return list(conn.scalars(select(PaperDecree.nomor).where(given).order_by(PaperDecree.nomor)))
