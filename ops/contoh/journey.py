"""One file carried from the form to its end, every step checked against the SOP on the way."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from ops.contoh.browser.client import SampleFailed, until
from ops.contoh.checks.riwayat import match, read_riwayat
from ops.contoh.desks import DINAS_TEKNIS
from ops.contoh.kantor import Kantor
from ops.contoh.papers.desk_form import UNFIT_REASON, filled_in
from ops.contoh.papers.documents import make_berkas
from ops.contoh.papers.institutions import SampleInstitution, make_institution
from ops.contoh.papers.pictures import photo
from ops.contoh.pemohon import Pemohon, Tag
from ops.contoh.petugas import Desk, Seen
from ops.contoh.scenarios import SOP, SWAPPED, Scenario, Stage, typed
from pipeline.calendar.due import due
from pipeline.roles import Peran
from pipeline.sop.values import Langkah
from pipeline.sop.words import KeputusanKind
from pipeline.text import date_at, moment_in_words

T = TypeVar("T")
PATIENCE = 4.0  # seconds before asking whether an automatic step waits for a person
A_MINUTE = timedelta(minutes=1)  # pages show whole minutes
RETURN_REASON = "Nomor BAP pada Rekomendasi belum sesuai, mohon diperbaiki."
CHECK_REASON = "Dokumen ini berisi dokumen lain, mohon diganti."


@dataclass(frozen=True, slots=True)
class Trace:
    """One visit of a step as it was seen and as the history tells it."""

    stage: Stage
    tenggat: datetime | None
    start: datetime
    done: datetime
    actor: str

    @property
    def langkah(self) -> Langkah:
        return SOP[self.stage.langkah]


@dataclass(slots=True)
class Walk:
    """A file on its way. ``sequence`` chooses the people, ``seed`` the institution."""

    kantor: Kantor
    scenario: Scenario
    sequence: int
    seed: str
    mark: Tag | None = None
    sk: str = ""  # number of the signed document
    trail: list[Trace] = field(default_factory=list)
    pemohon: Pemohon = field(init=False)
    institution: SampleInstitution = field(init=False)
    pdf: Path = field(init=False)
    _begun: datetime = field(init=False)
    _last: datetime = field(init=False)  # when a person last began to act: the file has moved on since
    _tenggat: list[datetime | None] = field(default_factory=list)  # as the queue showed it, per babak done
    _automatic: list[Stage] = field(default_factory=list)  # since the last step of a person

    def __post_init__(self) -> None:
        institution = make_institution(self.seed, today=self._today())
        person = self.kantor.person(Peran.PEMOHON, self.sequence)
        content = typed(self.scenario, institution)
        self.institution = institution
        self.pemohon = Pemohon(person.web_client, SOP, content, partial(make_berkas, institution=institution))
        self.pdf = self.kantor.data / "contoh" / f"{self.scenario.code}-{self.seed.replace('/', '-')}.pdf"

    @property
    def nomor(self) -> str:
        return self.mark.nomor if self.mark else "(belum bernomor)"

    def run(self) -> None:
        """Go all the way. Raises SampleFailed where something differs from the SOP."""
        self.begin()
        for stage in self.scenario.stage:
            self.take(stage)
        self._wait(lambda: self.pemohon.is_at(self.scenario.end) or None, f"status {self.scenario.end}")
        self.sk = self.pemohon.sk_value("Nomor")
        self.trail = self._compare()

    def begin(self) -> None:
        """Before the first babak."""
        self.pdf.parent.mkdir(parents=True, exist_ok=True)
        self._begun = self._last = self.kantor.now()

    def take(self, stage: Stage) -> None:
        """Do what this babak says, once the file has come that far."""
        langkah = SOP[stage.langkah]
        if langkah.peran == Peran.PEMOHON:
            self._at_applicant(stage)
        elif langkah.automatic:
            self._automatic.append(stage)
            self._tenggat.append(None)
        else:
            self._at_desk(stage)

    def arrive(self, peran: Peran) -> None:
        """Wait until the file lies in the queue of this role."""
        self._wait(self._desk(peran).find, f"sampai di antrean {peran.antrean}")

    def _compare(self) -> list[Trace]:
        """What was done, beside what the history tells of it."""
        reader = self.kantor.person(DINAS_TEKNIS, self.sequence)
        screen = reader.web_client.page(f"/petugas{self.pemohon.path}")
        recorded = match(self.nomor, self.scenario.stage, read_riwayat(screen))
        start = [self._begun, *(k.at for k in recorded)]
        every = zip(self.scenario.stage, self._tenggat, start, recorded, strict=False)
        return [Trace(b, t or self._due(b, m), m, k.at, k.actor) for b, t, m, k in every]

    def _due(self, stage: Stage, start: datetime) -> datetime | None:
        """The tenggat of a step that no queue page was read of: what the calendar says."""
        langkah = SOP[stage.langkah]
        return None if langkah.peran == Peran.PEMOHON else due(self.kantor.calendar(), start, langkah.limit).at

    def _at_applicant(self, stage: Stage) -> None:
        if SOP[stage.langkah].keputusan is KeputusanKind.TERIMA:
            self._wait(lambda: self.pemohon.signed() or None, "dokumen bertanda tangan")
            self.pemohon.receive(self.pdf)
        elif self.mark is None:
            self.pemohon.begin()
            self.pemohon.fill()
            self.pemohon.upload(swapped=SWAPPED if self.scenario.swapped else None)
            self._last = self.kantor.now()
            self.mark = self.pemohon.submit()
        else:
            status = SOP.first.correction_status or SOP.first.status
            self._wait(lambda: self.pemohon.is_at(status) or None, f"status {status}")
            self.pemohon.correct(SWAPPED[0])
        self._tenggat.append(None)

    def _at_desk(self, stage: Stage) -> None:
        peran = SOP[stage.langkah].peran
        desk = self._desk(peran)
        tugas = self._wait(desk.find, f"sampai di antrean {peran.antrean}")
        self._check_due(stage, tugas)
        self._last = self.kantor.now()
        match stage.keputusan:
            case KeputusanKind.TANDA_TANGANI:
                desk.sign(tugas)
            case KeputusanKind.KEMBALIKAN:
                desk.decide(tugas, stage, reason=RETURN_REASON)
            case _:
                self._fill_in(desk, tugas, stage)
                desk.decide(tugas, stage, reason=UNFIT_REASON if stage.keputusan is KeputusanKind.TOLAK else "")
        self._tenggat.append(tugas.tenggat)

    def _fill_in(self, desk: Desk, tugas: Seen, stage: Stage) -> None:
        """The form of this desk, if it has one; what is decided follows from it."""
        form = SOP.form_at(stage.langkah)
        if form is None:
            return
        typed = filled_in(
            form,
            self.pemohon.content,
            seed=self.seed,
            today=self._today(),
            eligible=stage.keputusan is not KeputusanKind.TOLAK,
            kunjungan=1 + self._visited(stage),
        )
        labels = tuple(form.photos)[: max(2, form.photos_at_least)] if not self._visited(stage) else ()
        desk.fill_in(tugas, typed, {label: photo(f"{label} {self.seed}") for label in labels})

    def _desk(self, peran: Peran) -> Desk:
        return Desk(self.kantor.person(peran, self.sequence), self.nomor)

    def _wait(self, check: Callable[[], T | None], what: str) -> T:
        """Until it is so; an automatic step on the way there that cannot decide is decided by its desk."""
        ask_again = time.monotonic() + PATIENCE

        def once() -> T | None:
            nonlocal ask_again
            result = check()
            if result is None and time.monotonic() > ask_again:
                self._help()
                ask_again = time.monotonic() + PATIENCE
            return result

        result = until(self.kantor.limit, once, what=f"{self.nomor}: {what}")
        self._automatic.clear()
        return result

    def _help(self) -> None:
        """Decide an automatic step that was left to a person, as the story wants it."""
        for stage in self._automatic:
            desk = self._desk(SOP[stage.langkah].peran)
            tugas = desk.find()
            if tugas and desk.may_decide(tugas):
                back = stage.keputusan is KeputusanKind.KEMBALIKAN
                requested = f"syarat-{SWAPPED[0]}"
                needed = {f"perlu-{requested}": "1", f"catatan-{requested}": CHECK_REASON} if back else {}
                desk.decide(tugas, stage, needed=needed)
                return

    def _check_due(self, stage: Stage, tugas: Seen) -> None:
        """An office step has a tenggat; on its first visit the one the calendar gives to when it arrived."""
        langkah = SOP[stage.langkah]
        if tugas.tenggat is None:
            raise SampleFailed(f"{self.nomor}: langkah {langkah.no} tidak bertenggat di antrean.")
        earliest, latest = (
            due(self.kantor.calendar(), moment, langkah.limit).at for moment in (self._last, self.kantor.now())
        )
        exact = earliest - A_MINUTE <= tugas.tenggat <= latest
        if not (exact or self._visited(stage)):
            raise SampleFailed(
                f"{self.nomor}: tenggat langkah {langkah.no} {moment_in_words(tugas.tenggat)},"
                f" menurut kalender {moment_in_words(latest)}."
            )

    def _visited(self, stage: Stage) -> int:
        """How often this step was visited before."""
        return sum(b.langkah == stage.langkah for b in self.scenario.stage[: len(self._tenggat)])

    def _today(self) -> date:
        return date_at(self.kantor.now())
