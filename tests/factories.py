"""People and files for tests, made through the services a real one goes through."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from itertools import count, groupby
from uuid import UUID, uuid4

from sqlalchemy import Executable, delete, select, text, update

from ops.contoh.papers.desk_form import filled_in as form_filled_in
from ops.contoh.papers.documents import make_berkas
from ops.contoh.papers.institutions import make_institution
from pipeline.db import unit_of_work
from pipeline.models import Account, Draft, Outbox, Penugasan, Permohonan, Person, Tugas
from pipeline.roles import Peran
from pipeline.rules.form.desk_form import parse_form
from pipeline.rules.form.isian import parse_isian
from pipeline.rules.transitions import Keputusan, Seen, Transition
from pipeline.sealing.nik import open_nik, seal_nik
from pipeline.services.applicant import berkas
from pipeline.services.applicant.form import create_draft, open_form, save_isian
from pipeline.services.applicant.submit import submit
from pipeline.services.desk.decide import decide
from pipeline.services.desk.fill import save_form
from pipeline.services.desk.photos import receive_photo
from pipeline.services.outbox.run import run_outbox
from pipeline.services.people.actor import Petugas
from pipeline.services.people.identity import nik_index
from pipeline.services.records.persons import note_person
from pipeline.services.records.record import PICTURES, pictures_owed
from pipeline.services.records.sets import write_rows
from pipeline.services.records.uploads import EXAMINE, put_away
from pipeline.settings import settings
from pipeline.sop.registry import SOPS
from pipeline.sop.values import CaseData, case_data
from pipeline.sop.words import KeputusanKind
from pipeline.storage import store
from pipeline.uploads import Accepted, accept
from tests.desks import BACK_OFFICE, DINAS_TEKNIS, FRONT_OFFICE, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.owner import as_owner

#: Rabu 25 November 2026 09.00 WITA, in office hours.
WEDNESDAY = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
SOP = SOPS["td_lks"]


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies open: the tugas and what its officer would have on screen."""

    tugas_id: UUID
    langkah: str
    peran: Peran
    automatic: bool
    seen: Seen


_serial = count(1)


def new_nip() -> str:
    """A NIP that nobody has."""
    return f"19800101 {next(_serial):06} 1 001"


def person(*peran: Peran, name: str = "Siti Rahmah", nik: str = "") -> UUID:
    """A person holding these roles since 2026; an officer has an account, with a phone and no e-mail address."""
    person_id = uuid4()
    with unit_of_work() as s:
        s.add(Person(id=person_id, name=name, nip=new_nip(), nik_index=nik_index(nik), created_at=WEDNESDAY))
        s.flush()
        if peran:
            phone = f"62{person_id.int % 10**12:012}"
            s.add(
                Account(
                    person_id=person_id,
                    phone=phone,
                    password="-",
                    petugas=True,
                    password_changed_at=WEDNESDAY,
                    created_at=WEDNESDAY,
                )
            )
        s.add_all(
            Penugasan(
                person_id=person_id,
                peran=p,
                jabatan=p.name,
                start_date=date(2026, 1, 1),
                created_at=WEDNESDAY,
            )
            for p in peran
        )
        note_person(s, person_id, "akun_dibuat", {"peran": ", ".join(peran)}, actor=None, now=WEDNESDAY)
    return person_id


def set_by_sql(change: Executable, person_id: UUID | None = None) -> None:
    """What an administrator's act would change, without the act; None: of everybody."""
    with unit_of_work() as s:
        s.execute(change)
        for one in [person_id] if person_id else s.scalars(select(Person.id)).all():
            note_person(s, one, "peran_diakhiri", {"peran": "", "end_date": None}, actor=None, now=WEDNESDAY)


def office() -> dict[Peran, Petugas]:
    """One officer per desk."""
    desks = (
        FRONT_OFFICE,
        BACK_OFFICE,
        DINAS_TEKNIS,
        KABID_PERIZINAN,
        SEKRETARIS,
        KEPALA_DINAS,
    )
    return {p: Petugas(person(p, name=f"Petugas {p.name}"), p) for p in desks}


def filled_in(pemohon: UUID, *, seed: str = "a", now: datetime = WEDNESDAY, swapped: bool = False) -> UUID:
    """A draft with every field and document of a legal body's new LKS. The documents go in past the sandbox."""
    institution = make_institution(seed, today=now.date())
    permohonan_id = create_draft(SOP.code, pemohon, now=now)
    isian = {i.code: i for i in SOP.isian}
    statutes = next(t for t in SOP.syarat if t.code == "ADART")
    value = {k: parse_isian(isian[k], v) for k, v in institution.content.items() if k in isian}
    save_isian(permohonan_id, value, actor=pemohon, now=now)
    for syarat in SOP.required_syarat(case_data(institution.content)):
        source = statutes if swapped and syarat.code == "PROG" else syarat
        for b in make_berkas(source, institution):
            kind, sha256 = "jpg" if b.kind == "image/jpeg" else "pdf", hashlib.sha256(b.payload).hexdigest()
            accepted = Accepted(
                name=b.name, kind=kind, payload=b.payload, page_count=1, original_sha256=sha256, original=None
            )
            keep_berkas(permohonan_id, syarat.code, accepted, actor=pemohon, now=now)
    return permohonan_id


