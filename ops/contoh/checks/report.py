"""What the sample prints: a line per step."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from ops.contoh.checks.riwayat import SISTEM
from ops.contoh.checks.tracking import check_public
from ops.contoh.journey import Jejak, Perjalanan
from ops.contoh.kantor import Kantor
from ops.contoh.scenarios import DI_MEJA, LURUS, SKENARIO
from pipeline.tanggal import waktu

_BENTUK = "{:>3}  {:<16}  {:<16}  {:<16}  {:<20}  {:<31}  {:>10}"


def tell_stories(kantor: Kantor, benih: str, *, tell: Callable[[str], None]) -> None:
    """Carry one file through each story and print it. Raises ContohGagal where one differs from the SOP."""
    for n, skenario in enumerate(SKENARIO):
        perjalanan = Perjalanan(kantor, skenario, n, f"{benih}-{n}")
        perjalanan.run()
        check_public(perjalanan)
        for baris in lines(perjalanan):
            tell(baris)
        tell("")


def leave_on_desks(kantor: Kantor, benih: str, *, tell: Callable[[str], None]) -> None:
    """One file for every desk, carried there and left: whoever logs in next finds work."""
    for n, (peran, babak) in enumerate(DI_MEJA.items()):
        perjalanan = Perjalanan(kantor, LURUS, n, f"{benih}-meja-{n}")
        perjalanan.begin()
        for satu in babak:
            perjalanan.take(satu)
        perjalanan.arrive(peran)
        tell(f"di meja {peran.nama}: {perjalanan.nomor}")


def lines(perjalanan: Perjalanan) -> Iterator[str]:
    """A heading, the steps as they went, the end and where the signed file lies."""
    yield f"{perjalanan.skenario.kode}: {perjalanan.skenario.judul}"
    yield f"{perjalanan.nomor}  {perjalanan.pemohon.lembaga.nama}"
    yield _BENTUK.format("no", "langkah", "peran", "antrean", "keputusan", "tenggat", "lama")
    yield from (_line(j) for j in perjalanan.jejak)
    yield f"akhir={perjalanan.skenario.akhir} nomor={perjalanan.sk}"
    yield f"pdf={perjalanan.pdf}"


def _line(jejak: Jejak) -> str:
    langkah = jejak.langkah
    keputusan = jejak.babak.keputusan.value + (" (auto)" if jejak.oleh == SISTEM else "")
    tenggat = waktu(jejak.tenggat) if jejak.tenggat else "-"
    lama = _seconds(jejak.selesai - jejak.mulai)
    return _BENTUK.format(langkah.no, langkah.kode, langkah.peran.nama, langkah.peran.antrean, keputusan, tenggat, lama)


def _seconds(lama: timedelta) -> str:
    return f"{lama.total_seconds():.1f} dtk".replace(".", ",")
