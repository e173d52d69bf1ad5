"""The form of the field inspection, BAP Lapangan and Rekomendasi: text of a web form in, jsonb and sentences out. Pure.

``parse_bap`` refuses nothing, so that a half-filled form on a phone can always be saved; ``check_bap`` says what is
missing once the officer wants to send it. Errors are keyed by the names of the form's fields.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from pipeline.json import Json
from pipeline.rules.form.answers import printable
from pipeline.rules.form.refused_answer import InvalidIsian
from pipeline.sop.values import CaseData, Sop
from pipeline.sop.words import KeputusanKind
from pipeline.text import is_iso_date

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
    "nomor",
    "tanggal",
    "pertimbangan",
    "penandatangan_nama",
    "penandatangan_nip",
    "penandatangan_jabatan",
)

Form = Mapping[str, Sequence[str]]


def parse_bap(form: Form, sop: Sop, data: CaseData) -> Json:
    """The form as it is kept in ``bap.content``, without ``foto`` (pictures are added one by one).

    Field names: ``nomor tanggal tempat dasar``, ``tim-<n>-nama|nip|jabatan`` (n from 1), ``pihak-nama|jabatan``,
    ``butir-<kode>-hasil|catatan``, ``kesimpulan``, ``catatan``, ``rek-<isian>``.
    """
    result: Json = {name: _text(form, name) for name in (*GENERAL_ISIAN, "catatan")}
    result["kesimpulan"] = _choice(form, "kesimpulan", CONCLUSION)
    team = (_part(form, f"tim-{n}", TEAM_ISIAN) for n in range(1, TEAM_ROWS + 1))
    result["tim"] = [person for person in team if any(person.values())]
    result["pihak_lembaga"] = _part(form, "pihak", PARTY_ISIAN)
    result["daftar"] = [
        {
            "kode": item.code,
            "hasil": _choice(form, f"butir-{item.code}-hasil", RESULT),
            "catatan": _text(form, f"butir-{item.code}-catatan"),
        }
        for item in sop.bap_items_for(data)
    ]
    result["rekomendasi"] = _part(form, "rek", ISIAN_REKOMENDASI)
    return result


def check_bap(content: Mapping[str, object], sop: Sop, data: CaseData, *, today: date | None = None) -> dict[str, str]:
    """Form field -> sentence for everything that keeps the BAP from being sent; empty when it is complete."""
    scanner = (
        _check_general(content, today),
        _check_team(content),
        _check_list(content, sop, data),
        _check_conclusion(content),
        _check_rekomendasi(content, today),
        _check_texts(content),
    )
    errors: dict[str, str] = {}
    for finding in scanner:
        for name, sentence in finding:
            errors.setdefault(name, sentence)
    return errors


def check_arah(content: Mapping[str, object], keputusan: KeputusanKind) -> dict[str, str]:
    """Whether the conclusion carries the decision: only LAYAK goes on to a decree, only TIDAK LAYAK to a refusal."""
    conclusion = CONCLUSION.get(read(content, "kesimpulan"), "belum diisi")
    not_eligible = read(content, "kesimpulan") == "tidak_layak"
    if keputusan is KeputusanKind.KIRIM and not_eligible:
        return {"keputusan": f"Kesimpulan BAP {conclusion}, jadi rekomendasi terbit tidak dapat dikirim."}
    if keputusan is KeputusanKind.TOLAK and not not_eligible:
        return {"keputusan": f"Kesimpulan BAP {conclusion}, jadi permohonan tidak dapat ditolak."}
    return {}


def read(content: Mapping[str, object], name: str) -> str:
    """A text of the form; '' when it is not there."""
    value = content.get(name)
    return value if isinstance(value, str) else ""


def read_part(content: Mapping[str, object], name: str) -> Mapping[str, object]:
    """A group of the form, like ``rekomendasi``; empty when it is not there."""
    value = content.get(name)
    return value if isinstance(value, dict) else {}


def read_list(content: Mapping[str, object], name: str) -> tuple[Mapping[str, object], ...]:
    """A list of groups, like ``tim`` or ``foto``."""
    value = content.get(name)
    return tuple(n for n in value if isinstance(n, dict)) if isinstance(value, list) else ()


Finding = Iterator[tuple[str, str]]


def _check_general(content: Mapping[str, object], today: date | None) -> Finding:
    if not read(content, "nomor"):
        yield "nomor", "Tulis nomor BAP."
    yield from _check_date("tanggal", read(content, "tanggal"), "tanggal peninjauan", today)
    if not read(content, "tempat"):
        yield "tempat", "Tulis tempat peninjauan."
    if not read(content, "dasar"):
        yield "dasar", "Tulis dasar peninjauan, misalnya nomor surat tugas."


def _check_team(content: Mapping[str, object]) -> Finding:
    team = read_list(content, "tim")
    if len(team) < TEAM_AT_LEAST:
        yield f"tim-{len(team) + 1}-nama", f"Tim paling sedikit {TEAM_AT_LEAST} orang; baru {len(team)} yang diisi."
    for n, person in enumerate(team, 1):
        if not read(person, "nama"):
            yield f"tim-{n}-nama", f"Tulis nama petugas ke-{n}."
        if not read(person, "jabatan"):
            yield f"tim-{n}-jabatan", f"Tulis jabatan petugas ke-{n}."
        if not _nip_ok(read(person, "nip")):
            yield f"tim-{n}-nip", f"NIP petugas ke-{n} harus 18 angka. Kosongkan bila bukan pegawai negeri."
    party = read_part(content, "pihak_lembaga")
    if not read(party, "nama"):
        yield "pihak-nama", "Tulis nama wakil lembaga yang menerima tim."
    if not read(party, "jabatan"):
        yield "pihak-jabatan", "Tulis jabatan wakil lembaga."


def _check_list(content: Mapping[str, object], sop: Sop, data: CaseData) -> Finding:
    filled = {read(b, "kode"): b for b in read_list(content, "daftar")}
    for item in sop.bap_items_for(data):
        row = filled.get(item.code, {})
        result = read(row, "hasil")
        if result not in RESULT:
            yield f"butir-{item.code}-hasil", f"Pilih hasil pemeriksaan: {item.description}."
        elif result != "sesuai" and not read(row, "catatan"):
            yield f"butir-{item.code}-catatan", f"Tulis catatannya: {item.description}."


def _check_conclusion(content: Mapping[str, object]) -> Finding:
    conclusion = read(content, "kesimpulan")
    if conclusion not in CONCLUSION:
        yield "kesimpulan", "Pilih kesimpulan peninjauan."
    elif conclusion != "layak" and not read(content, "catatan"):
        yield "catatan", f"Jelaskan kesimpulan {CONCLUSION[conclusion]}."
    elif conclusion == "layak" and any(read(b, "hasil") == "tidak" for b in read_list(content, "daftar")):
        yield "kesimpulan", "Ada butir yang tidak sesuai, jadi kesimpulannya LAYAK DENGAN CATATAN atau TIDAK LAYAK."


def _check_rekomendasi(content: Mapping[str, object], today: date | None) -> Finding:
    rekomendasi = read_part(content, "rekomendasi")
    day = read(rekomendasi, "tanggal")
    if not read(rekomendasi, "nomor"):
        yield "rek-nomor", "Tulis nomor Rekomendasi."
    yield from _check_date("rek-tanggal", day, "tanggal Rekomendasi", today)
    inspected = read(content, "tanggal")
    if is_iso_date(day) and is_iso_date(inspected) and day < inspected:  # ISO sorts as text
        yield "rek-tanggal", "Tanggal Rekomendasi tidak boleh sebelum tanggal peninjauan."
    if not read(rekomendasi, "pertimbangan"):
        yield "rek-pertimbangan", "Tulis pertimbangan Rekomendasi."
    if not read(rekomendasi, "penandatangan_nama"):
        yield "rek-penandatangan_nama", "Tulis nama penanda tangan Rekomendasi."
    if not read(rekomendasi, "penandatangan_jabatan"):
        yield "rek-penandatangan_jabatan", "Tulis jabatan penanda tangan Rekomendasi."
    if not _nip_ok(read(rekomendasi, "penandatangan_nip")):
        yield "rek-penandatangan_nip", "NIP penanda tangan harus 18 angka. Kosongkan bila tidak ada."


def _check_date(name: str, text: str, full_title: str, today: date | None) -> Finding:
    if not text:
        yield name, f"Isi {full_title}."
    elif not is_iso_date(text):
        yield name, f"{_large(full_title)} tidak terbaca. Tulis seperti 2026-11-25."
    elif today and date.fromisoformat(text) > today:
        yield name, f"{_large(full_title)} tidak boleh sesudah hari ini."


def _check_texts(content: Mapping[str, object]) -> Finding:
    """Lengths, and what no paper can print, are checked on sending: until then nothing typed is cut off."""
    for name, value in _fields(content):
        limit = TEXT_LENGTH if name.endswith(("catatan", "pertimbangan", "dasar")) else LINE_LENGTH
        if len(value) > limit:
            yield name, f"Terlalu panjang: {len(value)} huruf, paling banyak {limit}."
        try:
            printable(value)
        except InvalidIsian as error:
            yield name, str(error)


def _fields(content: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Every text of the form under the name of its field."""
    for name in (*GENERAL_ISIAN, "catatan"):
        yield name, read(content, name)
    parts = [("pihak", read_part(content, "pihak_lembaga")), ("rek", read_part(content, "rekomendasi"))]
    parts += [(f"tim-{n}", person) for n, person in enumerate(read_list(content, "tim"), 1)]
    parts += [(f"butir-{read(b, 'kode')}", b) for b in read_list(content, "daftar")]
    for prefix, isian in parts:
        yield from ((f"{prefix}-{name}", value) for name, value in isian.items() if isinstance(value, str))


def form_of(content: Mapping[str, object]) -> dict[str, str]:
    """The opposite of ``parse_bap``: field name -> value, to fill the form in again."""
    return {"kesimpulan": read(content, "kesimpulan"), **dict(_fields(content))}


def _part(form: Form, prefix: str, name: Sequence[str]) -> dict[str, str]:
    return {n: _text(form, f"{prefix}-{n}") for n in name}


def _choice(form: Form, name: str, choices: Mapping[str, str]) -> str:
    value = _text(form, name)
    return value if value in choices else ""


def _text(form: Form, name: str) -> str:
    """The first value of a field, composed, without control characters (PostgreSQL and Word take none)."""
    raw = next(iter(form.get(name, ())), "")
    tidy = unicodedata.normalize("NFC", raw.replace("\r\n", "\n"))
    return "".join(c for c in tidy if c == "\n" or unicodedata.category(c) not in {"Cc", "Cf", "Cs"}).strip()


def _large(sentence: str) -> str:
    return sentence[0].upper() + sentence[1:]


def _nip_ok(text: str) -> bool:
    figure = text.replace(" ", "")
    return not figure or (len(figure) == 18 and figure.isascii() and figure.isdigit())
