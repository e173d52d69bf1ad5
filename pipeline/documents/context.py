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
from pipeline.tanggal import in_words, tanggal, waktu, weekday_date_in_words

Content = Mapping[str, object]

_INSTITUTION = {"LKS": "Lembaga Kesejahteraan Sosial", "LKSA": "Lembaga Kesejahteraan Sosial Anak"}
_BENTUK = {"BH": "Berbadan hukum", "NONBH": "Tidak berbadan hukum"}


@dataclass(frozen=True, slots=True)
class Registration:
    """The registration an application got when it was handed in."""

    nomor: str
    tanggal: date  # in WITA


def sk_context(
    kantor: Kantor, sop: Sop, isi: Content, bap: Content, tambahan: Content, *, pendaftaran: Registration
) -> Json:
    """The decree. ``tambahan``: what the Back Office added, {"pertimbangan": str, "tembusan": [str]}."""
    data = _in_force(sop, isi)
    return {
        **_letterhead(kantor, kantor),
        **_institution(data),
        **_permohonan(data, pendaftaran),
        **_rekomendasi(kantor, bap),
        "pertimbangan": read(tambahan, "pertimbangan"),
        "mengingat": list(sop.naskah.citing_for(data)),
        "data": [{"label": label, "nilai": nilai} for label, nilai in _institution_data(kantor, sop, data) if nilai],
        "masa_berlaku": f"{sop.naskah.berlaku_tahun} ({in_words(sop.naskah.berlaku_tahun)}) tahun",
        "tembusan": _tembusan(sop, tambahan),
    }


def refusal_context(
    kantor: Kantor, sop: Sop, isi: Content, bap: Content, tambahan: Content, *, pendaftaran: Registration
) -> Json:
    """The letter of refusal, with every reason the inspection gave."""
    data = _in_force(sop, isi)
    return {
        **_letterhead(kantor, kantor),
        **_institution(data),
        **_permohonan(data, pendaftaran),
        **_rekomendasi(kantor, bap),
        "alamat_lembaga": _address(kantor, data),
        "alasan": _reason(sop, bap, tambahan),
        "tembusan": _tembusan(sop, tambahan),
    }


def bap_context(kantor: Kantor, sop: Sop, isi: Content, bap: Content, *, pendaftaran: Registration) -> Json:
    """The report of the inspection. A ``gambar`` under ``foto`` is the sha256 of the picture ``render`` is given."""
    data = _in_force(sop, isi)
    pihak = read_part(bap, "pihak_lembaga")
    return {
        **_letterhead(kantor, kantor.teknis),
        **_institution(data),
        **_permohonan(data, pendaftaran),
        "alamat_lembaga": _address(kantor, data),
        "nomor": read(bap, "nomor"),
        "hari_tanggal": _words(read(bap, "tanggal")),
        "tempat": read(bap, "tempat"),
        "dasar": read(bap, "dasar"),
        "tim": [{k: read(orang, k) for k in ("nama", "nip", "jabatan")} for orang in read_list(bap, "tim")],
        "pihak_nama": read(pihak, "nama"),
        "pihak_jabatan": read(pihak, "jabatan"),
        "daftar": _checklist(sop, bap),
        "foto": [{"gambar": read(f, "sha256"), "keterangan": _photo_caption(f)} for f in read_list(bap, "foto")],
        "kesimpulan": CONCLUSION.get(read(bap, "kesimpulan"), ""),
        "catatan": read(bap, "catatan"),
    }


