"""Form, BAP and office -> what each document prints. Pure: plain values in, JSON out.

A context holds nothing that is not printed: ``render`` refuses a document that leaves a text out, and an approval is
bound to this value. The wording itself is in the templates, where the office edits it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.documents.address import labelled, printed_address
from pipeline.json import Json
from pipeline.kantor import Instansi, Kantor
from pipeline.rules.form.bap import CONCLUSION, PHOTO_LABELS, RESULT, read, read_list, read_part
from pipeline.sop.values import CaseData, Sop, case_data
from pipeline.text import date_in_words, in_words, moment_in_words, weekday_date_in_words

Content = Mapping[str, object]

_INSTITUTION = {"LKS": "Lembaga Kesejahteraan Sosial", "LKSA": "Lembaga Kesejahteraan Sosial Anak"}
_SHAPE = {"BH": "Berbadan hukum", "NONBH": "Tidak berbadan hukum"}


@dataclass(frozen=True, slots=True)
class Registration:
    """The registration an application got when it was handed in."""

    nomor: str
    day: date  # at the office


def sk_context(
    kantor: Kantor, sop: Sop, content: Content, bap: Content, additions: Content, *, registration: Registration
) -> Json:
    """The decree. ``additions``: what the Back Office added, {"pertimbangan": str, "tembusan": [str]}."""
    data = _in_force(sop, content)
    return {
        **_letterhead(kantor, kantor.own),
        **_institution(data),
        **_permohonan(data, registration),
        **_rekomendasi(kantor, sop, bap),
        "pertimbangan": read(additions, "pertimbangan"),
        "mengingat": list(sop.naskah.citing_for(data)),
        "data": [{"label": label, "nilai": value} for label, value in _institution_data(kantor, sop, data) if value],
        "masa_berlaku": f"{sop.naskah.valid_years} ({in_words(sop.naskah.valid_years)}) tahun",
        "tembusan": _tembusan(sop, additions),
    }


def refusal_context(
    kantor: Kantor, sop: Sop, content: Content, bap: Content, additions: Content, *, registration: Registration
) -> Json:
    """The letter of refusal, with every reason the inspection gave."""
    data = _in_force(sop, content)
    return {
        **_letterhead(kantor, kantor.own),
        **_institution(data),
        **_permohonan(data, registration),
        **_rekomendasi(kantor, sop, bap),
        "alamat_lembaga": _address(kantor, data),
        "alasan": _reason(sop, bap, additions),
        "tembusan": _tembusan(sop, additions),
    }


def bap_context(kantor: Kantor, sop: Sop, content: Content, bap: Content, *, registration: Registration) -> Json:
    """The report of the inspection. A ``gambar`` under ``foto`` is the sha256 of the picture ``render`` is given."""
    data = _in_force(sop, content)
    party = read_part(bap, "pihak_lembaga")
    return {
        **_letterhead(kantor, kantor.agency_of(sop.recommends)),
        **_institution(data),
        **_permohonan(data, registration),
        "alamat_lembaga": _address(kantor, data),
        "nomor": read(bap, "nomor"),
        "hari_tanggal": _words(read(bap, "tanggal")),
        "tempat": read(bap, "tempat"),
        "dasar": read(bap, "dasar"),
        "tim": [{k: read(person, k) for k in ("nama", "nip", "jabatan")} for person in read_list(bap, "tim")],
        "pihak_nama": read(party, "nama"),
        "pihak_jabatan": read(party, "jabatan"),
        "daftar": _checklist(sop, bap),
        "foto": [{"gambar": read(f, "sha256"), "keterangan": _photo_caption(f)} for f in read_list(bap, "foto")],
        "kesimpulan": CONCLUSION.get(read(bap, "kesimpulan"), ""),
        "catatan": read(bap, "catatan"),
    }


def rekomendasi_context(
    kantor: Kantor, sop: Sop, content: Content, bap: Content, *, registration: Registration
) -> Json:
    """The technical agency's letter: issue, or refuse."""
    data = _in_force(sop, content)
    rekomendasi = read_part(bap, "rekomendasi")
    nip = read(rekomendasi, "penandatangan_nip")
    return {
        **_letterhead(kantor, kantor.agency_of(sop.recommends)),
        **_institution(data),
        **_permohonan(data, registration),
        "alamat_lembaga": _address(kantor, data),
        "nomor": read(rekomendasi, "nomor"),
        "tanggal": _day(read(rekomendasi, "tanggal")),
        "kepada": f"Kepala {kantor.own.in_full}",
        "bap_nomor": read(bap, "nomor"),
        "bap_tanggal": _day(read(bap, "tanggal")),
        "kesimpulan": CONCLUSION.get(read(bap, "kesimpulan"), ""),
        "terbit": not _unfit(bap),
        "pertimbangan": read(rekomendasi, "pertimbangan"),
        "nama_penandatangan": read(rekomendasi, "penandatangan_nama"),
        "nip_penandatangan": f"NIP {nip}" if nip else "",
        "jabatan_penandatangan": read(rekomendasi, "penandatangan_jabatan").upper(),
    }


