"""Applications of the peers' case, filled in through the services before any clock runs, and carried through them.

Everything here is imported inside an office (``Ground.office``): settings are read by then.
"""

import hashlib
import multiprocessing
import time
from collections.abc import Sequence
from multiprocessing.synchronize import Event
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import delete, func, insert, select

from bench.ground import Connection
from bench.inside import NINE_STEPS
from pipeline.clock import now, real_now
from pipeline.db import unit_of_work
from pipeline.models import Outbox, Penugasan, Person
from pipeline.roles import Peran
from pipeline.rules.transitions import Keputusan, Seen
from pipeline.services.applicant.berkas import keep_berkas
from pipeline.services.applicant.form import create_draft, open_form, save_isian
from pipeline.services.applicant.submit import submit
from pipeline.services.desk.decide import decide
from pipeline.services.outbox.run import run_outbox
from pipeline.services.people.actor import Petugas
from pipeline.services.records.persons import note_person
from pipeline.services.records.uploads import put_away
from pipeline.uploads import Accepted

Draft = tuple[UUID, UUID]  # permohonan, pemohon

#: The langkah that people decide after the applicant has sent, in their order.
DESKS = tuple(t for t in NINE_STEPS.langkah[1:] if t.automatic is None)
#: Of a case: the sending, those, and the two of the machine.


def officers() -> dict[Peran, Petugas]:
    """Somebody for each desk, of the demonstration's people."""
    with unit_of_work() as s:
        rows = s.execute(select(Penugasan.peran, Penugasan.person_id).order_by(Penugasan.created_at)).all()
    return {Peran(row.peran): Petugas(row.person_id, Peran(row.peran)) for row in reversed(rows)}


def applicants(n: int) -> list[UUID]:
    """People without an account: nothing is mailed to them."""
    ids = [uuid4() for _ in range(n)]
    with unit_of_work() as s:
        s.execute(insert(Person), [{"id": i, "name": "Pemohon", "created_at": real_now()} for i in ids])
        for each in ids:
            note_person(s, each, "akun_dibuat", {"peran": ""}, actor=None, now=real_now())
    return ids


def drafts(n: int) -> list[Draft]:
    """Filled in, with their documents; the pictures of these are nobody's concern here."""
    made = [(_filled_in(pemohon), pemohon) for pemohon in applicants(n)]
    with unit_of_work() as s:
        s.execute(delete(Outbox))
    return made


def _filled_in(pemohon: UUID) -> UUID:
    permohonan_id = create_draft(NINE_STEPS.code, pemohon, now=now())
    value = {i.code: f"jawaban {i.code} 123" for i in NINE_STEPS.isian}
    save_isian(permohonan_id, value, actor=pemohon, now=now())
    for n, syarat in enumerate(NINE_STEPS.syarat):
        payload = b"%PDF-1.4 " + bytes([n]) * 4000
        sha256 = hashlib.sha256(payload).hexdigest()
        one = Accepted(
            name=f"{syarat.code}.pdf",
            kind="pdf",
            payload=payload,
            page_count=1,
            original_sha256=sha256,
            original=None,
        )
        sha256 = put_away(permohonan_id, one)
        with unit_of_work() as s:
            file = open_form(s, permohonan_id, pemohon, None, now())
            keep_berkas(s, file, syarat.code, one, berkas_id=uuid4(), sha256=sha256, now=now())
    return permohonan_id


def send(draft: Draft) -> None:
    """The applicant's step."""
    permohonan_id, pemohon = draft
    submit(permohonan_id, actor=pemohon, privacy_version="1", now=now())


def look(conn: Connection, permohonan_id: UUID) -> tuple[UUID, str, int]:
    """What an officer would have on screen: the open tugas, its langkah and version. On the bench's own connection."""
    row = conn.execute(
        "SELECT id, langkah, version FROM tugas WHERE permohonan_id = %s AND closed_at IS NULL", (permohonan_id,)
    ).fetchone()
    if row is None:
        raise RuntimeError(f"Berkas {permohonan_id} tidak ada di meja mana pun.")
    return UUID(str(row[0])), str(row[1]), int(str(row[2]))


