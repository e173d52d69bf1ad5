"""The three stories the sample tells, each as the walk over the SOP that it must turn out to be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ops.contoh.papers.institutions import Lembaga
from pipeline.roles import Peran
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Arah, JenisKeputusan, Sop

SOP = get_sop("td_lks")
#: The mistake that step 2 has to send back: this document is handed in with the file of that one.
TERTUKAR = ("PROG", "ADART")


@dataclass(frozen=True, slots=True)
class Babak:
    """One visit of a langkah and how it ends; ``ke`` is the target of a return."""

    langkah: str
    keputusan: JenisKeputusan
    ke: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skenario:
    """A story: what is special about the institution, the walk, and the public word it ends with."""

    kode: str
    judul: str
    babak: tuple[Babak, ...]
    akhir: str
    arah: Arah = Arah.TERBIT
    tertukar: bool = False  # begins with two documents mixed up
    isi: tuple[tuple[str, str], ...] = ()  # answers of the form that differ from the usual ones


def _forward(sop: Sop, dari: str, sampai: str) -> Iterator[Babak]:
    """The langkah from one to another, both included, each decided as the SOP's own forward decision."""
    for langkah in sop.langkah[sop.posisi(dari) : sop.posisi(sampai) + 1]:
        yield Babak(langkah.kode, langkah.keputusan)


LURUS = Skenario(
    kode="lurus",
    judul="langsung sampai SK terbit",
    babak=tuple(_forward(SOP, "ajukan", "terima_sk")),
    akhir="Selesai",
)
KEMBALI = Skenario(
    kode="kembali",
    judul="dikembalikan pada langkah 2 dan langkah 6, lalu terbit",
    babak=(
        *_forward(SOP, "ajukan", "ajukan"),
        Babak("periksa", JenisKeputusan.KEMBALIKAN, "ajukan"),
        *_forward(SOP, "ajukan", "susun_sk"),
        Babak("paraf_kabid", JenisKeputusan.KEMBALIKAN, "rekomendasi"),
        *_forward(SOP, "rekomendasi", "terima_sk"),
    ),
    akhir="Selesai",
    tertukar=True,
    isi=(("lembaga_jenis", "LKSA"),),
)
DITOLAK = Skenario(
    kode="ditolak",
    judul="ditolak Dinas Teknis, surat penolakan ditandatangani",
    babak=(
        *_forward(SOP, "ajukan", "terima"),
        Babak("rekomendasi", JenisKeputusan.TOLAK),
        *_forward(SOP, "susun_sk", "terima_sk"),
    ),
    akhir="Ditolak",
    arah=Arah.TOLAK,
    isi=(("bentuk", "NONBH"),),
)
SKENARIO = (LURUS, KEMBALI, DITOLAK)


_KE = JenisKeputusan.KEMBALIKAN
#: The walk that ends with a file on the desk of each role; where steps run by themselves, a later desk sends it back.
DI_MEJA: Mapping[Peran, tuple[Babak, ...]] = {
    Peran.FRONT_OFFICE: (*LURUS.babak[:3], Babak("rekomendasi", _KE, "periksa")),
    Peran.BACK_OFFICE: (*LURUS.babak[:5], Babak("paraf_kabid", _KE, "susun_sk")),
    Peran.DINAS_TEKNIS: LURUS.babak[:3],
    Peran.KABID_PERIZINAN: LURUS.babak[:5],
    Peran.SEKRETARIS: LURUS.babak[:6],
    Peran.KEPALA_DINAS: LURUS.babak[:7],
}


def mix(n: int) -> Skenario:
    """The story of the n-th file of a crowd: of every ten, eight go straight, one comes back, one is refused."""
    return {4: KEMBALI, 9: DITOLAK}.get(n % 10, LURUS)


def typed(skenario: Skenario, lembaga: Lembaga) -> dict[str, str | tuple[str, ...]]:
    """The answers this institution gives in this story: only what the form asks of it."""
    isi = lembaga.isi | dict(skenario.isi)
    return {isian.kode: isi[isian.kode] for isian in SOP.isian_untuk(isi) if isi.get(isian.kode)}