def rekomendasi_context(kantor: Kantor, sop: Sop, isi: Content, bap: Content, *, pendaftaran: Registration) -> Json:
    """The technical agency's letter: issue, or refuse."""
    data = _in_force(sop, isi)
    rekomendasi = read_part(bap, "rekomendasi")
    nip = read(rekomendasi, "penandatangan_nip")
    return {
        **_letterhead(kantor, kantor.teknis),
        **_institution(data),
        **_permohonan(data, pendaftaran),
        "alamat_lembaga": _address(kantor, data),
        "nomor": read(rekomendasi, "nomor"),
        "tanggal": _day(read(rekomendasi, "tanggal")),
        "kepada": f"Kepala {kantor.agency_in_full}",
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
    isi: Content,
    *,
    nomor: str,
    kode_lacak: str,
    sent_at: datetime,
    berkas: Sequence[tuple[str, int]],
    url_lacak: str,
) -> Json:
    """The receipt. ``berkas``: (code of the syarat, number of files) as handed in; ``qr`` leads to ``url_lacak``."""
    nama = {s.kode: s.nama for s in sop.syarat}
    data = _in_force(sop, isi)
    return {
        **_letterhead(kantor, kantor),
        **_institution(data),
        "nomor": nomor,
        "kode_lacak": kode_lacak,
        "dikirim": waktu(sent_at),
        "jenis_permohonan": _choice(sop, data, "jenis"),
        "alamat_lembaga": _address(kantor, data),
        "berkas": [{"nama": nama.get(kode, kode), "jumlah": f"{jumlah} berkas"} for kode, jumlah in berkas],
        "janji": f"{sop.janji.hari} ({in_words(sop.janji.hari)}) hari kerja",
        "url_lacak": url_lacak,
    }


def _in_force(sop: Sop, isi: Content) -> CaseData:
    """The fields that are asked for in this case; what was typed before an answer changed is not printed."""
    data = case_data(isi)
    return {i.kode: data[i.kode] for i in sop.isian_for(data) if i.kode in data}


def _letterhead(kantor: Kantor, instansi: Instansi) -> Json:
    return {
        "pemda": kantor.pemda.upper(),
        "kota": kantor.kota,
        "dinas": instansi.dinas.upper(),
        "alamat_dinas": instansi.alamat,
        "kontak_dinas": instansi.contact,
    }


def _institution(data: CaseData) -> Json:
    jenis = _text(data, "lembaga_jenis")
    return {
        "nama_lembaga": _text(data, "nama_lembaga"),
        "jenis_lembaga": _INSTITUTION.get(jenis, jenis),
        "singkatan": jenis,
    }


def _permohonan(data: CaseData, pendaftaran: Registration) -> Json:
    return {
        "nomor_permohonan": pendaftaran.nomor,
        "tanggal_permohonan": tanggal(pendaftaran.tanggal),
        "perpanjangan": _text(data, "jenis") == "PERPANJANGAN",
        "nomor_lama": _text(data, "nomor_lama"),
    }


def _rekomendasi(kantor: Kantor, bap: Content) -> Json:
    rekomendasi = read_part(bap, "rekomendasi")
    return {
        "rekomendasi_dari": kantor.technical_in_full,
        "rekomendasi_nomor": read(rekomendasi, "nomor"),
        "rekomendasi_tanggal": _day(read(rekomendasi, "tanggal")),
    }


def _institution_data(kantor: Kantor, sop: Sop, data: CaseData) -> list[tuple[str, str]]:
    """The table under KESATU; rows without a value are left out."""
    nama_sk = _text(data, "nama_sk")
    return [
        ("Nama lembaga", _text(data, "nama_lembaga")),
        ("Nama sesuai pengesahan", nama_sk if nama_sk != _text(data, "nama_lembaga") else ""),
        ("Jenis lembaga", _INSTITUTION.get(_text(data, "lembaga_jenis"), "")),
        ("Bentuk", _BENTUK.get(_text(data, "bentuk"), "")),
        ("Kedudukan", _choice(sop, data, "posisi")),
        ("Alamat", _address(kantor, data)),
        ("Ketua", _text(data, "ketua_nama")),
        ("Akta pendirian", _akta(data)),
        ("Pengesahan Kemenkumham", _text(data, "ahu_nomor")),
        ("Nomor Induk Berusaha", _text(data, "nib")),
        ("Lingkup wilayah kerja", _choice(sop, data, "lingkup")),
        ("Jenis layanan", _choice(sop, data, "layanan")),
        ("Penerima manfaat", _receiver(data)),
        ("Akreditasi", _choice(sop, data, "akreditasi")),
    ]


