"""A whole office walks at random, over New Year: accounts close, people rise and stand in, files go to and fro.

test_machine.py follows one file closely; here several share the office, its people and its numbers.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from pipeline.clock import real_now
from pipeline.db import connection, unit_of_work
from pipeline.documents.signing import OutcomeUnknown, Secret, ServiceUnavailable, WrongPassphrase
from pipeline.errors import AlurIzinError
from pipeline.models import Account, Approval, DraftAuthor, Penugasan, Permohonan, Sk
from pipeline.queries.records.register import number_gaps
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan, Request
from pipeline.services.applicant.close import accept_sk, withdraw
from pipeline.services.applicant.form import save_isian
from pipeline.services.applicant.submit import submit
from pipeline.services.deadlines.escalate import sweep_escalations
from pipeline.services.desk import sign as signing
from pipeline.services.desk.claim import claim, redraft, release
from pipeline.services.desk.decide import decide
from pipeline.services.desk.extend import extend
from pipeline.services.desk.sign import declare_unsigned, sign
from pipeline.services.desk.supervise import reassign
from pipeline.services.people.accounts import roles_of
from pipeline.services.people.actor import Petugas
from pipeline.services.people.confirm_role import confirm_role
from pipeline.services.people.delegasi import deactivate, delegate, end_assignment, release_stranded
from pipeline.services.people.grants import grant_role, reopen
from pipeline.services.people.sessions import User, create_session, load_session
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.words import KeputusanKind
from pipeline.text import date_at
from tests.conftest import empty_database
from tests.desks import DESKS
from tests.factories import SOP, Desk, at_desk, bring_to, person, submitted, work_off, write_bap
from tests.integration.test_sign import FakeSigner
from tests.web.desk import make_officer

#: Senin 28 Desember 2026, 09.00 WITA: three working days before New Year.
START = datetime(2026, 12, 28, 1, 0, tzinfo=UTC)
REASON = "Periksa lagi jumlah pengurusnya."
DESKS = tuple(DESKS)
BRANCHES = ("periksa", "rekomendasi", "susun_sk", "paraf_kabid", "paraf_sekretaris", "tanda_tangan")
PEOPLE = 9  # one for each desk, and three who begin without one
WHO = st.integers(0, PEOPLE - 1)
FILE = st.integers(0, 2)
DOES = (
    *["forward"] * 9,
    *["back"] * 2,
    *["write"] * 2,
    *["ask_the_provider"] * 2,
    "take",
    "give_back",
    "ask_the_superior",
)
ACT = st.tuples(
    FILE,
    WHO,
    st.sampled_from(DOES),
    st.sampled_from([True, True, True, True, False]),
    st.integers(0, 5),
)
HAPPENS = (*["days pass"] * 3, *["rises"] * 3, "leaves", *["stands in"] * 2, *["closed"] * 2, "opened", "withdrawn")
ANSWERS = (None, None, None, WrongPassphrase(), ServiceUnavailable(), OutcomeUnknown())


class Office(RuleBasedStateMachine):
    """Everybody, every file, and the clock."""

    @initialize(langkah=st.lists(st.sampled_from(BRANCHES), min_size=2, max_size=3))
    def begin(self, langkah: list[str]) -> None:
        empty_database()
        self.now = START
        self.words = 0
        self.admin = Petugas(make_officer("admin@uji.test", Peran.ADMIN), Peran.ADMIN)
        self.other_admin = User(uuid4(), make_officer("admin2@uji.test", Peran.ADMIN), "Admin Kedua", petugas=True)
        roles = [(p,) for p in DESKS] + [()] * (PEOPLE - len(DESKS))
        self.people = [make_officer(f"p{n}@uji.test", *r, name=f"Petugas {n}") for n, r in enumerate(roles)]
        self.session_id: dict[UUID, str] = {}
        for person_id in self.people:
            self.logs_in(person_id)
        desks = {p: Petugas(self.people[n], p) for n, p in enumerate(DESKS)}
        self.pemohon = [person(name=f"Pemohon {n}") for n in range(2)]
        self.files = []
        for n, where in enumerate(langkah):
            self.files.append(submitted(self.pemohon[n % 2], seed=f"b{n}", now=self.now))
            if where not in {"periksa", "susun_sk"}:
                bring_to(self.files[-1], where, desks, now=self.now)

    def logs_in(self, person_id: UUID) -> None:
        with unit_of_work() as s:
            account_id = s.scalars(select(Account.id).where(Account.person_id == person_id)).one()
        cookie = f"kuki-{uuid4()}"
        create_session(cookie, {}, account_id, replaces=None, now=real_now())
        active = load_session(cookie, hari=self.today(), now=real_now())
        assert active is not None
        assert active.user is not None
        self.session_id[person_id] = active.user.session_id

    # who is who

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def today(self) -> date:
        return date_at(self.now)

    def is_open(self, person_id: UUID) -> bool:
        with unit_of_work() as s:
            return s.scalars(select(Account.active).where(Account.person_id == person_id)).one()

    def holds(self, actor: Petugas) -> bool:
        return actor.peran in {p.peran for p in roles_of(actor.person_id, self.today())}

    def attempt(self, act: Callable[[], object], actor: Petugas) -> bool:
        """Whether the office let them. Who was let had the role today, and an open account."""
        may = self.holds(actor) and self.is_open(actor.person_id)
        with suppress(AlurIzinError):
            act()
            assert may, f"{actor.peran} dipakai orang yang tidak memegangnya, atau yang akunnya ditutup"
            return True
        return False

    def row(self, n: int) -> Permohonan | None:
        """The n-th file while it is open."""
        with unit_of_work() as s:
            p = s.get_one(Permohonan, self.files[n % len(self.files)])
            return p if p.langkah is not None else None

    # what people do to files

    @rule(acts=st.lists(ACT, min_size=3, max_size=8))
    def a_while_of_work(self, acts: list[tuple[int, int, str, bool, int]]) -> None:
        for n, who, what, right, choice in acts:
            if p := self.row(n):
                desk = at_desk(p.id)
                if desk.peran == Peran.PEMOHON:
                    self.applicant(p, choice)
                else:
                    getattr(self, what)(p.id, desk, self.whoever(desk.peran, who, right), choice)
                work_off(self.tick())

    def whoever(self, peran: Peran, who: int, right: bool) -> Petugas:
        """Mostly one who holds the desk, where there is nobody somebody new, and sometimes anybody at all."""
        holders = [o for o in self.people if self.holds(Petugas(o, peran))]
        if not holders:
            with suppress(AlurIzinError):
                self.rises(who % PEOPLE, peran)
        person_id = holders[who % len(holders)] if holders and right else self.people[who % PEOPLE]
        return Petugas(person_id, peran, self.session_id[person_id])

    def forward(self, p: UUID, desk: Desk, actor: Petugas, choice: int) -> None:
        if desk.langkah == "tanda_tangan":
            return self.press_sign(desk, actor, choice)
        if desk.langkah == "rekomendasi":
            self.write(p, desk, actor, max(choice, 1))
        self.decide(p, SOP[desk.langkah].keputusan, actor)
        return None

    def back(self, p: UUID, desk: Desk, actor: Petugas, choice: int) -> None:
        target = SOP[desk.langkah].returns_to
        if target:
            self.decide(p, KeputusanKind.KEMBALIKAN, actor, target=target[choice % len(target)])

    def decide(self, p: UUID, kind: KeputusanKind, actor: Petugas, target: str | None = None) -> None:
        items = (Request("isian", "uraian_kegiatan", "Jelaskan lagi."),) if target == "ajukan" else ()
        k = Keputusan(kind=kind, target=target, reason=REASON, requests=items)
        desk = at_desk(p)
        self.attempt(lambda: decide(desk.tugas_id, k, actor=actor, seen=desk.seen, now=self.tick()), actor)

    def write(self, p: UUID, desk: Desk, actor: Petugas, choice: int) -> None:
        """Words of one's own: the BAP, or the additions to the draft."""
        self.words += 1
        additions = {"pertimbangan": f"Tambahan {self.words}.", "tembusan": []}
        if desk.langkah == "rekomendasi":
            self.attempt(lambda: write_bap(p, actor, kunjungan=max(choice, 1), now=self.tick()), actor)
        elif desk.langkah == "susun_sk":
            self.attempt(lambda: redraft(desk.tugas_id, additions, actor=actor, now=self.tick()), actor)

    def take(self, _p: UUID, desk: Desk, actor: Petugas, _: int) -> None:
        self.attempt(lambda: claim(desk.tugas_id, actor=actor, now=self.tick()), actor)

    def give_back(self, _p: UUID, desk: Desk, actor: Petugas, _: int) -> None:
        self.attempt(lambda: release(desk.tugas_id, actor=actor, now=self.tick()), actor)

    def press_sign(self, desk: Desk, actor: Petugas, choice: int) -> None:
        answer = ANSWERS[choice]
        signing.signing_service = lambda _: FakeSigner(answer)
        self.attempt(lambda: sign(desk.tugas_id, Secret("x"), actor=actor, seen=desk.seen, now=self.tick()), actor)

    def ask_the_provider(self, _p: UUID, desk: Desk, actor: Petugas, _: int) -> None:
        """The signer knows now that nothing was signed."""
        if desk.langkah == "tanda_tangan":
            self.attempt(lambda: declare_unsigned(desk.tugas_id, actor=actor, now=self.tick()), actor)

    def ask_the_superior(self, _p: UUID, desk: Desk, _by: Petugas, choice: int) -> None:
        """More time, or other hands."""
        if superior := SOP[desk.langkah].superior:
            actor, t = self.whoever(superior, choice, choice > 0), desk.tugas_id
            recipient = self.whoever(desk.peran, choice + 1, right=True).person_id
            if choice % 2:
                self.attempt(lambda: extend(t, choice, REASON, actor=actor, now=self.tick()), actor)
            else:
                self.attempt(lambda: reassign(t, recipient, REASON, actor=actor, now=self.tick()), actor)

    def applicant(self, p: Permohonan, choice: int) -> None:
        if p.langkah == "terima_sk":
            return accept_sk(p.id, actor=p.pemohon_id, now=self.tick())
        self.words += 1
        isian = {"uraian_kegiatan": f"Mengasuh anak, perbaikan {self.words if choice else 0}."}
        save_isian(p.id, isian, actor=p.pemohon_id, now=self.tick())
        submit(p.id, actor=p.pemohon_id, privacy_version="1", now=self.tick())
        return work_off(self.tick())

    # what happens to people

    @rule(what=st.sampled_from(HAPPENS), who=WHO, other=WHO, peran=st.sampled_from(DESKS), days=st.integers(0, 5))
    def something_happens(self, what: str, who: int, other: int, peran: Peran, days: int) -> None:
        with suppress(AlurIzinError):
            match what:
                case "days pass":
                    self.days_pass(days)
                case "rises":
                    self.rises(who, peran)
                case "leaves":
                    self.leaves_a_desk(who)
                case "stands in":
                    self.stands_in(who, other, peran, days)
                case "withdrawn":
                    self.withdrawn(who + days)
                case _:
                    self.account(who, closes=what == "closed")

    def withdrawn(self, n: int) -> None:
        if p := self.row(n):
            withdraw(p.id, actor=p.pemohon_id, now=self.tick())

    def rises(self, who: int, peran: Peran) -> None:
        person, start = self.people[who], self.today()
        given = grant_role(person, peran, peran.name, start_date=start, actor=self.admin, now=self.tick())
        if given.waits:
            confirm_role(given.id, user=self.other_admin, now=self.tick())

    def leaves_a_desk(self, who: int) -> None:
        with unit_of_work() as s:
            mine = (Penugasan.person_id == self.people[who], Penugasan.end_date.is_(None))
            one = s.scalars(select(Penugasan.id).where(*mine).order_by(Penugasan.start_date)).first()
        if one is not None:
            end_assignment(one, end_date=self.today(), actor=self.admin, now=self.tick())

    def stands_in(self, to: int, away: int, peran: Peran, days: int) -> None:
        delegate(
            recipient=self.people[to],
            replaces=self.people[away],
            peran=peran,
            basis="plt" if days % 2 else "plh",
            assignment_letter="800/1/SP/2026",
            start_date=self.today(),
            actor=self.admin,
            now=self.tick(),
            scan=None,
            end_date=self.today() + timedelta(days=days),
        )

    def account(self, who: int, *, closes: bool) -> None:
        with unit_of_work() as s:
            account = s.scalars(select(Account.id).where(Account.person_id == self.people[who])).one()
        (deactivate if closes else reopen)(account, actor=self.admin, now=self.tick())
        if not closes:
            self.logs_in(self.people[who])

    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        release_stranded(now=self.now)
        sweep_escalations(now=self.now)
        work_off(self.tick())

    # what always holds

    @invariant()
    def the_record_and_the_tables_agree(self) -> None:
        if hasattr(self, "files"):
            assert verify_all()[1] == []

    @invariant()
    def nobody_approves_what_they_wrote_or_twice(self) -> None:
        if not hasattr(self, "files"):
            return
        with unit_of_work() as s:
            given = s.execute(
                select(Approval.draft_id, Approval.person_id, Approval.on_behalf_of, Permohonan.pemohon_id)
                .join(Permohonan, Permohonan.id == Approval.permohonan_id)
                .where(Approval.voided_at.is_(None))
            ).all()
            wrote = {tuple(r) for r in s.execute(select(DraftAuthor.draft_id, DraftAuthor.person_id))}
        for draft_id, person_id, on_behalf_of, pemohon_id in given:
            assert pemohon_id not in {person_id, on_behalf_of}
            assert not {(draft_id, person_id), (draft_id, on_behalf_of)} & wrote
            assert [g.person_id for g in given if g.draft_id == draft_id].count(person_id) == 1

    @invariant()
    def numbers_have_no_gap_and_no_double(self) -> None:
        with connection() as conn:
            assert number_gaps(conn) == ()

    @invariant()
    def a_decree_is_dated_in_the_year_of_its_number(self) -> None:
        with unit_of_work() as s:
            assert all(sk.day.year == sk.year for sk in s.scalars(select(Sk).where(Sk.status == "terbit")))


def walk(examples: int, steps: int, *, derandomize: bool) -> None:
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=derandomize,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """The walk changes the signer; it is put back."""
    monkeypatch.setattr(signing, "signing_service", signing.signing_service)


@pytest.mark.attack("D01", "D07")
def test_whatever_the_office_goes_through_its_promises_hold() -> None:
    walk(4, 16, derandomize=True)


@pytest.mark.drill
def test_the_same_for_a_long_time_and_differently_each_time() -> None:
    walk(150, 40, derandomize=False)
