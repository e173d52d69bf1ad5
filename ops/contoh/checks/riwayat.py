"""The history that the pages show of a file, compared with the story it should tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ops.contoh.browser.client import SampleFailed
from ops.contoh.browser.page import Element
from ops.contoh.scenarios import SOP, Stage
from pipeline.roles import Peran
from pipeline.sop.values import SELESAI, KeputusanKind

SYSTEM = "Sistem"


@dataclass(frozen=True, slots=True)
class Incident:
    """A line of the history."""

    judul: str
    oleh: str
    pada: datetime


def read_riwayat(screen: Element) -> list[Incident]:
    """The lines of the page, oldest first."""
    garis = screen.first("ol", **{"class": "app-garis"})
    baris = [_line(li) for li in garis.all("li")] if garis else []
    return sorted((b for b in baris if b), key=lambda k: k.pada)


def match(nomor: str, stage: Sequence[Stage], riwayat: Iterable[Incident]) -> list[Incident]:
    """The decision of each babak. Raises SampleFailed where order, direction or people differ from the SOP."""
    keputusan = [k for k in riwayat if k.judul in _POSSIBLE]
    for n, satu in enumerate(stage):
        ada = keputusan[n].judul if n < len(keputusan) else "belum ada"
        if ada != title(satu):
            raise SampleFailed(
                f"{nomor}: keputusan ke-{n + 1} seharusnya \u201c{title(satu)}\u201d, tercatat \u201c{ada}\u201d."
            )
    if len(keputusan) > len(stage):
        raise SampleFailed(f"{nomor}: ada keputusan berlebih: {keputusan[len(stage)].judul}.")
    _check_people(nomor, stage, keputusan)
    return keputusan


def title(stage: Stage) -> str:
    """How the history words this decision."""
    langkah = SOP[stage.langkah]
    match stage.keputusan:
        case KeputusanKind.KEMBALIKAN:
            return f"Dikembalikan ke {SOP[stage.ke].peran.nama}"
        case KeputusanKind.TOLAK:
            return "Rekomendasi: ditolak"
        case KeputusanKind.TANDA_TANGANI:
            return "Ditandatangani"
        case KeputusanKind.TERIMA:
            return "SK diterima pemohon"
        case KeputusanKind.KIRIM:
            return "Permohonan dikirim" if langkah.peran is Peran.PEMOHON else "Rekomendasi: terbit"
        case _:
            tujuan = SOP[langkah.ke].peran.nama if langkah.ke != SELESAI else ""
            return f"{'Disetujui' if langkah.persetujuan else 'Diterima'}, diteruskan ke {tujuan}"


def _check_people(nomor: str, stage: Sequence[Stage], keputusan: Sequence[Incident]) -> None:
    """The approvals come from persons, each from another one."""
    pemutus: dict[str, str] = {}
    for satu, kejadian in zip(stage, keputusan, strict=True):
        if SOP[satu.langkah].orang and kejadian.oleh == SYSTEM:
            raise SampleFailed(f"{nomor}: langkah {SOP[satu.langkah].no} diputus sistem, bukan orang.")
        if SOP[satu.langkah].persetujuan and satu.keputusan is not KeputusanKind.KEMBALIKAN:
            sebelumnya = pemutus.setdefault(kejadian.oleh.partition(",")[0], satu.langkah)
            if sebelumnya != satu.langkah:
                raise SampleFailed(f"{nomor}: {kejadian.oleh} memberi dua persetujuan.")


def _line(li: Element) -> Incident | None:
    judul, rincian, waktu = li.first("strong"), li.first("span"), li.first("time")
    if not (judul and rincian and waktu):
        return None
    oleh = rincian.teks.partition(" \u00b7 ")[0]
    return Incident(judul.teks, oleh, datetime.fromisoformat(waktu.atribut["datetime"]))


def _possible() -> Iterable[str]:
    """Every decision the SOP knows, as worded; other lines (drafts, missed deadlines) are no decisions."""
    for langkah in SOP.langkah:
        yield title(Stage(langkah.kode, langkah.keputusan))
        yield from (title(Stage(langkah.kode, KeputusanKind.KEMBALIKAN, ke)) for ke in langkah.kembali_ke)
        if langkah.menetapkan_arah:
            yield title(Stage(langkah.kode, KeputusanKind.TOLAK))


_POSSIBLE = frozenset(_possible())
