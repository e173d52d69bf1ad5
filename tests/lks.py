"""An application for a tanda daftar as tests print it: long names and all."""

from datetime import UTC, date, datetime

from pipeline.documents.context import Handed, PaperFacts, Registration, naskah_context
from pipeline.documents.final import SigningOfficial, signed_final
from pipeline.documents.template.templates import names_used, templat
from pipeline.json import Json
from pipeline.kantor.office import kantor
from pipeline.sop.registry import get_sop
from pipeline.sop.values import case_data
from pipeline.sop.words import NaskahKind

SOP = get_sop("td_lks")
URL = "https://izin.banjarbaru.example/verifikasi/4fQ9sT2mXw7K"
OFFICIAL = SigningOfficial(name="Dra. Hj. Siti Rahmah, M.AP.", nip="197103121996032004", jabatan="Kepala Dinas")
REGISTRATION = Registration("LKS-2026-483920", date(2026, 11, 23))

CONTENT: Json = {
    "jenis": "BARU",
    "lembaga_jenis": "LKSA",
    "bentuk": "BH",
    "posisi": "PUSAT",
    "lingkup": "KOTA",
    "nama_lembaga": "Yayasan Kasih & Harapan Bunda",
    "nama_sk": "Yayasan Kasih dan Harapan Bunda Banjarbaru",
    "alamat": "Jalan Karang Anyar I Gang Melati Nomor 27 RT 004 RW 002",
    "kecamatan": "Banjarbaru Utara",
    "kelurahan": "Loktabat Utara",
    "ketua_nama": "Hj. Nor Aisyah, S.Sos.",
    "akta_nomor": "14",
    "akta_tanggal": "2018-03-06",
    "akta_notaris": "Ahmad Fauzan, S.H., M.Kn.",
    "ahu_nomor": "AHU-0012948.AH.01.04.Tahun 2018",
    "nib": "9120301234567",
    "layanan": ["ANAK", "FAKIR_MISKIN"],
    "penerima_dalam": "24",
    "penerima_luar": "11",
    "kapasitas": "30",
    "akreditasi": "BELUM",
}

_TEAM = [
    {"nama": "Muhammad Rizali, S.ST.", "nip": "198504172010011012", "jabatan": "Pekerja Sosial Ahli Muda"},
    {"nama": "Rina Wahyuni, A.Md.", "nip": "199108222019032007", "jabatan": "Penyuluh Sosial Terampil"},
]


def filled_bap(conclusion: str = "layak_dengan_catatan", **more: object) -> dict[str, Json]:
    """The form of the inspection, with every line of its checklist filled in."""
    eligible = conclusion != "tidak_layak"
    listing = [{"kode": b.code, "hasil": "sesuai", "catatan": ""} for b in SOP.forms[0].items]
    for one in listing[:2][-1:]:  # the second line, or the only one
        one |= {"hasil": "catatan" if eligible else "tidak", "catatan": "Papan nama belum memuat nomor akta pendirian."}
    isian: Json = {
        "bap_nomor": "400.9/118/BAPL/DINSOS/2026",
        "bap_tanggal": "2026-11-26",
        "bap_tempat": "Jalan Karang Anyar I Gang Melati Nomor 27, Kelurahan Loktabat Utara",
        "bap_dasar": "Surat Tugas Kepala Dinas Sosial Nomor 800/912/DINSOS/2026 tanggal 24 November 2026",
        "pihak_nama": "Hj. Nor Aisyah, S.Sos.",
        "pihak_jabatan": "Ketua",
        "kesimpulan": conclusion,
        "bap_catatan": "Papan nama agar dilengkapi." if eligible else UNFIT,
        "rek_nomor": "400.9/205/REK/DINSOS/2026",
        "rek_tanggal": "2026-11-27",
        "rek_pertimbangan": "Sarana, pengasuh, dan administrasi lembaga telah diperiksa di tempat oleh tim kami.",
        "rek_penandatangan_nama": "H. Abdul Malik, S.Sos., M.Si.",
        "rek_penandatangan_nip": "196908151992031009",
        "rek_penandatangan_jabatan": "Kepala Dinas Sosial",
    }
    return {"bap": {"isian": isian, "tim": list(_TEAM), "daftar": listing, "foto": [], **more}}


UNFIT = "Lembaga belum memiliki kantor yang dapat digunakan."


def facts(
    changes: Json | None = None, *, forms: dict[str, Json] | None = None, additions: Json | None = None
) -> PaperFacts:
    """The case, with other answers, another inspection, or what the drafter added."""
    content = CONTENT | (changes or {})
    return PaperFacts(
        content=content,
        registration=REGISTRATION,
        forms=filled_bap() if forms is None else forms,
        additions=additions or {},
        handed=Handed(
            tracking_code="K7QM-4T9X",
            tracking_url="https://izin.banjarbaru.example/lacak",
            sent_at=datetime(2026, 11, 23, 2, 5, tzinfo=UTC),
            berkas=[(s.code, 1) for s in SOP.required_syarat(case_data(content))],
        ),
    )


def context(code: str, case: PaperFacts | None = None) -> Json:
    """What this paper says in the case, but for what its signature gives it."""
    naskah = SOP.paper(code)
    refused = filled_bap("tidak_layak") if code == "penolakan" else None
    return naskah_context(kantor(), SOP, naskah, case or facts(forms=refused), names_used(templat(naskah.templat)))


def final() -> Json:
    """Number, date and signatory as after a signature with the local certificate."""
    return signed_final(
        nomor="503/0042/TD-LKS/DPMPTSP/2026",
        day=date(2026, 12, 1),
        signatory=OFFICIAL,
        url=URL,
        provider="lokal",
        valid_until=date(2031, 12, 1),
    )


def whole(code: str) -> Json:
    """Everything its template prints."""
    return context(code) | (final() if SOP.paper(code).kind is NaskahKind.KEPUTUSAN else {})
