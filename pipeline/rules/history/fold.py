"""What the tables must say, as a fold over the peristiwa of a file. Pure.

Tables are caches of the history: whatever a page shows of the past is rebuilt here, row by row, and ``alurizin verify``
compares. An act that writes a column shown anywhere tells it in its peristiwa, or in the words sealed by it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from uuid import UUID, uuid5

from pipeline.rules.history.chain import Event
from pipeline.rules.history.replay import UNTOLD, Replay, Row, Tables
from pipeline.sop.values import SELESAI, KeputusanKind


def fold(events: Iterable[Event]) -> Tables:
    """Replay a history, oldest first. An event of an unknown kind raises KeyError: nothing is skipped silently."""
    replay = Replay()
    for e in events:
        _APPLY[e.jenis](replay, e)
        replay.permohonan["diubah_pada"] = e.pada
    return replay.tables


def request_id(tugas_id: UUID | str, place: int) -> UUID:
    """The id of the n-th item a decision asked for: told by the tugas, so that its row can be found again."""
    return uuid5(UUID(str(tugas_id)), str(place))


def _word(e: Event, name: str, otherwise: object = None) -> object:
    """What was written, as it was sealed."""
    if "words" not in e.data:
        return otherwise
    return UNTOLD if e.words is None else e.words.get(name, otherwise)


def _time(value: object) -> datetime | None:
    return datetime.fromisoformat(str(value)) if value else None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _created(r: Replay, e: Event) -> None:
    d = e.data
    r.put("permohonan", "", {
        "status": d["status"], "langkah": d["langkah"], "arah": None, "nomor": None, "kode_lacak": None,
        "isi_hash": d["isi_hash"], "pemohon_id": e.oleh, "sop": d["sop"], "sop_versi": d["sop_versi"],
        "privasi_versi": None, "dibuat_pada": e.pada, "dikirim_pada": None, "lengkap_pada": None, "tenggat": None,
        "selesai_pada": None,
    })  # fmt: skip
    r.put("tugas", d["tugas"], _new_tugas(e, str(d["langkah"]), {"peran": e.peran}) | {"siap_pada": e.pada})


def _new_tugas(e: Event, langkah: str, told: Mapping[str, object]) -> Row:
    return {
        "langkah": langkah, "kunjungan": told.get("kunjungan_baru", 1), "peran": told["peran"],
        "otomatis": told.get("otomatis", False), "didahulukan": told.get("didahulukan", False),
        "untuk_orang": told.get("untuk_orang"), "diminta_langkah": told.get("diminta_langkah"),
        "diminta_hash": told.get("diminta_hash"), "dibuat_pada": e.pada,
        "mulai_pada": _time(told.get("mulai")) or e.pada, "jeda": told.get("jeda", []),
        "tenggat": _time(told.get("tenggat")), "tambahan_hari": told.get("tambahan_hari", 0),
        "tenggat_ke": told.get("tenggat_ke", 0), "siap_pada": None,
        "diambil_oleh": None, "diambil_pada": None, "macet_pada": None, "selesai_pada": None, "keputusan": None,
        "alasan": None, "oleh": None, "sebagai": None,
    }  # fmt: skip


def _content(r: Replay, e: Event) -> None:
    d = e.data
    r.permohonan["isi_hash"] = d["isi_hash"]
    _replaced(r, e, _list(d.get("diganti")))
    if "berkas_dihapus" in d:
        _replaced(r, e, [d["berkas_dihapus"]])
    if "berkas" in d:
        named = ("syarat", "urut", "jenis", "ukuran", "halaman", "sha256", "sha256_asli", "bertanda_tangan")
        row: Row = {name: d[name] for name in named}
        r.put("berkas", d["berkas"], row | {"nama": _word(e, "berkas"), "diunggah_pada": e.pada, "diganti_pada": None})
    if "bap" in d:
        bap = r.tables.get("bap", {}).get("", {"dikirim_pada": None})
        r.put("bap", "", bap | {"oleh": e.oleh, "disimpan_pada": e.pada})


def _replaced(r: Replay, e: Event, ids: Iterable[object]) -> None:
    for key in ids:
        r.row("berkas", key)["diganti_pada"] = e.pada


def _decided(r: Replay, e: Event) -> None:
    d, ke = e.data, str(e.data["ke"])
    r.open_tugas(e).update(
        selesai_pada=e.pada, keputusan=d["keputusan"], oleh=e.oleh, alasan=_word(e, "alasan"),
        sebagai=_word(e, "sebagai"),
    )  # fmt: skip
    closed = ke == SELESAI
    r.permohonan.update(
        status=d["status"], langkah=None if closed else ke, arah=d["arah"], selesai_pada=e.pada if closed else None
    )
    _promised(r, e)
    _sent(r, e)
    _asked(r, e)
    _approved(r, e)
    if "sk" in d:
        named = ("docx_sha256", "pdf_sha256", "pdf_ukuran", "sidik_sertifikat")
        told = {name: d[name] for name in named if name in d}
        r.row("sk", d["sk"]).update(told | {"status": "terbit", "terbit_pada": e.pada})
    if "bap_dikirim" in d:
        r.row("bap", "")["dikirim_pada"] = e.pada
    _checked(r, e)
    if not closed:
        r.put("tugas", d["tugas_baru"], _new_tugas(e, ke, d))


def _promised(r: Replay, e: Event) -> None:
    """The promise to the public: it begins when the file is complete, and moves with what the applicant takes."""
    if "janji" in e.data:
        r.permohonan["tenggat"] = _time(e.data["janji"])
        r.permohonan["lengkap_pada"] = r.permohonan["lengkap_pada"] or e.pada


def _sent(r: Replay, e: Event) -> None:
    """What a submission tells beside the decision."""
    d, p = e.data, r.permohonan
    p["isi_hash"] = d.get("isi_hash", p["isi_hash"])
    if "nomor" in d:
        p.update(
            nomor=d["nomor"], dikirim_pada=e.pada, privasi_versi=d["privasi_versi"], kode_lacak=_word(e, "kode_lacak")
        )
    _replaced(r, e, _list(d.get("tidak_dipakai")))
    answers = _word(e, "jawaban", {})
    for key in _list(d.get("dijawab")):
        said = answers.get(str(key)) if isinstance(answers, Mapping) else answers
        r.row("permintaan_perbaikan", key).update(dijawab_pada=e.pada, jawaban=said)


MOST_ITEMS = 1000  # asked for in one return: a form has a tenth of them


def _asked(r: Replay, e: Event) -> None:
    """The items the applicant has to put right."""
    items = _word(e, "permintaan", [])
    for place in range(min(int(str(e.data.get("permintaan", 0))), MOST_ITEMS)):
        jenis, kode, catatan = items[place] if isinstance(items, list) else (items, items, items)
        r.put("permintaan_perbaikan", request_id(str(e.data["tugas"]), place), {
            "tugas_id": e.data["tugas"], "jenis": jenis, "kode": kode, "catatan": catatan, "dibuat_pada": e.pada,
            "dijawab_pada": None, "jawaban": None,
        })  # fmt: skip


def _answered(r: Replay, e: Event) -> None:
    """What the applicant says of one of them, before the file is sent again."""
    r.row("permintaan_perbaikan", e.data["permintaan"]).update(jawaban=_word(e, "jawaban"))


def _approved(r: Replay, e: Event) -> None:
    """An approval of the draft in force; one that is taken back by a return to its desk."""
    d, found = e.data, r.draft()
    if found is None:
        return
    draft_id, draft = found
    if d["keputusan"] == KeputusanKind.KEMBALIKAN:
        for row in r.approvals(draft_id, str(d["ke"])):
            row["batal_pada"] = e.pada
    elif "setuju_naskah" in d:
        if d["setuju_naskah"] != draft["naskah_hash"]:
            raise ValueError(f"peristiwa {e.urut} menyetujui draf yang tidak berlaku")
        r.put("persetujuan", d["tugas"], {
            "draft_id": draft_id, "langkah": d["dari"], "orang_id": e.oleh, "atas_nama": d.get("on_behalf"),
            "sebagai": _word(e, "sebagai"), "pada": e.pada, "batal_pada": None,
        })  # fmt: skip


def _checked(r: Replay, e: Event) -> None:
    """What the automatic checks said: bound whole, so that no verdict can be added, changed or lost."""
    if (verdicts := _word(e, "pemeriksaan")) is not None:
        r.put("pemeriksaan", e.data["tugas"], {"putusan": verdicts, "pada": e.pada})


def _drafted(r: Replay, e: Event) -> None:
    if old := r.draft():
        old[1]["batal_pada"] = e.pada
    named = (
        "nomor_draft", "jenis", "naskah_hash", "templat", "templat_sha256", "isi_hash", "mesin_pdf", "docx_sha256",
    )  # fmt: skip
    row: Row = {name: e.data[name] for name in named}
    author = {"penyusun_id": e.oleh, "tambahan": _word(e, "tambahan")}
    r.put("draft", e.data["draft"], row | author | {"dibuat_pada": e.pada, "batal_pada": None})
    for orang_id in _list(e.data["authors"]):
        r.put("draft_author", f"{e.data['draft']}:{orang_id}", {"orang_id": orang_id})


def _intended(r: Replay, e: Event) -> None:
    """The number and what is about to be signed."""
    named = ("draft_id", "sop", "jenis", "tahun", "urut", "tanggal", "tanggal_berlaku_sampai", "penyedia")
    row: Row = {name: e.data[name] for name in named}
    r.put("sk", e.data["sk"], row | {
        "nomor": e.data["sk_nomor"], "status": "niat", "penandatangan_id": e.oleh, "token": _word(e, "token"),
        "penandatangan": _word(e, "penandatangan"), "dibuat_pada": e.pada, "docx_sha256": None,
        "sent_sha256": None, "pdf_sha256": None, "pdf_ukuran": None, "sidik_sertifikat": None, "terbit_pada": None,
        "dicabut_pada": None,
    })  # fmt: skip


def _sent_to_provider(r: Replay, e: Event) -> None:
    """What left for the provider, so that the signed file can be known again."""
    r.row("sk", e.data["sk"]).update({name: e.data[name] for name in ("docx_sha256", "sent_sha256")})


def _number_freed(r: Replay, e: Event) -> None:
    """Nothing was issued under the number: the attempt is gone, and the next document of the series may have it."""
    r.row("sk", e.data["sk"])  # raises KeyError for one the history has not told of
    del r.tables["sk"][str(e.data["sk"])]


def _signature(status: str) -> Callable[[Replay, Event], None]:
    def apply(r: Replay, e: Event) -> None:
        r.row("sk", e.data["sk"])["status"] = status

    return apply


def _on_tugas(change: Callable[[Event], Row]) -> Callable[[Replay, Event], None]:
    def apply(r: Replay, e: Event) -> None:
        r.open_tugas(e).update(change(e))
        _checked(r, e)

    return apply


def _escalated(r: Replay, e: Event) -> None:
    d = e.data
    r.put("eskalasi", f"{d['langkah']}:{d['kunjungan']}:{d['tenggat_ke']}:{d['tingkat']}", {
        "kepada": d["kepada"], "kosong": d.get("kosong", []), "tugas_id": d.get("tugas"), "pada": e.pada,
    })  # fmt: skip


def _moved(r: Replay, e: Event) -> None:
    """A deadline that moved: the desk's, by an extension or the calendar, or the promise, by the calendar."""
    d = e.data
    if "baru" in d:
        r.open_tugas(e)["tenggat"] = _time(d["baru"])
    if "janji_baru" in d:
        r.permohonan["tenggat"] = _time(d["janji_baru"])
    for name in ("tambahan_hari", "tenggat_ke"):
        if name in d:
            r.open_tugas(e)[name] = d[name]


