"""Which applications the kept files of the store belong to."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Connection, Text, cast, func, select, union
from sqlalchemy.dialects.postgresql import JSONPATH

from pipeline.models import Berkas, Draft, FilledForm, Permohonan, Sk

_COLUMNS = (
    Berkas.sha256, Berkas.original_sha256, Draft.docx_sha256, Draft.templat_sha256, Sk.docx_sha256, Sk.pdf_sha256,
    Sk.sent_sha256,
)  # fmt: skip


def named_by(conn: Connection, sha256: Collection[str]) -> dict[str, list[str]]:
    """sha256 -> numbers of the applications that have this file; one not sent yet is named by its id."""
    nomor = func.coalesce(Permohonan.nomor, cast(Permohonan.id, Text))
    parts = [
        select(column, nomor)
        .join_from(column.class_, Permohonan, Permohonan.id == column.class_.permohonan_id)
        .where(column.in_(sha256))
        for column in _COLUMNS
    ]
    pictures = func.jsonb_path_query_array(FilledForm.content, cast("$.foto[*].sha256", JSONPATH))
    each = func.jsonb_array_elements_text(pictures).table_valued("value", name="foto").render_derived().lateral()
    parts.append(
        select(each.c.value, nomor)
        .select_from(FilledForm)
        .join(Permohonan, Permohonan.id == FilledForm.permohonan_id)
        .join(each, each.c.value.in_(sha256))
    )
    found: dict[str, list[str]] = defaultdict(list)
    for name, of in conn.execute(union(*parts)):
        found[str(name)].append(str(of))
    return {name: sorted(of) for name, of in found.items()}
