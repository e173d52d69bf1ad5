"""What is wrong with the register of numbers: a gap, or a row that the documents and the histories do not bear out."""

from collections.abc import Iterator

from sqlalchemy import CTE, ColumnElement, Connection, and_, exists, not_, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on

from pipeline.models import NomorRegister, Peristiwa, Permohonan, Sk
from pipeline.queries.applicant.sk import SK_ISSUED
from pipeline.queries.records.register import number_gaps
from pipeline.rules.history.kinds import PeristiwaKind

_of_number = and_(
    Sk.sop == NomorRegister.sop,
    Sk.kind == NomorRegister.kind,
    Sk.year == NomorRegister.year,
    Sk.sequence == NomorRegister.sequence,
    Sk.nomor == NomorRegister.nomor,
    Sk.permohonan_id == NomorRegister.permohonan_id,
)
_issued = exists().where(_of_number, Sk.status.in_(SK_ISSUED), Sk.issued_at == NomorRegister.used_at)
_reserved = exists().where(_of_number, Sk.status.not_in(SK_ISSUED))
#: What the histories tell of a number: its last attempt, and who freed it last.
_E, _data = Peristiwa, Peristiwa.data
_KEY = ("sop", "kind", "year", "sequence")
_attempts = (
    select(
        _E.permohonan_id,
        _E.at,
        _data["sk"].as_string().label("sk"),
        _data["sk_nomor"].as_string().label("nomor"),
        _data["sop"].as_string().label("sop"),
        _data["kind"].as_string().label("kind"),
        _data["year"].as_integer().label("year"),
        _data["sequence"].as_integer().label("sequence"),
    )
    .where(_E.kind == PeristiwaKind.SK_NIAT)
    .cte("attempts")
)
_series = tuple(_attempts.c[name] for name in _KEY)
_last = select(_attempts).ext(distinct_on(*_series)).order_by(*_series, _attempts.c.at.desc()).cte("last_attempt")
_free = (
    select(*_series, _E.permohonan_id, _E.at, _data["reason"].as_string().label("reason"))
    .join(_attempts, _attempts.c.sk == _data["sk"].as_string())
    .where(_E.kind == PeristiwaKind.NOMOR_BEBAS)
    .ext(distinct_on(*_series))
    .order_by(*_series, _E.at.desc())
    .cte("last_freed")
)
#: Used, reserved or freed: each is borne out by something else, and nothing that is told is missing.
_unfounded = or_(
    and_(NomorRegister.used_at.is_not(None), not_(_issued)),
    and_(NomorRegister.used_at.is_(None), NomorRegister.permohonan_id.is_not(None), not_(_reserved)),
    tuple_(NomorRegister.nomor, NomorRegister.drawn_at).is_distinct_from(tuple_(_last.c.nomor, _last.c.at)),
    tuple_(NomorRegister.freed_by, NomorRegister.freed_reason, NomorRegister.freed_at).is_distinct_from(
        tuple_(_free.c.permohonan_id, _free.c.reason, _free.c.at)
    ),
)


def _same_number(told: CTE) -> ColumnElement[bool]:
    return and_(*(getattr(NomorRegister, name) == told.c[name] for name in _KEY))


def check_numbers(conn: Connection) -> Iterator[tuple[str | None, str]]:
    """Registration number of the file, if it is about one, and the sentence."""
    for gap in number_gaps(conn):
        yield None, f"deret nomor {gap.sop} {gap.kind} {gap.year}: nomor urut {gap.sequence} hilang dari register"
    query = (
        select(NomorRegister.nomor, Permohonan.nomor.label("file"))
        .outerjoin(Permohonan, Permohonan.id == NomorRegister.permohonan_id)
        .outerjoin(_last, _same_number(_last))
        .outerjoin(_free, _same_number(_free))
    )
    for nomor, file in conn.execute(query.where(_unfounded).order_by(NomorRegister.nomor)):
        yield file, f"register nomor {nomor}: tidak sesuai dengan surat atau riwayatnya"
