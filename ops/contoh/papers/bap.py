"""What the field team of Dinas Teknis types into the BAP and the Rekomendasi, as the form's fields."""

from datetime import date

from ops.contoh.papers.institutions import SampleInstitution
from pipeline.sop.values import CaseData, Sop


def bap_form(
    sop: Sop, institution: SampleInstitution, content: CaseData, *, today: date, eligible: bool, kunjungan: int = 1
) -> dict[str, str]:
    """A complete form; its numbers and remarks differ from one ``kunjungan`` to the next."""
    mark = f"{institution.seed}/{kunjungan}"
    result = "sesuai" if eligible else "tidak"
    item = sop.bap_items_for(content)
    return {
        "nomor": f"BAP/{mark}",
        "tanggal": today.isoformat(),
        "tempat": f"{institution.address}, Kelurahan {institution.village}",
        "dasar": f"Surat tugas ST/{mark} (contoh)",
        "tim-1-nama": "Norhalis Contoh",
        "tim-1-nip": "197905122005011003",
        "tim-1-jabatan": "Pekerja Sosial Ahli Muda",
        "tim-2-nama": "Maulida Contoh",
        "tim-2-nip": "",
        "tim-2-jabatan": "Penyuluh Sosial",
        "pihak-nama": institution.chair.name,
        "pihak-jabatan": "Ketua",
        "kesimpulan": "layak" if eligible else "tidak_layak",
        "catatan": _remark(kunjungan) if eligible else UNFIT_REASON,
        "rek-nomor": f"REK/{mark}",
        "rek-tanggal": today.isoformat(),
        "rek-pertimbangan": ELIGIBLE if eligible else UNFIT,
        "rek-penandatangan_nama": "Gusti Contoh, S.Sos.",
        "rek-penandatangan_nip": "197001011995031001",
        "rek-penandatangan_jabatan": "Kepala Dinas Sosial (contoh)",
        **{f"butir-{b.code}-hasil": result for b in item},
        **{f"butir-{b.code}-catatan": "" if eligible else "Tidak ditemukan saat peninjauan." for b in item},
    }


def _remark(kunjungan: int) -> str:
    return f"Diperiksa ulang pada kunjungan ke-{kunjungan}." if kunjungan > 1 else "Sesuai saat ditinjau."


ELIGIBLE = "Lembaga melayani sesuai data yang diajukan dan dokumennya lengkap."
UNFIT = "Lembaga belum menyelenggarakan pelayanan seperti yang diajukan."
UNFIT_REASON = "Alamat kosong saat ditinjau dan tidak ada kegiatan pelayanan bagi warga sekitar."