def decide_next(conn: Connection, permohonan_id: UUID, desks: dict[Peran, Petugas]) -> float:
    """Whoever has it decides, having seen it; the seconds of that call alone."""
    tugas_id, langkah, version = look(conn, permohonan_id)
    step = NINE_STEPS[langkah]
    keputusan, seen, at = Keputusan(kind=step.keputusan), Seen(version, None), now()
    began = time.perf_counter()
    decide(tugas_id, keputusan, actor=desks[step.peran], seen=seen, now=at)
    return time.perf_counter() - began


def at_first_desk(n: int) -> list[UUID]:
    """Files that wait for a person: sent, and passed on by the machine, here and now."""
    waiting = drafts(n)
    for draft in waiting:
        send(draft)
    work_off()
    return [permohonan_id for permohonan_id, _ in waiting]


def work_off() -> None:
    """Do what is owed to the desks, without relay or broker; what is owed to the document worker is dropped."""
    with unit_of_work() as s:
        s.execute(delete(Outbox).where(Outbox.antrean == "dokumen"))
        owed = s.execute(
            select(Outbox.task, func.array_agg(Outbox.id)).where(Outbox.closed_at.is_(None)).group_by(Outbox.task)
        ).all()
    for task, ids in owed:
        run_outbox(task, ids, now=now())


#: Tells that the machine has passed a file on. Its notice is no statement of the application's.
TELLER = """
CREATE FUNCTION bench_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('bench', NEW.id::text); RETURN NULL; END $$;
CREATE TRIGGER bench_tell AFTER UPDATE OF langkah ON permohonan FOR EACH ROW
    WHEN (OLD.langkah = 'catat' OR OLD.langkah = 'tutup') EXECUTE FUNCTION bench_tell();
ALTER FUNCTION bench_tell() OWNER TO alurizin;
"""


class Teller:
    """Hears the trigger and passes it on: sixteen listeners of their own would each be woken for every message."""

    def __init__(self, address: str, drafts: Sequence[Draft]) -> None:
        context = multiprocessing.get_context("fork")
        self._moved = [context.Semaphore(0) for _ in drafts]
        self._place = {str(permohonan_id): n for n, (permohonan_id, _) in enumerate(drafts)}
        ready = context.Event()
        self._process = context.Process(target=self._listen, args=(address, ready), daemon=True)
        self._process.start()
        ready.wait(30)

    def wait(self, number: int) -> None:
        """Until the machine has passed the file of this number on."""
        if not self._moved[number].acquire(timeout=60):
            raise RuntimeError("Langkah otomatis tidak selesai dalam 60 detik.")

    def end(self) -> None:
        self._process.terminate()
        self._process.join(10)

    def _listen(self, address: str, ready: "Event") -> None:
        with psycopg.connect(address, autocommit=True) as conn:
            conn.execute("LISTEN bench")
            ready.set()
            for notice in conn.notifies():
                self._moved[self._place[notice.payload]].release()


class Carrier:
    """A scripted office of one process: it carries whole files and waits for the machine where the SOP does."""

    def __init__(self, conn: Connection, files: Sequence[Draft], desks: dict[Peran, Petugas], teller: Teller) -> None:
        self._conn, self._files, self._desks, self._teller = conn, files, desks, teller

    def carry(self, number: int) -> list[float]:
        """The file of this number, from the sending to its end; the seconds of each decision's call."""
        send(self._files[number])
        self._teller.wait(number)
        permohonan_id, _ = self._files[number]
        took = [decide_next(self._conn, permohonan_id, self._desks) for _ in DESKS]
        self._teller.wait(number)
        return took
