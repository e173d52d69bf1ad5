"""What the sample prints: a line per step."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from ops.contoh.checks.riwayat import SYSTEM
from ops.contoh.checks.tracking import check_public
from ops.contoh.journey import Trace, Walk
from ops.contoh.kantor import Kantor
from ops.contoh.scenarios import AT_DESK, SCENARIO, STRAIGHT
from pipeline.tanggal import waktu

_BENTUK = "{:>3}  {:<16}  {:<16}  {:<16}  {:<20}  {:<31}  {:>10}"


def tell_stories(kantor: Kantor, benih: str, *, tell: Callable[[str], None]) -> None:
    """Carry one file through each story and print it. Raises SampleFailed where one differs from the SOP."""
    for n, skenario in enumerate(SCENARIO):
        walk = Walk(kantor, skenario, n, f"{benih}-{n}")
        walk.run()
        check_public(walk)
        for baris in lines(walk):
            tell(baris)
        tell("")


def leave_on_desks(kantor: Kantor, benih: str, *, tell: Callable[[str], None]) -> None:
    """One file for every desk, carried there and left: whoever logs in next finds work."""
    for n, (peran, stage) in enumerate(AT_DESK.items()):
        walk = Walk(kantor, STRAIGHT, n, f"{benih}-meja-{n}")
        walk.begin()
        for satu in stage:
            walk.take(satu)
        walk.arrive(peran)
        tell(f"di meja {peran.nama}: {walk.nomor}")


def lines(walk: Walk) -> Iterator[str]:
    """A heading, the steps as they went, the end and where the signed file lies."""
    yield f"{walk.skenario.kode}: {walk.skenario.judul}"
    yield f"{walk.nomor}  {walk.pemohon.lembaga.nama}"
    yield _BENTUK.format("no", "langkah", "peran", "antrean", "keputusan", "tenggat", "lama")
    yield from (_line(j) for j in walk.jejak)
    yield f"akhir={walk.skenario.akhir} nomor={walk.sk}"
    yield f"pdf={walk.pdf}"


def _line(jejak: Trace) -> str:
    langkah = jejak.langkah
    keputusan = jejak.stage.keputusan.value + (" (auto)" if jejak.oleh == SYSTEM else "")
    tenggat = waktu(jejak.tenggat) if jejak.tenggat else "-"
    lama = _seconds(jejak.selesai - jejak.mulai)
    return _BENTUK.format(langkah.no, langkah.kode, langkah.peran.nama, langkah.peran.antrean, keputusan, tenggat, lama)


def _seconds(lama: timedelta) -> str:
    return f"{lama.total_seconds():.1f} dtk".replace(".", ",")
