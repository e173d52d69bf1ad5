"""What the field team of Dinas Teknis types into the BAP and the Rekomendasi, as the form's fields."""

from datetime import date

from ops.contoh.papers.institutions import Lembaga
from pipeline.sop.values import CaseData, Sop


def bap_form(
    sop: Sop, lembaga: Lembaga, isi: CaseData, *, hari_ini: date, layak: bool, kunjungan: int = 1
) -> dict[str, str]:
    """A complete form; its numbers and remarks differ from one ``kunjungan`` to the next."""
    tanda = f"{lembaga.benih}/{kunjungan}"
    hasil = "sesuai" if layak else "tidak"
    butir = sop.butir_bap_untuk(isi)
    return {
        "nomor": f"BAP/{tanda}",
        "tanggal": hari_ini.isoformat(),
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
        "catatan": _remark(kunjungan) if layak else ALASAN_TIDAK_LAYAK,
        "rek-nomor": f"REK/{tanda}",
        "rek-tanggal": hari_ini.isoformat(),
        "rek-pertimbangan": LAYAK if layak else TIDAK_LAYAK,
        "rek-penandatangan_nama": "Gusti Contoh, S.Sos.",
        "rek-penandatangan_nip": "197001011995031001",
        "rek-penandatangan_jabatan": "Kepala Dinas Sosial (contoh)",
        **{f"butir-{b.kode}-hasil": hasil for b in butir},
        **{f"butir-{b.kode}-catatan": "" if layak else "Tidak ditemukan saat peninjauan." for b in butir},
    }


def _remark(kunjungan: int) -> str:
    return f"Diperiksa ulang pada kunjungan ke-{kunjungan}." if kunjungan > 1 else "Sesuai saat ditinjau."


LAYAK = "Lembaga melayani sesuai data yang diajukan dan dokumennya lengkap."
TIDAK_LAYAK = "Lembaga belum menyelenggarakan pelayanan seperti yang diajukan."
ALASAN_TIDAK_LAYAK = "Alamat kosong saat ditinjau dan tidak ada kegiatan pelayanan bagi warga sekitar."
