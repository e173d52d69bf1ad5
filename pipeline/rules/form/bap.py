"""The form of the field inspection, BAP Lapangan and Rekomendasi: text of a web form in, jsonb and sentences out. Pure.

``parse_bap`` refuses nothing, so that a half-filled form on a phone can always be saved; ``check_bap`` says what is
missing once the officer wants to send it. Errors are keyed by the names of the form's fields.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from pipeline.json import Json
from pipeline.rules.form.answers import InvalidIsian, printable
from pipeline.sop.values import CaseData, KeputusanKind, Sop
from pipeline.tanggal import is_iso_date

TEAM_AT_LEAST = 2
TEAM_ROWS = 4  # rows the form offers; empty ones do not count
TEXT_LENGTH = 4000
LINE_LENGTH = 300

RESULT = {"sesuai": "Sesuai", "tidak": "Tidak sesuai", "catatan": "Sesuai dengan catatan"}
CONCLUSION = {
    "layak": "LAYAK",
    "layak_dengan_catatan": "LAYAK DENGAN CATATAN",
    "tidak_layak": "TIDAK LAYAK",
}
PHOTO_LABELS = {
    "depan": "Tampak depan dan papan nama",
    "kantor": "Ruang kantor dan administrasi",
    "kamar": "Kamar atau ruang pelayanan",
    "dapur": "Dapur dan sanitasi",
    "lain": "Lainnya",
}

GENERAL_ISIAN = ("nomor", "tanggal", "tempat", "dasar")
TEAM_ISIAN = ("nama", "nip", "jabatan")
PARTY_ISIAN = ("nama", "jabatan")
ISIAN_REKOMENDASI = (
    "nomor", "tanggal", "pertimbangan", "penandatangan_nama", "penandatangan_nip", "penandatangan_jabatan",
)  # fmt: skip

Form = Mapping[str, Sequence[str]]


def parse_bap(form: Form, sop: Sop, data: CaseData) -> Json:
    """The form as it is kept in ``bap.isi``, without ``foto`` (pictures are added one by one).

    Field names: ``nomor tanggal tempat dasar``, ``tim-<n>-nama|nip|jabatan`` (n from 1), ``pihak-nama|jabatan``,
    ``butir-<kode>-hasil|catatan``, ``kesimpulan``, ``catatan``, ``rek-<isian>``.
    """
    hasil: Json = {nama: _text(form, nama) for nama in (*GENERAL_ISIAN, "catatan")}
    hasil["kesimpulan"] = _choice(form, "kesimpulan", CONCLUSION)
    tim = (_part(form, f"tim-{n}", TEAM_ISIAN) for n in range(1, TEAM_ROWS + 1))
    hasil["tim"] = [orang for orang in tim if any(orang.values())]
    hasil["pihak_lembaga"] = _part(form, "pihak", PARTY_ISIAN)
    hasil["daftar"] = [
        {
            "kode": butir.kode,
            "hasil": _choice(form, f"butir-{butir.kode}-hasil", RESULT),
            "catatan": _text(form, f"butir-{butir.kode}-catatan"),
        }
        for butir in sop.bap_items_for(data)
    ]
    hasil["rekomendasi"] = _part(form, "rek", ISIAN_REKOMENDASI)
    return hasil


def check_bap(isi: Mapping[str, object], sop: Sop, data: CaseData, *, today: date | None = None) -> dict[str, str]:
    """Form field -> sentence for everything that keeps the BAP from being sent; empty when it is complete."""
    scanner = (
        _check_general(isi, today),
        _check_team(isi),
        _check_list(isi, sop, data),
        _check_conclusion(isi),
        _check_rekomendasi(isi, today),
        _check_texts(isi),
    )
    errors: dict[str, str] = {}
    for temuan in scanner:
        for nama, kalimat in temuan:
            errors.setdefault(nama, kalimat)
    return errors


def check_arah(isi: Mapping[str, object], keputusan: KeputusanKind) -> dict[str, str]:
    """Whether the conclusion carries the decision: only LAYAK goes on to a decree, only TIDAK LAYAK to a refusal."""
    kesimpulan = CONCLUSION.get(read(isi, "kesimpulan"), "belum diisi")
    tidak_layak = read(isi, "kesimpulan") == "tidak_layak"
    if keputusan is KeputusanKind.KIRIM and tidak_layak:
        return {"keputusan": f"Kesimpulan BAP {kesimpulan}, jadi rekomendasi terbit tidak dapat dikirim."}
    if keputusan is KeputusanKind.TOLAK and not tidak_layak:
        return {"keputusan": f"Kesimpulan BAP {kesimpulan}, jadi permohonan tidak dapat ditolak."}
    return {}


def read(isi: Mapping[str, object], nama: str) -> str:
    """A text of the form; '' when it is not there."""
    nilai = isi.get(nama)
    return nilai if isinstance(nilai, str) else ""


def read_part(isi: Mapping[str, object], nama: str) -> Mapping[str, object]:
    """A group of the form, like ``rekomendasi``; empty when it is not there."""
    nilai = isi.get(nama)
    return nilai if isinstance(nilai, dict) else {}


def read_list(isi: Mapping[str, object], nama: str) -> tuple[Mapping[str, object], ...]:
    """A list of groups, like ``tim`` or ``foto``."""
    nilai = isi.get(nama)
    return tuple(n for n in nilai if isinstance(n, dict)) if isinstance(nilai, list) else ()


Finding = Iterator[tuple[str, str]]


def _check_general(isi: Mapping[str, object], today: date | None) -> Finding:
    if not read(isi, "nomor"):
        yield "nomor", "Tulis nomor BAP."
    yield from _check_date("tanggal", read(isi, "tanggal"), "tanggal peninjauan", today)
    if not read(isi, "tempat"):
        yield "tempat", "Tulis tempat peninjauan."
    if not read(isi, "dasar"):
        yield "dasar", "Tulis dasar peninjauan, misalnya nomor surat tugas."


def _check_team(isi: Mapping[str, object]) -> Finding:
    tim = read_list(isi, "tim")
    if len(tim) < TEAM_AT_LEAST:
        yield f"tim-{len(tim) + 1}-nama", f"Tim paling sedikit {TEAM_AT_LEAST} orang; baru {len(tim)} yang diisi."
    for n, orang in enumerate(tim, 1):
        if not read(orang, "nama"):
            yield f"tim-{n}-nama", f"Tulis nama petugas ke-{n}."
        if not read(orang, "jabatan"):
            yield f"tim-{n}-jabatan", f"Tulis jabatan petugas ke-{n}."
        if not _nip_ok(read(orang, "nip")):
            yield f"tim-{n}-nip", f"NIP petugas ke-{n} harus 18 angka. Kosongkan bila bukan pegawai negeri."
    pihak = read_part(isi, "pihak_lembaga")
    if not read(pihak, "nama"):
        yield "pihak-nama", "Tulis nama wakil lembaga yang menerima tim."
    if not read(pihak, "jabatan"):
        yield "pihak-jabatan", "Tulis jabatan wakil lembaga."


def _check_list(isi: Mapping[str, object], sop: Sop, data: CaseData) -> Finding:
    filled = {read(b, "kode"): b for b in read_list(isi, "daftar")}
    for butir in sop.bap_items_for(data):
        row = filled.get(butir.kode, {})
        hasil = read(row, "hasil")
        if hasil not in RESULT:
            yield f"butir-{butir.kode}-hasil", f"Pilih hasil pemeriksaan: {butir.uraian}."
        elif hasil != "sesuai" and not read(row, "catatan"):
            yield f"butir-{butir.kode}-catatan", f"Tulis catatannya: {butir.uraian}."


def _check_conclusion(isi: Mapping[str, object]) -> Finding:
    kesimpulan = read(isi, "kesimpulan")
    if kesimpulan not in CONCLUSION:
        yield "kesimpulan", "Pilih kesimpulan peninjauan."
    elif kesimpulan != "layak" and not read(isi, "catatan"):
        yield "catatan", f"Jelaskan kesimpulan {CONCLUSION[kesimpulan]}."
    elif kesimpulan == "layak" and any(read(b, "hasil") == "tidak" for b in read_list(isi, "daftar")):
        yield "kesimpulan", "Ada butir yang tidak sesuai, jadi kesimpulannya LAYAK DENGAN CATATAN atau TIDAK LAYAK."


def _check_rekomendasi(isi: Mapping[str, object], today: date | None) -> Finding:
    rekomendasi = read_part(isi, "rekomendasi")
    tanggal = read(rekomendasi, "tanggal")
    if not read(rekomendasi, "nomor"):
        yield "rek-nomor", "Tulis nomor Rekomendasi."
    yield from _check_date("rek-tanggal", tanggal, "tanggal Rekomendasi", today)
    inspected = read(isi, "tanggal")
    if is_iso_date(tanggal) and is_iso_date(inspected) and tanggal < inspected:  # ISO sorts as text
        yield "rek-tanggal", "Tanggal Rekomendasi tidak boleh sebelum tanggal peninjauan."
    if not read(rekomendasi, "pertimbangan"):
        yield "rek-pertimbangan", "Tulis pertimbangan Rekomendasi."
    if not read(rekomendasi, "penandatangan_nama"):
        yield "rek-penandatangan_nama", "Tulis nama penanda tangan Rekomendasi."
    if not read(rekomendasi, "penandatangan_jabatan"):
        yield "rek-penandatangan_jabatan", "Tulis jabatan penanda tangan Rekomendasi."
    if not _nip_ok(read(rekomendasi, "penandatangan_nip")):
        yield "rek-penandatangan_nip", "NIP penanda tangan harus 18 angka. Kosongkan bila tidak ada."


def _check_date(nama: str, teks: str, sebutan: str, today: date | None) -> Finding:
    if not teks:
        yield nama, f"Isi {sebutan}."
    elif not is_iso_date(teks):
        yield nama, f"{_large(sebutan)} tidak terbaca. Tulis seperti 2026-11-25."
    elif today and date.fromisoformat(teks) > today:
        yield nama, f"{_large(sebutan)} tidak boleh sesudah hari ini."


def _check_texts(isi: Mapping[str, object]) -> Finding:
    """Lengths, and what no paper can print, are checked on sending: until then nothing typed is cut off."""
    for nama, nilai in _fields(isi):
        batas = TEXT_LENGTH if nama.endswith(("catatan", "pertimbangan", "dasar")) else LINE_LENGTH
        if len(nilai) > batas:
            yield nama, f"Terlalu panjang: {len(nilai)} huruf, paling banyak {batas}."
        try:
            printable(nilai)
        except InvalidIsian as error:
            yield nama, str(error)


def _fields(isi: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Every text of the form under the name of its field."""
    for nama in (*GENERAL_ISIAN, "catatan"):
        yield nama, read(isi, nama)
    bagian = [("pihak", read_part(isi, "pihak_lembaga")), ("rek", read_part(isi, "rekomendasi"))]
    bagian += [(f"tim-{n}", orang) for n, orang in enumerate(read_list(isi, "tim"), 1)]
    bagian += [(f"butir-{read(b, 'kode')}", b) for b in read_list(isi, "daftar")]
    for prefix, isian in bagian:
        yield from ((f"{prefix}-{nama}", nilai) for nama, nilai in isian.items() if isinstance(nilai, str))


def form_of(isi: Mapping[str, object]) -> dict[str, str]:
    """The opposite of ``parse_bap``: field name -> value, to fill the form in again."""
    return {"kesimpulan": read(isi, "kesimpulan"), **dict(_fields(isi))}


def _part(form: Form, prefix: str, nama: Sequence[str]) -> dict[str, str]:
    return {n: _text(form, f"{prefix}-{n}") for n in nama}


def _choice(form: Form, nama: str, pilihan: Mapping[str, str]) -> str:
    nilai = _text(form, nama)
    return nilai if nilai in pilihan else ""


def _text(form: Form, nama: str) -> str:
    """The first value of a field, composed, without control characters (PostgreSQL and Word take none)."""
    raw = next(iter(form.get(nama, ())), "")
    tidy = unicodedata.normalize("NFC", raw.replace("\r\n", "\n"))
    return "".join(c for c in tidy if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"}).strip()


def _large(kalimat: str) -> str:
    return kalimat[0].upper() + kalimat[1:]


def _nip_ok(teks: str) -> bool:
    angka = teks.replace(" ", "")
    return not angka or (len(angka) == 18 and angka.isascii() and angka.isdigit())