def receipt_context(
    kantor: Kantor,
    sop: Sop,
    content: Content,
    *,
    nomor: str,
    tracking_code: str,
    sent_at: datetime,
    berkas: Sequence[tuple[str, int]],
    tracking_url: str,
) -> Json:
    """The receipt. ``berkas``: (code of the syarat, number of files) as handed in; ``qr`` leads to ``tracking_url``."""
    name = {s.code: s.name for s in sop.syarat}
    data = _in_force(sop, content)
    return {
        **_letterhead(kantor, kantor.own),
        **_institution(data),
        "nomor": nomor,
        "kode_lacak": tracking_code,
        "dikirim": moment_in_words(sent_at),
        "jenis_permohonan": _choice(sop, data, "jenis"),
        "alamat_lembaga": _address(kantor, data),
        "berkas": [{"nama": name.get(code, code), "jumlah": f"{total} berkas"} for code, total in berkas],
        "janji": f"{sop.janji.hari} ({in_words(sop.janji.hari)}) hari kerja",
        "url_lacak": tracking_url,
    }


def _in_force(sop: Sop, content: Content) -> CaseData:
    """The fields that are asked for in this case; what was typed before an answer changed is not printed."""
    data = case_data(content)
    return {i.code: data[i.code] for i in sop.isian_for(data) if i.code in data}


def _letterhead(kantor: Kantor, instansi: Instansi) -> Json:
    return {
        "pemda": kantor.government.upper(),
        "kota": kantor.kota,
        "dinas": instansi.agency.upper(),
        "alamat_dinas": instansi.address,
        "kontak_dinas": instansi.contact,
    }


def _institution(data: CaseData) -> Json:
    kind = _text(data, "lembaga_jenis")
    return {
        "nama_lembaga": _text(data, "nama_lembaga"),
        "jenis_lembaga": _INSTITUTION.get(kind, kind),
        "singkatan": kind,
    }


def _permohonan(data: CaseData, registration: Registration) -> Json:
    return {
        "nomor_permohonan": registration.nomor,
        "tanggal_permohonan": date_in_words(registration.day),
        "perpanjangan": _text(data, "jenis") == "PERPANJANGAN",
        "nomor_lama": _text(data, "nomor_lama"),
    }


def _rekomendasi(kantor: Kantor, sop: Sop, bap: Content) -> Json:
    rekomendasi = read_part(bap, "rekomendasi")
    return {
        "rekomendasi_dari": kantor.agency_of(sop.recommends).in_full,
        "rekomendasi_nomor": read(rekomendasi, "nomor"),
        "rekomendasi_tanggal": _day(read(rekomendasi, "tanggal")),
    }


