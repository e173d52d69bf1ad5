"""What anybody sees of a file: the tracking page by number and code, and the page behind the QR code."""

import re

from ops.contoh.browser.client import ContohGagal, Klien
from ops.contoh.journey import Perjalanan
from pipeline.sop.values import Arah

_VERIFIKASI = re.compile(r"/verifikasi/\S+")
ASLI = {Arah.TERBIT: "BERLAKU", Arah.TOLAK: "SURAT PENOLAKAN ASLI"}


def check_public(perjalanan: Perjalanan) -> None:
    """Raises ContohGagal when the public pages say anything but the end of the story."""
    pengunjung = Klien(perjalanan.kantor.alamat, batas=perjalanan.kantor.batas, nama="pengunjung")
    try:
        _check_tracking(pengunjung, perjalanan)
        _check_genuine(pengunjung, perjalanan)
    finally:
        pengunjung.close()


def _check_tracking(pengunjung: Klien, perjalanan: Perjalanan) -> None:
    if perjalanan.tanda is None:
        raise ContohGagal(f"{perjalanan.nomor}: tidak ada tanda terima untuk dilacak.")
    pengunjung.renew_token("/lacak")
    jawaban = pengunjung.post("/lacak", {"nomor": perjalanan.tanda.nomor, "kode": perjalanan.tanda.kode})
    judul = jawaban.laman.first("h1")
    if jawaban.status != 200 or judul is None or judul.teks != perjalanan.skenario.akhir:
        raise ContohGagal(f"{perjalanan.nomor}: halaman lacak tidak menunjukkan {perjalanan.skenario.akhir}.")


def _check_genuine(pengunjung: Klien, perjalanan: Perjalanan) -> None:
    alamat = _VERIFIKASI.search(perjalanan.pemohon.sk_value("Periksa keaslian"))
    judul = pengunjung.page(alamat.group()).first("h1") if alamat else None
    if judul is None or judul.teks != ASLI[perjalanan.skenario.arah]:
        raise ContohGagal(f"{perjalanan.nomor}: halaman verifikasi tidak mengenali suratnya.")
