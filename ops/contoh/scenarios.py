"""The three stories the sample tells, each as the walk over the SOP that it must turn out to be."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ops.contoh.desks import BACK_OFFICE, DINAS_TEKNIS, FRONT_OFFICE, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from ops.contoh.papers.institutions import SampleInstitution
from pipeline.roles import Peran
from pipeline.sop.registry import get_sop
from pipeline.sop.values import Sop
from pipeline.sop.words import Arah, KeputusanKind

SOP = get_sop("td_lks")
#: The mistake that step 2 has to send back: this document is handed in with the file of that one.
SWAPPED = ("PROG", "ADART")


@dataclass(frozen=True, slots=True)
class Stage:
    """One visit of a langkah and how it ends; ``target`` is the target of a return."""

    langkah: str
    keputusan: KeputusanKind
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A story: what is special about the institution, the walk, and the public word it ends with."""

    code: str
    title: str
    stage: tuple[Stage, ...]
    end: str
    arah: Arah = Arah.TERBIT
    swapped: bool = False  # begins with two documents mixed up
    content: tuple[tuple[str, str], ...] = ()  # answers of the form that differ from the usual ones


def _forward(sop: Sop, since: str, until: str) -> Iterator[Stage]:
    """The langkah from one to another, both included, each decided as the SOP's own forward decision."""
    for langkah in sop.langkah[sop.position(since) : sop.position(until) + 1]:
        yield Stage(langkah.code, langkah.keputusan)


STRAIGHT = Scenario(
    code="lurus",
    title="langsung sampai SK terbit",
    stage=tuple(_forward(SOP, "ajukan", "terima_sk")),
    end="Selesai",
)
BACK = Scenario(
    code="kembali",
    title="dikembalikan pada langkah 2 dan langkah 6, lalu terbit",
    stage=(
        *_forward(SOP, "ajukan", "ajukan"),
        Stage("periksa", KeputusanKind.KEMBALIKAN, "ajukan"),
        *_forward(SOP, "ajukan", "susun_sk"),
        Stage("paraf_kabid", KeputusanKind.KEMBALIKAN, "rekomendasi"),
        *_forward(SOP, "rekomendasi", "terima_sk"),
    ),
    end="Selesai",
    swapped=True,
    content=(("lembaga_jenis", "LKSA"),),
)
REFUSED = Scenario(
    code="ditolak",
    title="ditolak Dinas Teknis, surat penolakan ditandatangani",
    stage=(
        *_forward(SOP, "ajukan", "terima"),
        Stage("rekomendasi", KeputusanKind.TOLAK),
        *_forward(SOP, "susun_sk", "terima_sk"),
    ),
    end="Ditolak",
    arah=Arah.TOLAK,
    content=(("bentuk", "NONBH"),),
)
SCENARIO = (STRAIGHT, BACK, REFUSED)


_TO = KeputusanKind.KEMBALIKAN
#: The walk that ends with a file on the desk of each role; where steps run by themselves, a later desk sends it back.
AT_DESK: Mapping[Peran, tuple[Stage, ...]] = {
    FRONT_OFFICE: (*STRAIGHT.stage[:3], Stage("rekomendasi", _TO, "periksa")),
    BACK_OFFICE: (*STRAIGHT.stage[:5], Stage("paraf_kabid", _TO, "susun_sk")),
    DINAS_TEKNIS: STRAIGHT.stage[:3],
    KABID_PERIZINAN: STRAIGHT.stage[:5],
    SEKRETARIS: STRAIGHT.stage[:6],
    KEPALA_DINAS: STRAIGHT.stage[:7],
}


def mix(n: int) -> Scenario:
    """The story of the n-th file of a crowd: of every ten, eight go straight, one comes back, one is refused."""
    return {4: BACK, 9: REFUSED}.get(n % 10, STRAIGHT)


def typed(scenario: Scenario, institution: SampleInstitution) -> dict[str, str | tuple[str, ...]]:
    """The answers this institution gives in this story: only what the form asks of it."""
    content = institution.content | dict(scenario.content)
    return {isian.code: content[isian.code] for isian in SOP.isian_for(content) if content.get(isian.code)}
