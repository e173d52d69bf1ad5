"""What anybody sees of a file: the tracking page by number and code, and the page behind the QR code."""

import re

from ops.contoh.browser.client import SampleFailed, WebClient
from ops.contoh.journey import Walk
from pipeline.sop.values import Arah

_VERIFICATION = re.compile(r"/verifikasi/\S+")
ORIGINAL = {Arah.TERBIT: "BERLAKU", Arah.TOLAK: "SURAT PENOLAKAN ASLI"}


def check_public(walk: Walk) -> None:
    """Raises SampleFailed when the public pages say anything but the end of the story."""
    pengunjung = WebClient(walk.kantor.alamat, batas=walk.kantor.batas, nama="pengunjung")
    try:
        _check_tracking(pengunjung, walk)
        _check_genuine(pengunjung, walk)
    finally:
        pengunjung.close()


def _check_tracking(pengunjung: WebClient, walk: Walk) -> None:
    if walk.tanda is None:
        raise SampleFailed(f"{walk.nomor}: tidak ada tanda terima untuk dilacak.")
    pengunjung.renew_token("/lacak")
    jawaban = pengunjung.post("/lacak", {"nomor": walk.tanda.nomor, "kode": walk.tanda.kode})
    judul = jawaban.screen.first("h1")
    if jawaban.status != 200 or judul is None or judul.teks != walk.skenario.akhir:
        raise SampleFailed(f"{walk.nomor}: halaman lacak tidak menunjukkan {walk.skenario.akhir}.")


def _check_genuine(pengunjung: WebClient, walk: Walk) -> None:
    alamat = _VERIFICATION.search(walk.pemohon.sk_value("Periksa keaslian"))
    judul = pengunjung.page(alamat.group()).first("h1") if alamat else None
    if judul is None or judul.teks != ORIGINAL[walk.skenario.arah]:
        raise SampleFailed(f"{walk.nomor}: halaman verifikasi tidak mengenali suratnya.")
