"""What the field team of Dinas Teknis types into the BAP and the Rekomendasi, as the form's fields."""

from datetime import date

from ops.contoh.papers.institutions import SampleInstitution
from pipeline.sop.values import CaseData, Sop


def bap_form(
    sop: Sop, lembaga: SampleInstitution, isi: CaseData, *, today: date, layak: bool, kunjungan: int = 1
) -> dict[str, str]:
    """A complete form; its numbers and remarks differ from one ``kunjungan`` to the next."""
    tanda = f"{lembaga.benih}/{kunjungan}"
    hasil = "sesuai" if layak else "tidak"
    butir = sop.bap_items_for(isi)
    return {
        "nomor": f"BAP/{tanda}",
        "tanggal": today.isoformat(),
        "tempat": f"{lembaga.alamat}, Kelurahan {lembaga.kelurahan}",
        "dasar": f"Surat tugas ST/{tanda} (contoh)",
        "tim-1-nama": "Norhalis Contoh",
        "tim-1-nip": "197905122005011003",
        "tim-1-jabatan": "Pekerja Sosial Ahli Muda",
        "tim-2-nama": "Maulida Contoh",
        "tim-2-nip": "",
        "tim-2-jabatan": "Penyuluh Sosial",
        "pihak-nama": lembaga.ketua.nama,
        "pihak-jabatan": "Ketua",
        "kesimpulan": "layak" if layak else "tidak_layak",
        "catatan": _remark(kunjungan) if layak else UNFIT_REASON,
        "rek-nomor": f"REK/{tanda}",
        "rek-tanggal": today.isoformat(),
        "rek-pertimbangan": LAYAK if layak else UNFIT,
        "rek-penandatangan_nama": "Gusti Contoh, S.Sos.",
        "rek-penandatangan_nip": "197001011995031001",
        "rek-penandatangan_jabatan": "Kepala Dinas Sosial (contoh)",
        **{f"butir-{b.kode}-hasil": hasil for b in butir},
        **{f"butir-{b.kode}-catatan": "" if layak else "Tidak ditemukan saat peninjauan." for b in butir},
    }


def _remark(kunjungan: int) -> str:
    return f"Diperiksa ulang pada kunjungan ke-{kunjungan}." if kunjungan > 1 else "Sesuai saat ditinjau."


LAYAK = "Lembaga melayani sesuai data yang diajukan dan dokumennya lengkap."
UNFIT = "Lembaga belum menyelenggarakan pelayanan seperti yang diajukan."
UNFIT_REASON = "Alamat kosong saat ditinjau dan tidak ada kegiatan pelayanan bagi warga sekitar."
