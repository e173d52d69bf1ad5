"""The history that the pages show of a file, compared with the story it should tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ops.contoh.browser.client import SampleFailed
from ops.contoh.browser.page import Element
from ops.contoh.scenarios import SOP, Stage
from pipeline.roles import Peran
from pipeline.sop.values import DONE
from pipeline.sop.words import KeputusanKind

SYSTEM = "Sistem"


@dataclass(frozen=True, slots=True)
class Incident:
    """A line of the history."""

    title: str
    actor: str
    at: datetime


def read_riwayat(screen: Element) -> list[Incident]:
    """The lines of the page, oldest first."""
    stroke = screen.first("ol", **{"class": "timeline"})
    line = [_line(li) for li in stroke.all("li")] if stroke else []
    return sorted((b for b in line if b), key=lambda k: k.at)


def match(nomor: str, stage: Sequence[Stage], riwayat: Iterable[Incident]) -> list[Incident]:
    """The decision of each babak. Raises SampleFailed where order, direction or people differ from the SOP."""
    keputusan = [k for k in riwayat if k.title in _POSSIBLE]
    for n, one in enumerate(stage):
        present = keputusan[n].title if n < len(keputusan) else "belum ada"
        if present != title(one):
            raise SampleFailed(
                f"{nomor}: keputusan ke-{n + 1} seharusnya \u201c{title(one)}\u201d, tercatat \u201c{present}\u201d."
            )
    if len(keputusan) > len(stage):
        raise SampleFailed(f"{nomor}: ada keputusan berlebih: {keputusan[len(stage)].title}.")
    _check_people(nomor, stage, keputusan)
    return keputusan


def title(stage: Stage) -> str:
    """How the history words this decision."""
    langkah = SOP[stage.langkah]
    match stage.keputusan:
        case KeputusanKind.KEMBALIKAN:
            return f"Dikembalikan ke {SOP[stage.target].peran.name}"
        case KeputusanKind.TOLAK:
            return "Rekomendasi: ditolak"
        case KeputusanKind.TANDA_TANGANI:
            return "Ditandatangani"
        case KeputusanKind.TERIMA:
            return "Surat diterima pemohon"
        case KeputusanKind.KIRIM:
            return "Permohonan dikirim" if langkah.peran == Peran.PEMOHON else "Rekomendasi: terbit"
        case _:
            target = SOP[langkah.target].peran.name if langkah.target != DONE else ""
            return f"{'Disetujui' if langkah.approval else 'Diterima'}, diteruskan ke {target}"


def _check_people(nomor: str, stage: Sequence[Stage], keputusan: Sequence[Incident]) -> None:
    """The approvals come from persons, each from another one."""
    decider: dict[str, str] = {}
    for one, incident in zip(stage, keputusan, strict=True):
        if SOP[one.langkah].person and incident.actor == SYSTEM:
            raise SampleFailed(f"{nomor}: langkah {SOP[one.langkah].no} diputus sistem, bukan orang.")
        if SOP[one.langkah].approval and one.keputusan is not KeputusanKind.KEMBALIKAN:
            previous = decider.setdefault(incident.actor.partition(",")[0], one.langkah)
            if previous != one.langkah:
                raise SampleFailed(f"{nomor}: {incident.actor} memberi dua persetujuan.")


def _line(li: Element) -> Incident | None:
    title, details, time = li.first("strong"), li.first("span"), li.first("time")
    if not (title and details and time):
        return None
    actor = details.text.partition(" \u00b7 ")[0]
    return Incident(title.text, actor, datetime.fromisoformat(time.attribute["datetime"]))


def _possible() -> Iterable[str]:
    """Every decision the SOP knows, as worded; other lines (drafts, missed deadlines) are no decisions."""
    for langkah in SOP.langkah:
        yield title(Stage(langkah.code, langkah.keputusan))
        yield from (title(Stage(langkah.code, KeputusanKind.KEMBALIKAN, target)) for target in langkah.returns_to)
        if langkah.sets_arah:
            yield title(Stage(langkah.code, KeputusanKind.TOLAK))


_POSSIBLE = frozenset(_possible())
