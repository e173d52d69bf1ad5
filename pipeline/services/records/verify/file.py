"""What is wrong with the records of one file: its chain, its words, its tables, its documents, its daily heads."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from pipeline.errors import DefinitionError
from pipeline.hashing import content_hash, naskah_digest
from pipeline.queries.records.files import Records, read_records
from pipeline.queries.records.holders import holder_of
from pipeline.roles import Peran
from pipeline.rules.form.desk_form import read_list
from pipeline.rules.history.chain import Entry, Words
from pipeline.rules.history.fold import fold
from pipeline.rules.history.replay import UNTOLD, Row, Tables
from pipeline.rules.transitions import Status
from pipeline.sealing.nik import open_nik
from pipeline.services.records.verify.words import COLUMNS, HIDDEN, TABLES
from pipeline.sop.registry import get_sop
from pipeline.sop.values import case_data
from pipeline.storage import Damage


class Kept(NamedTuple):
    """A kept file, and whose it is: the application's, or (None) the office's own."""

    sha256: str
    owner: UUID | None


#: What is wrong with a kept file, if anything.
Inspect = Callable[[Kept], Damage | None]


def check(conn: Connection, permohonan_id: UUID) -> Iterator[str]:
    """Every sentence about the records of this file that ought not to be there; documents are not read."""
    for records in read_records(conn, [permohonan_id]).values():
        yield from check_records(records)


def check_records(records: Records) -> Iterator[str]:
    """The same for who has read them."""
    history = records.history()
    yield from _chain(records.permohonan, history)
    yield from _heads(records, history)
    yield from _content(records)
    try:
        told = fold(entry.event for entry in history)
    except (LookupError, ArithmeticError, ValueError, TypeError, AttributeError) as error:
        yield f"riwayat tidak dapat diputar ulang: {error}"
        return
    for table in TABLES:
        yield from _compare(table, records.rows(table), told)
    yield from _unwatched(records)


def check_documents(records: Records, inspect: Inspect) -> Iterator[str]:
    """Every kept file the records name is in the store, with the bytes it is named after."""
    for kept, what in sorted(kept_files(records).items(), key=itemgetter(1)):
        if damage := inspect(kept):
            yield f"{what} {damage} di penyimpanan ({kept.sha256})"


def kept_files(records: Records) -> Mapping[Kept, str]:
    """Every kept file of the permohonan -> what it is; replaced and superseded ones too."""
    kept: dict[str, str] = {}
    templat: dict[Kept, str] = {}
    for b in records.rows("berkas").values():
        kept[str(b["sha256"])] = f"dokumen {b['syarat']} nomor {b['sequence']}"
        if b["signed"]:
            kept[str(b["original_sha256"])] = f"dokumen {b['syarat']} nomor {b['sequence']} sebagaimana diterima"
    for d in records.rows("draft").values():
        kept[str(d["docx_sha256"])] = f"naskah draf {d['nomor_draft']}"
        templat[Kept(str(d["templat_sha256"]), None)] = f"templat draf {d['nomor_draft']}"
    for sk in records.rows("sk").values():
        kept |= {str(sk[name]): f"surat {sk['nomor']} ({name[:4].strip('_')})" for name in _LETTERS if sk[name]}
    for form in records.rows("filled_form").values():
        for n, photo in enumerate(_pictures(form), start=1):
            kept[photo] = f"foto {n} formulir {form['form']}"
    owner = UUID(str(records.permohonan["id"]))
    return {**{Kept(sha256, owner): what for sha256, what in kept.items()}, **templat}


_LETTERS = ("docx_sha256", "pdf_sha256", "sent_sha256")


def _pictures(form: Row) -> list[str]:
    content = form["content"]
    return [str(f.get("sha256")) for f in read_list(content, "foto")] if isinstance(content, dict) else []


#: What a row repeats of its form, to be listed, searched and compared by.
_REPEATED = {
    "pemegang": "nama pemegang pada daftar",
    "search_name": "nama untuk pencarian",
    "marks": "tanda pengenal pemegang untuk mencari yang sama",
}


def _chain(p: Row, history: Iterable[Entry]) -> Iterator[str]:
    """Edited, missing, inserted, reordered, or cut off at the end: each breaks a link or the head."""
    sequence, last = 0, ""
    for entry in history:
        e = entry.event
        if not entry.linked:
            yield f"rantai riwayat putus pada peristiwa {e.sequence} ({e.kind})"
        if entry.words is Words.MISSING:
            yield f"kata-kata peristiwa {e.sequence} ({e.kind}) hilang"
        if entry.words is Words.BROKEN:
            yield f"kata-kata peristiwa {e.sequence} ({e.kind}) tidak sama dengan segelnya"
        sequence, last = e.sequence, entry.hash
    if (p["last_sequence"], p["chain"]) != (sequence, last):
        yield f"riwayat tidak lengkap: peristiwa terakhir nomor {sequence}, menurut berkasnya {p['last_sequence']}"


def _heads(records: Records, history: Iterable[Entry]) -> Iterator[str]:
    """What a daily head has of this chain is still there."""
    hashes = {entry.event.sequence: entry.hash for entry in history}
    for leaf in records.rows("daily_leaf").values():
        if hashes.get(int(str(leaf["sequence"]))) != leaf["hash"]:
            yield f"riwayat sampai peristiwa {leaf['sequence']} tidak sama dengan kepala harian nomor {leaf['number']}"


def _content(records: Records) -> Iterator[str]:
    """What was sent and drafted is what the approvals and the history are bound to."""
    p, content = records.permohonan, records.permohonan["content"]
    if not isinstance(content, dict):
        yield "isian permohonan tidak terbaca"
        return
    content = open_nik(UUID(str(p["id"])), content)
    berkas = [
        (str(b["syarat"]), int(str(b["sequence"])), str(b["sha256"]))
        for b in records.rows("berkas").values()
        if b["replaced_at"] is None
    ]
    filled = {str(form["form"]): form["content"] for form in records.rows("filled_form").values()}
    forms = {code: content for code, content in sorted(filled.items()) if isinstance(content, dict)}
    if content_hash(content, berkas, forms) != p["content_digest"]:
        yield "isian, dokumen atau formulir meja tidak sama dengan yang tercatat dalam riwayat"
    yield from _repeated(p, content)
    for d in records.rows("draft").values():
        context = d["context"] if isinstance(d["context"], dict) else {}
        if naskah_digest(context, str(d["templat_sha256"]), str(d["content_digest"])) != d["naskah_hash"]:
            yield f"isi draf {d['nomor_draft']} tidak sama dengan yang disetujui"


def _repeated(p: Row, content: Mapping[str, object]) -> Iterator[str]:
    """What the row repeats of its form."""
    try:
        sop = get_sop(str(p["sop"]), int(str(p["sop_version"])))
    except DefinitionError as error:
        yield str(error)
        return
    for column, value in holder_of(sop, case_data(content)).items():
        if p[column] != value:
            yield f"{_REPEATED[column]} tidak sama dengan isiannya"


def _compare(table: str, kept: Mapping[str, Row], told: Tables) -> Iterator[str]:
    """Row by row: what the table has of a column that the history tells."""
    history = told.get(table, {})
    for key in sorted({*kept, *history}):
        name = f"{TABLES[table]} {_called(key, kept.get(key) or history[key])}".strip()
        if key not in history:
            yield f"{name}: ada di tabel, tidak ada dalam riwayat"
        elif key not in kept:
            yield f"{name}: ada dalam riwayat, hilang dari tabel"
        else:
            yield from _differences(table, name, kept[key], history[key])


def _differences(table: str, name: str, kept: Row, told: Row) -> Iterator[str]:
    for column, value in told.items():
        if value is UNTOLD or kept[column] == value:
            continue
        what = COLUMNS.get(column, column.replace("_", " "))
        if column in HIDDEN:
            yield f"{name}: {what} diubah"
        else:
            yield f"{name}: {what} diubah, di tabel {_shown(kept[column])}, menurut riwayat {_shown(value)}"


def _unwatched(records: Records) -> Iterator[str]:
    """An open step, or a file, whose lapse nobody would be told of: the sweep goes by ``eskalasi_at``."""
    raised = {
        (e["langkah"], e["kunjungan"], e["tenggat_number"], e["level"]) for e in records.rows("eskalasi").values()
    }
    p = records.permohonan
    if p["status"] == Status.BERJALAN and _never_told(p, "berkas_5_hari", {r[2:] for r in raised if not r[0]}):
        yield f"waktu peringatan berikutnya diubah, di tabel {_shown(p['eskalasi_at'])}"
    for t in records.rows("tugas").values():
        told = {r[2:] for r in raised if r[:2] == (t["langkah"], t["kunjungan"])}
        if t["closed_at"] is None and t["peran"] != Peran.SYSTEM and _never_told(t, "lewat", told):
            name = f"tugas {t['langkah']} kunjungan {t['kunjungan']}"
            yield f"{name}: waktu peringatan berikutnya diubah, di tabel {_shown(t['eskalasi_at'])}"


def _never_told(row: Row, lapse: str, told: Collection[tuple[object, ...]]) -> bool:
    """``told``: (tenggat_number, level) of those that were raised."""
    tenggat, due = row["tenggat"], row["eskalasi_at"]
    if not isinstance(tenggat, datetime) or (row["tenggat_number"], lapse) in told:
        return False
    return not isinstance(due, datetime) or due > tenggat


def _called(key: str, row: Row) -> str:
    """What tells a row apart for a reader."""
    for column in ("langkah", "syarat", "code", "nomor", "nomor_draft"):
        if column in row and key:
            return f"{row[column]}" + (f" kunjungan {row['kunjungan']}" if "kunjungan" in row else "")
    return key


def _shown(value: object) -> str:
    return "kosong" if value in (None, "", []) else str(value)
