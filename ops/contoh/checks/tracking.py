"""What anybody sees of a file: the tracking page by number and code, and the page behind the QR code."""

import re

from ops.contoh.browser.client import SampleFailed, WebClient
from ops.contoh.journey import Walk
from pipeline.sop.words import Arah

_VERIFICATION = re.compile(r"/verifikasi/\S+")
ORIGINAL = {Arah.TERBIT: "BERLAKU", Arah.TOLAK: "SURAT PENOLAKAN ASLI"}


def check_public(walk: Walk) -> None:
    """Raises SampleFailed when the public pages say anything but the end of the story."""
    visitor = WebClient(walk.kantor.address, limit=walk.kantor.limit, name="pengunjung")
    try:
        _check_tracking(visitor, walk)
        _check_genuine(visitor, walk)
    finally:
        visitor.close()


def _check_tracking(visitor: WebClient, walk: Walk) -> None:
    if walk.mark is None:
        raise SampleFailed(f"{walk.nomor}: tidak ada tanda terima untuk dilacak.")
    visitor.renew_token("/lacak")
    answer = visitor.post("/lacak", {"nomor": walk.mark.nomor, "kode": walk.mark.code})
    title = answer.screen.first("h1")
    if answer.status != 200 or title is None or title.text != walk.scenario.end:
        raise SampleFailed(f"{walk.nomor}: halaman lacak tidak menunjukkan {walk.scenario.end}.")


def _check_genuine(visitor: WebClient, walk: Walk) -> None:
    address = _VERIFICATION.search(walk.pemohon.sk_value("Periksa keaslian"))
    title = visitor.page(address.group()).first("h1") if address else None
    if title is None or title.text != ORIGINAL[walk.scenario.arah]:
        raise SampleFailed(f"{walk.nomor}: halaman verifikasi tidak mengenali suratnya.")
