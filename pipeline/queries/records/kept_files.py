"""Which applications the kept files of the store belong to, and all that are named."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from uuid import UUID

from sqlalchemy import Connection, Text, cast, func, null, select, true, union
from sqlalchemy.dialects.postgresql import JSONPATH

from pipeline.models import Berkas, Draft, FilledForm, Permohonan, Sk

_COLUMNS = (
    Berkas.sha256, Berkas.original_sha256, Draft.docx_sha256, Draft.templat_sha256, Sk.docx_sha256, Sk.pdf_sha256,
    Sk.sent_sha256,
)  # fmt: skip
_PICTURES = func.jsonb_path_query_array(FilledForm.content, cast("$.foto[*].sha256", JSONPATH))
#: Those of each filled form, one a row.
_EACH = func.jsonb_array_elements_text(_PICTURES).table_valued("value", name="foto").render_derived().lateral()


def named_by(conn: Connection, sha256: Collection[str]) -> dict[str, list[str]]:
    """sha256 -> numbers of the applications that have this file; one not sent yet is named by its id."""
    nomor = func.coalesce(Permohonan.nomor, cast(Permohonan.id, Text))
    parts = [
        select(column, nomor)
        .join_from(column.class_, Permohonan, Permohonan.id == column.class_.permohonan_id)
        .where(column.in_(sha256))
        for column in _COLUMNS
    ]
    parts.append(
        select(_EACH.c.value, nomor)
        .select_from(FilledForm)
        .join(Permohonan, Permohonan.id == FilledForm.permohonan_id)
        .join(_EACH, _EACH.c.value.in_(sha256))
    )
    found: dict[str, list[str]] = defaultdict(list)
    for name, of in conn.execute(union(*parts)):
        found[str(name)].append(str(of))
    return {name: sorted(of) for name, of in found.items()}


def read_named(conn: Connection) -> Iterator[tuple[UUID | None, str]]:
    """Every kept file that a row names, by the application whose it is; None: the office's own. Streamed."""
    parts = [
        select(null() if column is Draft.templat_sha256 else column.class_.permohonan_id, column).where(
            column.is_not(None), *((Berkas.signed,) if column is Berkas.original_sha256 else ())
        )
        for column in _COLUMNS
    ]
    parts.append(select(FilledForm.permohonan_id, _EACH.c.value).select_from(FilledForm).join(_EACH, true()))
    named = union(*parts).subquery()
    rows = conn.execution_options(yield_per=1000).execute(select(*named.c).order_by(named.c[0]))
    for owner, sha256 in rows:
        yield owner, str(sha256)
