"""Making the files of the demo's past through the services, each at the office's clock of its own time.

A file is one transaction: whoever looks, and whoever comes after a kill, finds all of it or nothing.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from itertools import groupby
from uuid import UUID, uuid4, uuid5

import pikepdf
from sqlalchemy import Connection, func, select, text, update

from ops.contoh.journey import RETURN_REASON
from ops.contoh.life.stories import Story, stories
from ops.contoh.papers.desk_form import UNFIT_REASON, filled_in
from ops.contoh.papers.documents import SampleBerkas, make_berkas
from ops.contoh.papers.institutions import make_institution
from ops.contoh.scenarios import SOP, Stage, typed
from ops.demo_people import PASSPHRASE, Example, everybody
from pipeline.clock import real_now
from pipeline.db import all_at_once, connection, unit_of_work
from pipeline.documents.signing import Secret
from pipeline.models import Account, Draft, Outbox, Permohonan, Tugas
from pipeline.queries.calendar import calendar_in_force
from pipeline.roles import Peran
from pipeline.rules.form.desk_form import parse_form
from pipeline.rules.form.isian import parse_isian
from pipeline.rules.transitions import Keputusan, Seen
from pipeline.services.applicant import berkas
from pipeline.services.applicant.close import accept_sk
from pipeline.services.applicant.form import create_draft, open_form, save_isian
from pipeline.services.applicant.submit import submit
from pipeline.services.desk.decide import decide
from pipeline.services.desk.fill import save_form
from pipeline.services.desk.sign import sign
from pipeline.services.outbox.run import run_outbox
from pipeline.services.people.actor import Petugas
from pipeline.services.records.record import PICTURES
from pipeline.services.records.uploads import put_away
from pipeline.sop.values import case_data
from pipeline.sop.words import KeputusanKind
from pipeline.uploads import Accepted, check_beginning
from web.publik.home import PRIVACY_VERSION

People = Mapping[Peran, Sequence[UUID]]
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('demo hidup', 0))")


def tell_stories(now: datetime, *, only: Callable[[Story], bool] = lambda _: True) -> int:
    """Make the files that are not there yet; returns how many were made."""
    people, calendar = read_people(), calendar_in_force()
    return sum(
        _tell(story, n, people, story.moments(calendar, now)) for n, story in enumerate(stories()) if only(story)
    )


def read_people() -> People:
    """The people of the demonstration by role, in the order they are named."""
    with connection() as conn:
        return {
            peran: [_person(conn, example) for example in some]
            for peran, some in groupby(sorted(everybody(), key=lambda e: str(e.peran)), key=lambda e: e.peran)
        }


def _person(conn: Connection, example: Example) -> UUID:
    return conn.scalars(select(Account.person_id).where(func.lower(Account.email) == example.email)).one()


def _tell(story: Story, n: int, people: People, moments: Sequence[datetime]) -> bool:
    pemohon = people[Peran.PEMOHON][n % len(people[Peran.PEMOHON])]
    with all_at_once() as conn:
        conn.execute(_LOCK)
        file = uuid5(pemohon, str(story.form_id))
        if conn.scalar(select(Permohonan.id).where(Permohonan.id == file)) is not None:
            return False
        walk = _Walk(story, pemohon, people, n)
        for stage, moment in zip(story.stage, moments, strict=True):
            walk.take(stage, moment)
        return True


class _Walk:
    """One file on its way."""

    def __init__(self, story: Story, pemohon: UUID, people: People, n: int) -> None:
        self._story = story
        self._pemohon = pemohon
        self._people = people
        self._n = n
        self._file = UUID(int=0)

    def take(self, stage: Stage, now: datetime) -> None:
        """Do what this stage says; what the workers have to do of it is done at the same time."""
        langkah = SOP[stage.langkah]
        if langkah is SOP.first:
            self._hand_in(now)
        elif not langkah.automatic or not self._gone_on(stage):
            self._decide(stage, now)
        self._work_off(now)

    def _gone_on(self, stage: Stage) -> bool:
        """Whether an automatic step has left its desk by itself."""
        with connection() as conn:
            open_at = select(Tugas.langkah).where(Tugas.permohonan_id == self._file, Tugas.closed_at.is_(None))
            return conn.scalar(open_at) != stage.langkah

    def _hand_in(self, now: datetime) -> None:
        institution = make_institution(f"hidup-{self._story.code}", today=now.date())
        content = typed(self._story.scenario, institution)
        self._file = create_draft(SOP.code, self._pemohon, form_id=self._story.form_id, now=now)
        fields = {isian.code: isian for isian in SOP.isian}
        answers = {code: parse_isian(fields[code], value) for code, value in content.items()}
        save_isian(self._file, answers, actor=self._pemohon, now=now)
        for syarat in SOP.required_syarat(case_data(answers)):
            for sample in make_berkas(syarat, institution):
                self._keep(syarat.code, sample, now)
        submit(self._file, actor=self._pemohon, privacy_version=PRIVACY_VERSION, now=now)

    def _keep(self, syarat: str, sample: SampleBerkas, now: datetime) -> None:
        """Our own paper, past the sandbox: there is nothing foreign in it."""
        accepted = _accepted(sample)
        sha256 = put_away(self._file, accepted)
        with unit_of_work() as s:
            file = open_form(s, self._file, self._pemohon, None, now)
            berkas.keep_berkas(s, file, syarat, accepted, berkas_id=uuid4(), sha256=sha256, now=now)

    def _decide(self, stage: Stage, now: datetime) -> None:
        if stage.keputusan is KeputusanKind.TERIMA:
            accept_sk(self._file, actor=self._pemohon, now=now)
            return
        tugas_id, peran, seen = self._open()
        mine = self._people[peran]
        actor = Petugas(mine[self._n % len(mine)], peran)
        if stage.keputusan is KeputusanKind.TANDA_TANGANI:
            sign(tugas_id, Secret(PASSPHRASE), actor=actor, seen=seen, now=now)
            return
        reason = {KeputusanKind.KEMBALIKAN: RETURN_REASON, KeputusanKind.TOLAK: UNFIT_REASON}.get(stage.keputusan, "")
        if stage.keputusan is not KeputusanKind.KEMBALIKAN:
            self._fill_in(stage, tugas_id, actor, now)
            tugas_id, peran, seen = self._open()
        keputusan = Keputusan(kind=stage.keputusan, target=stage.target or None, reason=reason)
        decide(tugas_id, keputusan, actor=actor, seen=seen, now=now)

    def _fill_in(self, stage: Stage, tugas_id: UUID, actor: Petugas, now: datetime) -> None:
        """The form of this desk, if it has one; what is decided follows from it."""
        form = SOP.form_at(stage.langkah)
        if form is None:
            return
        with connection() as conn:
            content = conn.scalars(select(Permohonan.content).where(Permohonan.id == self._file)).one()
        data, eligible = case_data(content), stage.keputusan is not KeputusanKind.TOLAK
        written = filled_in(form, data, seed=self._story.code, today=now.date(), eligible=eligible)
        raw = {name: [value] if isinstance(value, str) else list(value) for name, value in written.items()}
        save_form(tugas_id, parse_form(form, raw, data), actor=actor, now=now)

    def _open(self) -> tuple[UUID, Peran, Seen]:
        """What lies open, as its officer would see it."""
        draft = select(Draft.naskah_hash).where(Draft.permohonan_id == self._file, Draft.voided_at.is_(None))
        with connection() as conn:
            t = conn.execute(
                select(Tugas.id, Tugas.peran, Tugas.version).where(
                    Tugas.permohonan_id == self._file, Tugas.closed_at.is_(None)
                )
            ).one()
            return t.id, Peran(t.peran), Seen(t.version, conn.scalar(draft))

    def _work_off(self, now: datetime) -> None:
        """What this file owes the workers, all but its pictures: those of a closed file nobody asks for."""
        mine = (Outbox.permohonan_id == self._file, Outbox.closed_at.is_(None), Outbox.stuck_at.is_(None))
        while True:
            with connection() as conn:
                rows = conn.execute(select(Outbox.id, Outbox.task).where(*mine, Outbox.task != PICTURES)).all()
                if not rows:
                    closed = select(Permohonan.closed_at).where(Permohonan.id == self._file)
                    if conn.scalar(closed) is not None:
                        conn.execute(update(Outbox).where(*mine).values(closed_at=real_now()))
                    return
                conn.execute(update(Outbox).where(Outbox.id.in_([r.id for r in rows])).values(attempts=1))
            for row in rows:
                run_outbox(row.task, [row.id], now=now)


def _accepted(sample: SampleBerkas) -> Accepted:
    return Accepted(
        name=sample.name,
        kind=check_beginning(sample.name, sample.payload),
        payload=sample.payload,
        page_count=_page_count(sample.payload) if sample.payload.startswith(b"%PDF") else 1,
        original_sha256=hashlib.sha256(sample.payload).hexdigest(),
    )


def _page_count(payload: bytes) -> int:
    with pikepdf.open(BytesIO(payload)) as pdf:
        return len(pdf.pages)
