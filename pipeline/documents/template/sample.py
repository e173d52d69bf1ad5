"""An invented application, long names and all, for trying out templates. Pure."""

from datetime import UTC, date, datetime

from pipeline.documents.context import (
    Registration,
    bap_context,
    receipt_context,
    refusal_context,
    rekomendasi_context,
    sk_context,
)
from pipeline.documents.final import SigningOfficial, signed_final
from pipeline.errors import DefinitionError
from pipeline.json import Json
from pipeline.kantor import Kantor
from pipeline.roles import Basis
from pipeline.sop.values import Sop

URL = "https://izin.banjarbaru.example/verifikasi/4fQ9sT2mXw7K"
REGISTRATION = Registration("LKS-2026-483920", date(2026, 11, 23))
OFFICIAL = SigningOfficial(
    name="Dra. Hj. Siti Rahmah, M.AP.", nip="197103121996032004", jabatan="Kepala Dinas", basis=Basis.DEFINITIF
)

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


def sample_bap(sop: Sop, conclusion: str = "layak_dengan_catatan") -> Json:
    """A BAP with every line of the checklist filled in."""
    eligible = conclusion != "tidak_layak"
    listing = [{"kode": b.code, "hasil": "sesuai", "catatan": ""} for b in sop.bap_items]
    for one in listing[:2][-1:]:  # the second line, or the only one
        one |= {"hasil": "catatan" if eligible else "tidak", "catatan": "Papan nama belum memuat nomor akta pendirian."}
    return {
        "nomor": "400.9/118/BAPL/DINSOS/2026",
        "tanggal": "2026-11-26",
        "tempat": "Jalan Karang Anyar I Gang Melati Nomor 27, Kelurahan Loktabat Utara",
        "dasar": "Surat Tugas Kepala Dinas Sosial Nomor 800/912/DINSOS/2026 tanggal 24 November 2026",
        "tim": list(_TEAM),
        "pihak_lembaga": {"nama": "Hj. Nor Aisyah, S.Sos.", "jabatan": "Ketua"},
        "daftar": listing,
        "foto": [],
        "kesimpulan": conclusion,
        "catatan": "Papan nama agar dilengkapi." if eligible else "Lembaga belum memiliki kantor yang dapat digunakan.",
        "rekomendasi": {
            "nomor": "400.9/205/REK/DINSOS/2026",
            "tanggal": "2026-11-27",
            "pertimbangan": "Sarana, pengasuh, dan administrasi lembaga telah diperiksa di tempat oleh tim kami.",
            "penandatangan_nama": "H. Abdul Malik, S.Sos., M.Si.",
            "penandatangan_nip": "196908151992031009",
            "penandatangan_jabatan": "Kepala Dinas Sosial",
        },
    }


def sample_final() -> Json:
    """Number, date and signatory as after a signature with the local certificate."""
    return signed_final(
        nomor="503/0042/TD-LKS/DPMPTSP/2026",
        day=date(2026, 12, 1),
        signatory=OFFICIAL,
        url=URL,
        provider="lokal",
        valid_until=date(2031, 12, 1),
    )


def sample_context(kantor: Kantor, sop: Sop, kind: str) -> Json:
    """The whole context of one kind of document. Raises DefinitionError for a kind nobody makes."""
    contexts = sample_contexts(kantor, sop)
    if kind not in contexts:
        raise DefinitionError(f"Jenis naskah {kind} tidak dikenal. Pakai salah satu: {', '.join(contexts)}.")
    return contexts[kind]


def sample_contexts(kantor: Kantor, sop: Sop) -> dict[str, Json]:
    """Kind of document -> its whole context."""
    eligible, not_eligible = sample_bap(sop), sample_bap(sop, "tidak_layak")
    return {
        "sk": sk_context(kantor, sop, CONTENT, eligible, {}, registration=REGISTRATION) | sample_final(),
        "penolakan": refusal_context(kantor, sop, CONTENT, not_eligible, {}, registration=REGISTRATION)
        | sample_final(),
        "bap": bap_context(kantor, sop, CONTENT, eligible, registration=REGISTRATION),
        "rekomendasi": rekomendasi_context(kantor, sop, CONTENT, eligible, registration=REGISTRATION),
        "tanda_terima": receipt_context(
            kantor,
            sop,
            CONTENT,
            nomor=REGISTRATION.nomor,
            tracking_code="K7QM-4T9X",
            sent_at=datetime(2026, 11, 23, 2, 5, tzinfo=UTC),
            berkas=[(s.code, 1) for s in sop.required_syarat(_data())],
            tracking_url="https://izin.banjarbaru.example/lacak",
        ),
    }


def _data() -> dict[str, str | tuple[str, ...]]:
    return {k: tuple(v) if isinstance(v, list) else str(v) for k, v in CONTENT.items()}