_APPLY: Mapping[str, Callable[[Replay, Event], None]] = {
    "dibuat": _created,
    "isi": _content,
    "tanggapan": _answered,
    "keputusan": _decided,
    "naskah": _drafted,
    "siap": _on_tugas(lambda e: {"siap_pada": e.pada}),
    "perlu_petugas": _on_tugas(lambda e: {"siap_pada": e.pada, "otomatis": False}),
    "diambil": _on_tugas(lambda e: {"diambil_oleh": e.oleh, "diambil_pada": e.pada}),
    "dialihkan": _on_tugas(lambda e: {"diambil_oleh": e.data["kepada"], "diambil_pada": e.pada}),
    "dilepas": _on_tugas(lambda _: {"diambil_oleh": None, "diambil_pada": None}),
    "macet": _on_tugas(lambda e: {"macet_pada": _time(e.data["sejak"])}),
    "dilanjutkan": _on_tugas(lambda _: {"macet_pada": None}),
    "diperpanjang": _moved,
    "tenggat_bergeser": _moved,
    "eskalasi": _escalated,
    "sk_niat": _intended,
    "sk_dikirim": _sent_to_provider,
    "nomor_bebas": _number_freed,
    "sk_gagal": _signature("gagal"),
    "sk_perlu_dicek": _signature("perlu_dicek"),
}

#: Every kind of peristiwa there is.
PERISTIWA_KINDS = frozenset(_APPLY)
