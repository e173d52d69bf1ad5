"""The papers and desk forms that a plan calls for."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.sop.draft.plan import Plan, Planned
from pipeline.sop.office_table.duties import Duty
from pipeline.sop.words import Arah, NaskahKind

_LONG = 60  # letters; a longer output is a sentence, not the name of a paper


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper to begin with. ``step``: the desk whose form makes it; "" for one of the whole office."""

    code: str
    name: str
    kind: NaskahKind
    arah: Arah = Arah.TERBIT
    step: str = ""


def papers_of(plan: Plan) -> tuple[Paper, ...]:
    """The signed decision, the letter of refusal, the receipt, and what desks write that inspect or recommend."""
    return tuple(_papers(plan))


def forms_of(plan: Plan) -> tuple[Planned, ...]:
    """The desks that fill in a form of their own: they inspect or recommend."""
    end = plan.drafting if plan.drafting is not None else len(plan.steps)
    return tuple(one for one in plan.steps[1:end] if one.reason(Duty.INSPECTS, Duty.RECOMMENDS))


def _papers(plan: Plan) -> Iterator[Paper]:
    if plan.signing is not None:
        output = plan.steps[plan.signing].step.output
        yield Paper("sk", output if 0 < len(output) < _LONG else "Surat Keputusan", NaskahKind.KEPUTUSAN)
        if plan.refusing:
            yield Paper("penolakan", "Surat Penolakan", NaskahKind.KEPUTUSAN, Arah.TOLAK)
    if plan.applicant:
        yield Paper("tanda_terima", "Tanda Terima", NaskahKind.TANDA_TERIMA)
    for planned in forms_of(plan):
        own = "" if len(forms_of(plan)) == 1 else f"_{planned.code}"
        if Duty.INSPECTS in planned.duties:
            yield Paper(f"bap{own}", "Berita Acara Pemeriksaan Lapangan", NaskahKind.MEJA, step=planned.code)
        if Duty.RECOMMENDS in planned.duties:
            yield Paper(f"rekomendasi{own}", "Rekomendasi", NaskahKind.MEJA, step=planned.code)
