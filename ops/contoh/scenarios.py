"""The three stories the sample tells, each as the walk over the SOP that it must turn out to be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ops.contoh.papers.institutions import SampleInstitution
from pipeline.roles import Peran
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Arah, KeputusanKind, Sop

SOP = get_sop("td_lks")
#: The mistake that step 2 has to send back: this document is handed in with the file of that one.
SWAPPED = ("PROG", "ADART")


@dataclass(frozen=True, slots=True)
class Stage:
    """One visit of a langkah and how it ends; ``ke`` is the target of a return."""

    langkah: str
    keputusan: KeputusanKind
    ke: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A story: what is special about the institution, the walk, and the public word it ends with."""

    kode: str
    judul: str
    stage: tuple[Stage, ...]
    akhir: str
    arah: Arah = Arah.TERBIT
    tertukar: bool = False  # begins with two documents mixed up
    isi: tuple[tuple[str, str], ...] = ()  # answers of the form that differ from the usual ones


def _forward(sop: Sop, dari: str, sampai: str) -> Iterator[Stage]:
    """The langkah from one to another, both included, each decided as the SOP's own forward decision."""
    for langkah in sop.langkah[sop.posisi(dari) : sop.posisi(sampai) + 1]:
        yield Stage(langkah.kode, langkah.keputusan)


STRAIGHT = Scenario(
    kode="lurus",
    judul="langsung sampai SK terbit",
    stage=tuple(_forward(SOP, "ajukan", "terima_sk")),
    akhir="Selesai",
)
KEMBALI = Scenario(
    kode="kembali",
    judul="dikembalikan pada langkah 2 dan langkah 6, lalu terbit",
    stage=(
        *_forward(SOP, "ajukan", "ajukan"),
        Stage("periksa", KeputusanKind.KEMBALIKAN, "ajukan"),
        *_forward(SOP, "ajukan", "susun_sk"),
        Stage("paraf_kabid", KeputusanKind.KEMBALIKAN, "rekomendasi"),
        *_forward(SOP, "rekomendasi", "terima_sk"),
    ),
    akhir="Selesai",
    tertukar=True,
    isi=(("lembaga_jenis", "LKSA"),),
)
DITOLAK = Scenario(
    kode="ditolak",
    judul="ditolak Dinas Teknis, surat penolakan ditandatangani",
    stage=(
        *_forward(SOP, "ajukan", "terima"),
        Stage("rekomendasi", KeputusanKind.TOLAK),
        *_forward(SOP, "susun_sk", "terima_sk"),
    ),
    akhir="Ditolak",
    arah=Arah.TOLAK,
    isi=(("bentuk", "NONBH"),),
)
SCENARIO = (STRAIGHT, KEMBALI, DITOLAK)


_TO = KeputusanKind.KEMBALIKAN
#: The walk that ends with a file on the desk of each role; where steps run by themselves, a later desk sends it back.
AT_DESK: Mapping[Peran, tuple[Stage, ...]] = {
    Peran.FRONT_OFFICE: (*STRAIGHT.stage[:3], Stage("rekomendasi", _TO, "periksa")),
    Peran.BACK_OFFICE: (*STRAIGHT.stage[:5], Stage("paraf_kabid", _TO, "susun_sk")),
    Peran.DINAS_TEKNIS: STRAIGHT.stage[:3],
    Peran.KABID_PERIZINAN: STRAIGHT.stage[:5],
    Peran.SEKRETARIS: STRAIGHT.stage[:6],
    Peran.KEPALA_DINAS: STRAIGHT.stage[:7],
}


def mix(n: int) -> Scenario:
    """The story of the n-th file of a crowd: of every ten, eight go straight, one comes back, one is refused."""
    return {4: KEMBALI, 9: DITOLAK}.get(n % 10, STRAIGHT)


def typed(skenario: Scenario, lembaga: SampleInstitution) -> dict[str, str | tuple[str, ...]]:
    """The answers this institution gives in this story: only what the form asks of it."""
    isi = lembaga.isi | dict(skenario.isi)
    return {isian.kode: isi[isian.kode] for isian in SOP.isian_for(isi) if isi.get(isian.kode)}