def keep_berkas(permohonan_id: UUID, syarat: str, accepted: Accepted, *, actor: UUID, now: datetime) -> UUID:
    """A file that was examined, kept as a worker does."""
    berkas_id, sha256 = uuid4(), put_away(permohonan_id, accepted)
    with unit_of_work() as s:
        file = open_form(s, permohonan_id, actor, None, now)
        berkas.keep_berkas(s, file, syarat, accepted, berkas_id=berkas_id, sha256=sha256, now=now)
    return berkas_id


def add_berkas(permohonan_id: UUID, syarat: str, name: str, payload: bytes, *, actor: UUID, now: datetime) -> UUID:
    """A file examined and kept at once."""
    return keep_berkas(permohonan_id, syarat, accept(name, payload), actor=actor, now=now)


def add_photo(permohonan_id: UUID, label: str, payload: bytes, *, actor: Petugas, now: datetime = WEDNESDAY) -> None:
    """A photo in the form of the desk where the file lies, examined and kept."""
    receive_photo(at_desk(permohonan_id).tugas_id, label, BytesIO(payload), {}, actor=actor, now=now)
    examine(now)


def examine(now: datetime = WEDNESDAY) -> None:
    """What the document worker does with the uploads that wait."""
    while True:
        with unit_of_work() as s:
            owed = (Outbox.task == EXAMINE, Outbox.closed_at.is_(None), Outbox.stuck_at.is_(None))
            ids = s.scalars(select(Outbox.id).where(*owed).order_by(Outbox.id)).all()
        if not ids:
            return
        deliver(ids, now=now)


def bytes_received() -> list[str]:
    """Names of the files that came in and are not documents yet."""
    return [path.name for path in (settings().data / "unggahan").glob("*")]


def submitted(pemohon: UUID, *, seed: str = "a", now: datetime = WEDNESDAY) -> UUID:
    """An application handed in, lying on step 2."""
    permohonan_id = filled_in(pemohon, seed=seed, now=now)
    submit(permohonan_id, actor=pemohon, privacy_version="1", now=now)
    return permohonan_id


def owing_its_step(pemohon: UUID, *, seed: str = "a", now: datetime = WEDNESDAY) -> UUID:
    """The same, with its pictures drawn: nothing but its step is owed."""
    permohonan_id = submitted(pemohon, seed=seed, now=now)
    with unit_of_work() as s:
        s.execute(delete(Outbox).where(Outbox.task == PICTURES))
    return permohonan_id


def work_off(now: datetime = WEDNESDAY, *, pictures: bool = False) -> None:
    """Do what the workers would: every outbox row that is owed, until none is.

    Drawing takes most of the time of a case and changes nothing but the cache: without ``pictures`` it is left out.
    """
    while True:
        with unit_of_work() as s:
            if not pictures:
                owed_pictures = update(Outbox).where(Outbox.task == PICTURES, Outbox.closed_at.is_(None))
                s.execute(owed_pictures.values(closed_at=now))
            owed = s.scalars(
                select(Outbox.id).where(Outbox.closed_at.is_(None), Outbox.stuck_at.is_(None)).order_by(Outbox.id)
            ).all()
        if not owed:
            return
        deliver(owed, now=now)


def deliver(ids: Sequence[int], *, again: bool = False, now: datetime = WEDNESDAY) -> None:
    """What becomes of messages with these rows: their attempt is counted as the relay does, then a worker runs them."""
    with unit_of_work() as s:
        rows = s.execute(select(Outbox.id, Outbox.task).where(Outbox.id.in_(ids)))
        tasks = {row.id: row.task for row in rows}
        if not again:
            left = (Outbox.id.in_(ids), Outbox.closed_at.is_(None), Outbox.stuck_at.is_(None))
            s.execute(update(Outbox).where(*left).values(attempts=Outbox.attempts + 1))
    for task, some in groupby(ids, key=tasks.__getitem__):
        run_outbox(task, list(some), again=again, now=now)


def draw(permohonan_id: UUID) -> None:
    """What the document worker makes of a file: pictures of its documents, and its letters."""
    with unit_of_work() as s:
        write_rows(s.connection(), pictures_owed(permohonan_id, f"uji:{uuid4()}", WEDNESDAY))
    work_off(pictures=True)