def _institution_data(kantor: Kantor, sop: Sop, data: CaseData) -> list[tuple[str, str]]:
    """The table under KESATU; rows without a value are left out."""
    sk_name = _text(data, "nama_sk")
    return [
        ("Nama lembaga", _text(data, "nama_lembaga")),
        ("Nama sesuai pengesahan", sk_name if sk_name != _text(data, "nama_lembaga") else ""),
        ("Jenis lembaga", _INSTITUTION.get(_text(data, "lembaga_jenis"), "")),
        ("Bentuk", _SHAPE.get(_text(data, "bentuk"), "")),
        ("Kedudukan", _choice(sop, data, "posisi")),
        ("Alamat", _address(kantor, data)),
        ("Ketua", _text(data, "ketua_nama")),
        ("Akta pendirian", _deed(data)),
        ("Pengesahan Kemenkumham", _text(data, "ahu_nomor")),
        ("Nomor Induk Berusaha", _text(data, "nib")),
        ("Lingkup wilayah kerja", _choice(sop, data, "lingkup")),
        ("Jenis layanan", _choice(sop, data, "layanan")),
        ("Penerima manfaat", _receiver(data)),
        ("Akreditasi", _choice(sop, data, "akreditasi")),
    ]


def _address(kantor: Kantor, data: CaseData) -> str:
    address, village, district = (_text(data, code) for code in ("alamat", "kelurahan", "kecamatan"))
    return printed_address(address, village, district, kantor.kota)


def _deed(data: CaseData) -> str:
    nomor, notary = _text(data, "akta_nomor"), _text(data, "akta_notaris")
    parts = (
        labelled("Nomor", nomor),
        labelled("tanggal", _day(_text(data, "akta_tanggal"))),
        labelled("Notaris", notary),
    )
    return ", ".join(filter(None, parts)) if nomor else ""


def _receiver(data: CaseData) -> str:
    figure = [
        f"{_text(data, code)} orang {place}"
        for code, place in (("penerima_dalam", "di dalam panti"), ("penerima_luar", "di luar panti"))
        if _text(data, code) not in {"", "0"}
    ]
    capacity = _text(data, "kapasitas")
    return ", ".join(figure + ([f"kapasitas asrama {capacity} orang"] if capacity not in {"", "0"} else []))


def _reason(sop: Sop, bap: Content, additions: Content) -> list[str]:
    item = [f"{b['uraian']}: {b['catatan'] or b['hasil']}" for b in _checklist(sop, bap, only="tidak")]
    other = (read(bap, "catatan"), read(read_part(bap, "rekomendasi"), "pertimbangan"), read(additions, "pertimbangan"))
    return list(dict.fromkeys(filter(None, (*item, *other))))


def _checklist(sop: Sop, bap: Content, only: str | None = None) -> list[dict[str, str]]:
    description = {b.code: b.description for b in sop.bap_items}
    return [
        {
            "uraian": description.get(read(b, "kode"), read(b, "kode")),
            "hasil": RESULT.get(read(b, "hasil"), ""),
            "catatan": read(b, "catatan"),
        }
        for b in read_list(bap, "daftar")
        if only in (None, read(b, "hasil"))
    ]


def _photo_caption(photo: Content) -> str:
    label, moment = read(photo, "label"), read(photo, "waktu")
    latitude, longitude = photo.get("lat"), photo.get("lon")
    place = f"lintang {latitude}, bujur {longitude}" if latitude and longitude else "lokasi tidak terbaca"
    return ", ".join(filter(None, (PHOTO_LABELS.get(label, label), _moment(moment), place)))


def _tembusan(sop: Sop, additions: Content) -> list[object]:
    choices = additions.get("tembusan")
    return choices if isinstance(choices, list) and choices else list(sop.naskah.tembusan)


def _unfit(bap: Content) -> bool:
    return read(bap, "kesimpulan") == "tidak_layak"


def _choice(sop: Sop, data: CaseData, code: str) -> str:
    """The words of a choice; of several, joined by commas."""
    words = next((i.choices for i in sop.isian if i.code == code), {})
    value = data.get(code, ())
    return ", ".join(words.get(n, n) for n in ((value,) if isinstance(value, str) else value) if n)


def _text(data: CaseData, code: str) -> str:
    value = data.get(code, "")
    return value if isinstance(value, str) else ", ".join(value)


def _day(iso: str) -> str:
    """ISO text as a date in words; anything else as it stands, for a draft of a half-filled form."""
    return date_in_words(hari) if (hari := _date(iso)) else iso


def _words(iso: str) -> str:
    return weekday_date_in_words(hari) if (hari := _date(iso)) else iso


def _moment(iso: str) -> str:
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return moment_in_words(moment) if moment.tzinfo else iso


def _date(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None
