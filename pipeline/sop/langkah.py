"""One row of the SOP table: what its desk does, and where a file goes from there. Pure."""

from dataclasses import dataclass

from pipeline.calendar.due import Limit
from pipeline.roles import Peran
from pipeline.sop.conditions import Asks, Branch, Condition
from pipeline.sop.words import Automatic, KeputusanKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Langkah:
    """One row of the SOP table, and how it runs here."""

    no: int
    code: str
    activity: str
    peran: Peran
    inputs: str
    time: str  # as printed, e.g. "10 Menit", "4 Hari"
    limit: Limit  # the same, parsed
    output: str
    remarks: str
    status: str  # public state word while the file is here
    correction_status: str | None = None  # the word when it came here to be corrected
    refusal_status: str | None = None  # the word once the file is refused
    keputusan: KeputusanKind  # the one that carries the file forward
    button: str  # how that decision reads on its button
    target: str  # next langkah, or DONE
    beside: tuple[str, ...] = ()  # the langkah that follow side by side, ``target`` among them
    branches: tuple[Branch, ...] = ()  # the first that fits goes before ``target``
    waits: bool = False  # only waits for its time to pass: the calendar ends it
    asks: Asks | None = None  # an applicant's step in the middle
    returns_to: tuple[str, ...] = ()
    automatic: Automatic | None = None
    ladder: tuple[Peran, ...] = ()  # the desk's own post and all above it; the applicant's own steps have none
    sets_arah: bool = False  # nothing is drafted unless it recommends it; one langkah at most
    refuses: bool = False  # this desk may refuse (tolak)
    drafts: bool = False  # the document to be signed is drafted here
    approval: bool = False  # an approval bound to the draft
    signature: bool = False  # the approval that signs
    skip_when: tuple[Condition, ...] = ()  # skipped when the case data say so

    @property
    def targets(self) -> tuple[str, ...]:
        """Every langkah it may lead to by itself, or DONE."""
        return (*(b.target for b in self.branches), *(self.beside or (self.target,)))

    def limit_with(self, added_days: int) -> Limit:
        """The limit of a kunjungan, with the working days a superior has added."""
        return self.limit + Limit(hari=added_days)

    @property
    def superior(self) -> Peran | None:
        """Whom a lapse is told; None = nobody, the applicant's own steps."""
        return self.ladder[1] if self.ladder else None

    @property
    def task_name(self) -> str:
        """The Celery task of this langkah."""
        return f"sop.{self.code}"

    @property
    def person(self) -> bool:
        """Whether a person decides here always: no automatic work does it for them."""
        return self.automatic is None