def _address(kantor: Kantor, data: CaseData) -> str:
    alamat, kelurahan, kecamatan = (_text(data, kode) for kode in ("alamat", "kelurahan", "kecamatan"))
    return printed_address(alamat, kelurahan, kecamatan, kantor.kota)


def _akta(data: CaseData) -> str:
    nomor, notaris = _text(data, "akta_nomor"), _text(data, "akta_notaris")
    bagian = (
        labelled("Nomor", nomor),
        labelled("tanggal", _day(_text(data, "akta_tanggal"))),
        labelled("Notaris", notaris),
    )
    return ", ".join(filter(None, bagian)) if nomor else ""


def _receiver(data: CaseData) -> str:
    angka = [
        f"{_text(data, kode)} orang {tempat}"
        for kode, tempat in (("penerima_dalam", "di dalam panti"), ("penerima_luar", "di luar panti"))
        if _text(data, kode) not in {"", "0"}
    ]
    kapasitas = _text(data, "kapasitas")
    return ", ".join(angka + ([f"kapasitas asrama {kapasitas} orang"] if kapasitas not in {"", "0"} else []))


def _reason(sop: Sop, bap: Content, tambahan: Content) -> list[str]:
    butir = [f"{b['uraian']}: {b['catatan'] or b['hasil']}" for b in _checklist(sop, bap, hanya="tidak")]
    lain = (read(bap, "catatan"), read(read_part(bap, "rekomendasi"), "pertimbangan"), read(tambahan, "pertimbangan"))
    return list(dict.fromkeys(filter(None, (*butir, *lain))))


def _checklist(sop: Sop, bap: Content, hanya: str | None = None) -> list[dict[str, str]]:
    uraian = {b.kode: b.uraian for b in sop.butir_bap}
    return [
        {
            "uraian": uraian.get(read(b, "kode"), read(b, "kode")),
            "hasil": RESULT.get(read(b, "hasil"), ""),
            "catatan": read(b, "catatan"),
        }
        for b in read_list(bap, "daftar")
        if hanya in (None, read(b, "hasil"))
    ]


def _photo_caption(foto: Content) -> str:
    label, saat = read(foto, "label"), read(foto, "waktu")
    lintang, longitude = foto.get("lat"), foto.get("lon")
    tempat = f"lintang {lintang}, bujur {longitude}" if lintang and longitude else "lokasi tidak terbaca"
    return ", ".join(filter(None, (PHOTO_LABELS.get(label, label), _moment(saat), tempat)))


def _tembusan(sop: Sop, tambahan: Content) -> list[object]:
    pilihan = tambahan.get("tembusan")
    return pilihan if isinstance(pilihan, list) and pilihan else list(sop.naskah.tembusan)


def _unfit(bap: Content) -> bool:
    return read(bap, "kesimpulan") == "tidak_layak"


def _choice(sop: Sop, data: CaseData, kode: str) -> str:
    """The words of a choice; of several, joined by commas."""
    kata = next((i.pilihan for i in sop.isian if i.kode == kode), {})
    nilai = data.get(kode, ())
    return ", ".join(kata.get(n, n) for n in ((nilai,) if isinstance(nilai, str) else nilai) if n)


def _text(data: CaseData, kode: str) -> str:
    nilai = data.get(kode, "")
    return nilai if isinstance(nilai, str) else ", ".join(nilai)


def _day(iso: str) -> str:
    """ISO text as a date in words; anything else as it stands, for a draft of a half-filled form."""
    hari = _date(iso)
    return tanggal(hari) if hari else iso


def _words(iso: str) -> str:
    hari = _date(iso)
    return weekday_date_in_words(hari) if hari else iso


def _moment(iso: str) -> str:
    try:
        saat = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return waktu(saat) if saat.tzinfo else iso


def _date(iso: str) -> date | None:
    try:
        return date.fromisoformat(iso)
    except ValueError:
        return None