def at_desk(permohonan_id: UUID) -> Desk:
    """The open tugas of a file."""
    with unit_of_work() as s:
        t = s.scalars(select(Tugas).where(Tugas.permohonan_id == permohonan_id, Tugas.closed_at.is_(None))).one()
        naskah = s.scalar(
            select(Draft.naskah_hash).where(Draft.permohonan_id == permohonan_id, Draft.voided_at.is_(None))
        )
        return Desk(t.id, t.langkah, Peran(t.peran), t.automatic, Seen(t.version, naskah))


def decide_at(
    permohonan_id: UUID,
    actor: Petugas,
    kind: KeputusanKind,
    *,
    target: str | None = None,
    reason: str = "",
    now: datetime = WEDNESDAY,
) -> Transition:
    """Decide on whatever lies open, having seen it."""
    desk = at_desk(permohonan_id)
    return decide(
        desk.tugas_id, Keputusan(kind=kind, target=target, reason=reason), actor=actor, seen=desk.seen, now=now
    )


def typed_form(
    permohonan_id: UUID, *, eligible: bool = True, kunjungan: int = 1, now: datetime = WEDNESDAY
) -> dict[str, str]:
    """What the desk that inspects types into its form."""
    return _typed(data_of(permohonan_id), eligible, kunjungan, now)


def _typed(data: CaseData, eligible: bool, kunjungan: int, now: datetime) -> dict[str, str]:
    typed = form_filled_in(SOP.forms[0], data, seed="a", today=now.date(), eligible=eligible, kunjungan=kunjungan)
    return {name: value for name, value in typed.items() if isinstance(value, str)}


def write_bap(
    permohonan_id: UUID, actor: Petugas, *, eligible: bool = True, kunjungan: int = 1, now: datetime = WEDNESDAY
) -> None:
    """Fill in the form of the inspection, complete."""
    data = data_of(permohonan_id)
    typed = _typed(data, eligible, kunjungan, now)
    content = parse_form(SOP.forms[0], {name: [value] for name, value in typed.items()}, data)
    save_form(at_desk(permohonan_id).tugas_id, content, actor=actor, now=now)


def data_of(permohonan_id: UUID) -> CaseData:
    with unit_of_work() as s:
        return case_data(open_nik(permohonan_id, s.get_one(Permohonan, permohonan_id).content))


def bring_to(permohonan_id: UUID, langkah: str, kantor: dict[Peran, Petugas], *, now: datetime = WEDNESDAY) -> None:
    """Carry a submitted file forward to a langkah, each desk doing its part."""
    work_off(now)
    while (desk := at_desk(permohonan_id)).langkah != langkah:
        if desk.langkah == "rekomendasi":
            write_bap(permohonan_id, kantor[desk.peran], now=now)
        decide_at(permohonan_id, kantor[desk.peran], SOP[desk.langkah].keputusan, now=now)
        work_off(now)


def clone(permohonan_id: UUID, n: int) -> list[tuple[UUID, UUID]]:
    """Copy a file with its open tugas and its draft, n times in a moment. Returns (permohonan, tugas) of each."""
    with as_owner() as s:
        s.execute(
            text("""
            CREATE TEMP TABLE salinan ON COMMIT DROP AS
                SELECT gen_random_uuid() AS p, gen_random_uuid() AS t, gen_random_uuid() AS d, i
                FROM generate_series(1, :n) i;
            """).bindparams(n=n)
        )
        ids = [(p, t) for p, t in s.execute(text("SELECT p, t FROM salinan ORDER BY i"))]
        for table, key, extra in (
            ("permohonan", "id", {"id": "x.p", "nomor": "'UJI-' || x.i"}),
            ("draft", "permohonan_id", {"id": "x.d", "permohonan_id": "x.p"}),
            ("tugas", "permohonan_id", {"id": "x.t", "permohonan_id": "x.p"}),
        ):
            names = [c.name for c in Permohonan.metadata.tables[table].columns]
            values = ", ".join(extra.get(c, f"o.{c}") for c in names)
            where = f"o.{key} = :p" + {"tugas": " AND o.closed_at IS NULL"}.get(table, "")
            s.execute(
                text(
                    f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} o, salinan x WHERE {where}"
                ),
                {"p": permohonan_id},
            )
    _seal_copies(permohonan_id, [p for p, _ in ids])
    return ids


def _seal_copies(original: UUID, copies: list[UUID]) -> None:
    """What is sealed for one application opens for no other: the draft and the NIK of each copy are its own."""
    with as_owner() as s:
        content = open_nik(original, s.get_one(Permohonan, original).content)
        kept = s.scalars(select(Draft.docx_sha256).where(Draft.permohonan_id == original))
        drafts = [store(original).get(sha256) for sha256 in kept]
        for copy in copies:
            s.execute(update(Permohonan).where(Permohonan.id == copy).values(content=seal_nik(copy, content)))
            for draft in drafts:
                store(copy).put(draft)
