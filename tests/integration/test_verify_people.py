"""People prove themselves too: a role, a name or a password put in behind the system's back is found, and never signs.

And so do the letters: by their signature and by what they say.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, select, text

from ops.doctor.office import daily_head
from pipeline.clock import real_now
from pipeline.db import connection, snapshot, unit_of_work
from pipeline.documents.signing import Secret, TteRequest
from pipeline.documents.signing.local import LocalSigner, create_certificate
from pipeline.errors import NotAllowedYet
from pipeline.models import Account, DataAccess
from pipeline.queries.records.files import Records, read_records
from pipeline.queries.records.heads import overdue_since
from pipeline.roles import Peran
from pipeline.rules.history.person import BOUND
from pipeline.services.deadlines.calendar import seed_calendar
from pipeline.services.desk.sign import sign
from pipeline.services.people.access import Refusal, record_access, record_refusal
from pipeline.services.people.actor import Petugas
from pipeline.services.people.delegasi import deactivate, end_assignment
from pipeline.services.people.grants import grant_role, identify, reopen
from pipeline.services.records.heads import head_files, make_daily_head
from pipeline.services.records.verify.letters import check_letters
from pipeline.services.records.verify.whole import verify_all
from pipeline.settings import settings
from pipeline.sop.words import KeputusanKind
from pipeline.storage import store
from pipeline.text import moment_in_words
from tests.desks import BACK_OFFICE, FRONT_OFFICE, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import WEDNESDAY, at_desk, bring_to, decide_at, person, submitted
from tests.integration.conftest import PASSPHRASE
from tests.integration.test_authors import substitute
from tests.integration.test_verify import behind_our_back
from tests.stored import damage_of, stored

WHO = "(SELECT person_id FROM penugasan WHERE peran = 'kepala_dinas' ORDER BY created_at LIMIT 1)"
ROLE = (
    "INSERT INTO penugasan (id, person_id, peran, jabatan, start_date, created_at)"
    " SELECT gen_random_uuid(), {who}, '{peran}', 'Wali Kota', '2026-01-01', '2026-11-25T01:00Z'"
)
#: What somebody with the database's password changes, and what is said of it.
CHANGES = {
    f"UPDATE orang SET name = 'Orang Lain' WHERE id = {WHO}": "nama diubah",
    f"UPDATE orang SET nip = '19850110 201001 1 001' WHERE id = {WHO}": "NIP diubah",
    f"UPDATE orang SET nip = NULL WHERE id = {WHO}": "NIP diubah",
    f"UPDATE orang SET nik_index = repeat('a', 64) WHERE id = {WHO}": "NIK diubah",
    f"UPDATE orang SET salt = 'x' WHERE id = {WHO}": "nama diubah",
    f"UPDATE orang SET sequence = 9 WHERE id = {WHO}": "riwayatnya tidak lengkap",
    f"UPDATE orang SET chain = '' WHERE id = {WHO}": "riwayatnya tidak lengkap",
    "INSERT INTO orang (id, name, created_at) VALUES (gen_random_uuid(), 'Baru', now())": "tidak ada dalam riwayat",
    f"UPDATE akun SET password = 'sandi penyusup' WHERE person_id = {WHO}": "akun: kata sandi diubah",
    f"UPDATE akun SET email = 'penyusup@contoh.test' WHERE person_id = {WHO}": "akun: surel diubah",
    f"UPDATE akun SET phone = '620000000000' WHERE person_id = {WHO}": "akun: nomor HP diubah",
    f"UPDATE akun SET active = false WHERE person_id = {WHO}": "akun: terbuka atau ditutup diubah",
    f"UPDATE akun SET petugas = false WHERE person_id = {WHO}": "akun: pintu masuk diubah",
    f"UPDATE akun SET password_changed_at = '2020-01-01Z' WHERE person_id = {WHO}": "waktu kata sandi diganti diubah",
    f"INSERT INTO second_factor (account_id, secret, last_step, recovery, created_at)"
    f" SELECT id, 'milik penyusup', 0, '{{}}', now() FROM akun WHERE person_id = {WHO}": "akun: kode masuk diubah",
    f"DELETE FROM akun WHERE person_id = {WHO}": "akun ada dalam riwayatnya, hilang dari tabel",
    "INSERT INTO akun (id, person_id, email, petugas, password_changed_at, created_at)"
    f" SELECT gen_random_uuid(), {WHO}, 'kedua@contoh.test', true, now(), now()": "akun ada di tabel",
    ROLE.format(who=WHO, peran="kabid_perizinan"): "peran kabid_perizinan mulai 2026-01-01 ada di tabel",
    f"DELETE FROM penugasan WHERE person_id = {WHO}": "peran kepala_dinas mulai 2026-01-01 ada dalam riwayatnya",
    f"UPDATE penugasan SET peran = 'admin' WHERE person_id = {WHO}": "peran diubah",
    f"UPDATE penugasan SET jabatan = 'Wali Kota' WHERE person_id = {WHO}": "jabatan diubah",
    f"UPDATE penugasan SET start_date = '2020-01-01' WHERE person_id = {WHO}": "tanggal mulai diubah",
    f"UPDATE penugasan SET end_date = '2030-01-01' WHERE person_id = {WHO}": "tanggal sampai diubah",
    f"UPDATE penugasan SET assignment_letter = '800/1' WHERE person_id = {WHO}": "surat perintah diubah",
    f"UPDATE penugasan SET letter_sha256 = repeat('a', 64) WHERE person_id = {WHO}": "pindaian surat perintah diubah",
    f"UPDATE penugasan SET replaces = {WHO} WHERE person_id = {WHO}": "menggantikan diubah",
    f"UPDATE penugasan SET basis = 'plh', assignment_letter = '1', end_date = '2030-01-01', replaces = {WHO}"
    f" WHERE person_id = {WHO}": "dasar peran diubah",
    f"UPDATE perubahan_akun SET data = '{{}}' WHERE person_id = {WHO}": "rantai riwayatnya putus pada catatan 1",
    f"UPDATE perubahan_akun SET state = '{{}}' WHERE person_id = {WHO}": "rantai riwayatnya putus pada catatan 1",
    f"UPDATE perubahan_akun SET at = at - interval '1 day' WHERE person_id = {WHO}": "putus pada catatan 1",
    f"UPDATE perubahan_akun SET actor = {WHO} WHERE person_id = {WHO}": "putus pada catatan 1",
    f"DELETE FROM perubahan_akun WHERE person_id = {WHO}": "riwayatnya tidak lengkap",
}  # fmt: skip


def found() -> list[str]:
    return [f.sentence for f in verify_all()[1]]


@pytest.mark.parametrize(("change", "said"), CHANGES.items(), ids=range(1, len(CHANGES) + 1))
def test_every_change_of_a_person_is_found_and_named(kantor, db: Engine, change: str, said: str) -> None:
    assert found() == []
    behind_our_back(db, change)
    assert any(said in sentence and sentence.startswith("orang ") for sentence in found()), found()


def test_every_act_upon_a_person_leaves_them_in_good_order(kantor) -> None:
    """Made, named, promoted, closed, opened, ended: each is one entry, and the tables are as the last one says."""
    admin, person_id = Petugas(person(Peran.ADMIN), Peran.ADMIN), person(SEKRETARIS)
    with unit_of_work() as s:
        account_id = s.scalars(select(Account.id).where(Account.person_id == person_id)).one()
    identify(account_id, "", "6372010101800001", actor=admin, now=WEDNESDAY)
    peran = grant_role(person_id, BACK_OFFICE, "Analis", start_date=WEDNESDAY.date(), actor=admin, now=WEDNESDAY)
    deactivate(account_id, actor=admin, now=WEDNESDAY)
    reopen(account_id, actor=admin, now=WEDNESDAY)
    end_assignment(peran.id, end_date=WEDNESDAY.date(), actor=admin, now=WEDNESDAY)
    assert found() == []


def test_a_person_who_is_deleted_whole_is_found_by_the_daily_head(kantor, db: Engine) -> None:
    make_daily_head(now=WEDNESDAY)
    own = f"person_id = '{kantor[BACK_OFFICE].person_id}'"
    behind_our_back(
        db,
        *(f"DELETE FROM {t} WHERE {own}" for t in ("perubahan_akun", "penugasan", "akun")),
        f"DELETE FROM orang WHERE id = '{kantor[BACK_OFFICE].person_id}'",
    )
    assert found() == ["berkas atau orang hilang seluruhnya, padahal ada pada kepala harian nomor 1"]
    behind_our_back(db, "DELETE FROM daily_leaf", "DELETE FROM daily_head")
    assert any("riwayat sampai peristiwa 1 hilang" in k for k in found()), "the file outside has it"
    assert len(head_files()) == 1


@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE orang SET name = 'Wali Kota' WHERE name = 'Petugas Kepala Dinas'",
        f"UPDATE orang SET nip = '19850110 201001 1 001' WHERE id = {WHO}",
        "UPDATE penugasan SET jabatan = 'Wali Kota' WHERE peran = 'kepala_dinas'",
        "UPDATE orang SET name = 'Orang Lain' WHERE name = 'Petugas Kabid Perizinan'",
        "UPDATE penugasan SET start_date = '2020-01-01' WHERE peran = 'sekretaris'",
        f"UPDATE akun SET password = 'sandi penyusup' WHERE person_id = {WHO}",
    ],
)
def test_nothing_is_signed_by_or_after_people_who_were_forged(kantor, db: Engine, forged: str) -> None:
    p = submitted(person())
    bring_to(p, "tanda_tangan", kantor)
    behind_our_back(db, forged)
    with pytest.raises(NotAllowedYet, match="tidak cocok dengan riwayatnya"):
        _sign(p, kantor[KEPALA_DINAS])


def test_a_signer_who_was_put_in_by_hand_signs_nothing(kantor, db: Engine) -> None:
    """A Back Office officer made Kepala Dinas in the table alone, with a certificate of their own."""
    p = submitted(person())
    bring_to(p, "tanda_tangan", kantor)
    person_id = kantor[BACK_OFFICE].person_id
    create_certificate(settings().data / "tte", str(person_id), "Penyusup", Secret(PASSPHRASE))
    behind_our_back(db, ROLE.format(who=f"'{person_id}'::uuid", peran="kepala_dinas"))
    with pytest.raises(NotAllowedYet, match="peran kepala_dinas"):
        _sign(p, Petugas(person_id, KEPALA_DINAS))


def test_an_approval_by_a_role_that_was_put_in_and_taken_out_again_is_found(kantor, db: Engine) -> None:
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    person_id = kantor[FRONT_OFFICE].person_id
    behind_our_back(db, ROLE.format(who=f"'{person_id}'::uuid", peran="kabid_perizinan"))
    decide_at(p, Petugas(person_id, KABID_PERIZINAN), KeputusanKind.SETUJUI)
    behind_our_back(db, f"DELETE FROM penugasan WHERE person_id = '{person_id}' AND peran = 'kabid_perizinan'")
    assert len(found()) == 1
    assert "pelakunya tidak pernah memegang peran kabid_perizinan hari itu" in found()[0]
    bring_to(p, "tanda_tangan", kantor)
    with pytest.raises(NotAllowedYet, match="tidak pernah memegang peran"):
        _sign(p, kantor[KEPALA_DINAS])


def looked_at(n: int) -> None:
    """Personal data were opened, ``n`` times, and once it was refused."""
    then, actor = real_now() - timedelta(hours=1), Petugas(person(BACK_OFFICE), BACK_OFFICE)
    for _ in range(n):
        record_access(uuid4(), "berkas KTP", "memeriksa berkas", actor=actor, now=then)
    record_refusal(Refusal(actor.person_id, "back_office", "GET", "/x", {}, 404, "-"), now=then)


LOGS = {
    "DELETE FROM akses_data": "catatan akses data sampai hari itu",
    "DELETE FROM akses_data WHERE id = 3": "catatan akses data sampai hari itu",
    "DELETE FROM akses_data WHERE id = (SELECT min(id) FROM akses_data)": "catatan akses data sampai hari itu",
    "UPDATE akses_data SET what = 'isian NIK'": "catatan akses data sampai hari itu",
    "UPDATE akses_data SET at = at - interval '1 day'": "catatan akses data sampai hari itu",
    "DELETE FROM akses_ditolak": "catatan akses ditolak sampai hari itu",
    "UPDATE akses_ditolak SET actor = (SELECT id FROM orang ORDER BY id LIMIT 1)": "catatan akses ditolak sampai hari",
    "DELETE FROM perubahan_kalender": "catatan perubahan kalender sampai hari itu",
    "UPDATE perubahan_kalender SET after = '{}'": "catatan perubahan kalender sampai hari itu",
    "DELETE FROM libur WHERE day = '2026-12-25'": "hari libur atau jam kerja diubah di tabel",
    "INSERT INTO libur (day, name, source, estimate) VALUES ('2026-11-27', 'Karangan', 'kantor', false)":
        "hari libur atau jam kerja diubah di tabel",
    "UPDATE libur SET name = 'Karangan' WHERE day = '2026-12-25'": "hari libur atau jam kerja diubah di tabel",
    "UPDATE office_hours SET hours = jsonb_set(hours, '{0}', '[]')": "hari libur atau jam kerja diubah di tabel",
}  # fmt: skip


@pytest.mark.parametrize(("change", "said"), LOGS.items(), ids=range(1, len(LOGS) + 1))
def test_what_belongs_to_no_file_is_bound_by_the_heads_and_the_calendar_by_its_print(
    kantor, db: Engine, change: str, said: str
) -> None:
    """Before, between and after two heads; what came after the last is not bound yet, and raises no alarm."""
    seed_calendar(WEDNESDAY)
    for day in (0, 1):
        looked_at(2)
        make_daily_head(now=WEDNESDAY + timedelta(days=day))
    looked_at(1)
    assert found() == []
    behind_our_back(db, change)
    assert any(said in sentence for sentence in found()), found()


def test_pages_of_a_document_asked_for_at_once_are_one_look(kantor) -> None:
    p, actor, now = uuid4(), kantor[BACK_OFFICE], real_now()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: record_access(p, "berkas KTP", "memeriksa", actor=actor, now=now), range(24)))
    with connection() as conn:
        assert conn.scalar(select(func.count()).select_from(DataAccess)) == 1


def test_a_head_that_is_overdue_is_said(kantor) -> None:
    assert overdue_since(WEDNESDAY) is None, "an office that has none yet"
    make_daily_head(now=WEDNESDAY)
    assert overdue_since(WEDNESDAY + timedelta(hours=35)) is None
    assert overdue_since(WEDNESDAY + timedelta(hours=37)) == WEDNESDAY
    (result,) = daily_head({})  # by the clock on the wall, years later
    assert (result.state, bool(result.remedy)) == (f"terakhir {moment_in_words(WEDNESDAY)}", True)


def test_nothing_is_signed_after_the_one_an_approver_stood_in_for_was_forged(kantor, db: Engine) -> None:
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    deputy = substitute(person(), kantor[KABID_PERIZINAN].person_id, KABID_PERIZINAN)
    decide_at(p, deputy, KeputusanKind.SETUJUI)
    bring_to(p, "tanda_tangan", kantor)
    behind_our_back(db, "UPDATE orang SET nik_index = repeat('a', 64) WHERE name = 'Petugas Kabid Perizinan'")
    with pytest.raises(NotAllowedYet, match="NIK diubah"):
        _sign(p, kantor[KEPALA_DINAS])


@pytest.fixture
def issued(kantor) -> tuple[Records, dict[str, object]]:
    """A file whose decree is out, and the row of it."""
    p = submitted(person())
    bring_to(p, "tanda_tangan", kantor)
    _sign(p, kantor[KEPALA_DINAS])
    with snapshot() as conn:
        records = read_records(conn, [p])[p]
    assert list(check_letters(records, damage_of)) == []
    (sk,) = records.rows("sk").values()
    return records, dict(sk)


def said_of(issued: tuple[Records, dict[str, object]], **changes: object) -> str:
    records, sk = issued
    records.tables["sk"] = {str(sk["id"]): {**sk, **changes}}
    return " ".join(check_letters(records, damage_of))


def test_a_letter_without_a_signature_or_with_a_strange_one_is_found(issued, tmp_path: Path) -> None:
    """What was never signed, one with a tail, one that a certificate of another root signed."""
    signed = stored(str(issued[1]["pdf_sha256"]))
    unsigned = signed[: signed.index(b"%%EOF") + 5]
    its = store(UUID(str(issued[0].permohonan["id"])))
    assert "memuat 0 tanda tangan" in said_of(issued, pdf_sha256=its.put(unsigned))
    assert "sesudah ditandatangani" in said_of(issued, pdf_sha256=its.put(signed + b"\n% ekor"))
    create_certificate(tmp_path, "penyusup", "Kepala Dinas", Secret(PASSPHRASE))
    ask = TteRequest(id="x", pdf=unsigned, official="penyusup", verification_url="https://contoh.test")
    strange = LocalSigner(tmp_path).sign(ask, Secret(PASSPHRASE)).pdf
    assert "penerbit yang dipercaya" in said_of(issued, pdf_sha256=its.put(strange))


def test_a_letter_signed_by_another_officer_or_under_another_number_is_found(issued) -> None:
    assert "sertifikat lain" in said_of(issued, certificate_digest="a" * 64)
    assert "tidak tercetak" in said_of(issued, nomor="503/9999/TD-LKS/DPMPTSP/2026")
    assert "tidak tercetak" in said_of(issued, token="kode-lain")


def _sign(p: UUID, actor: Petugas) -> None:
    desk = at_desk(p)
    sign(desk.tugas_id, Secret(PASSPHRASE), actor=actor, seen=desk.seen, now=WEDNESDAY)


def test_the_table_of_people_is_whole(db: Engine) -> None:
    """A column added to one of their tables is bound, or named here as one that tells nothing of the past."""
    free = {"id", "person_id", "created_at", "created_by", "sequence", "chain", "salt", "email_proven", "phone_proven"}
    free |= {"account_id", "last_step", "recovery", "reset_by", "reset_at"}  # of a code
    with db.connect() as conn:
        rows = conn.execute(
            text(
                "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public'"
                " AND table_name IN ('orang', 'akun', 'penugasan', 'second_factor')"
            )
        )
        assert {r.column_name for r in rows} - free == set(BOUND)


#: An escalation that would never be raised: the sweep goes by these times, and no page shows them.
SILENCED = {
    "UPDATE tugas SET eskalasi_at = NULL WHERE permohonan_id = :p AND closed_at IS NULL": "tugas rekomendasi",
    "UPDATE tugas SET eskalasi_at = tenggat + interval '1 day' WHERE permohonan_id = :p AND closed_at IS NULL":
        "tugas rekomendasi",
    "UPDATE permohonan SET eskalasi_at = NULL WHERE id = :p": "waktu peringatan berikutnya diubah",
    "UPDATE permohonan SET eskalasi_at = 'infinity' WHERE id = :p": "waktu peringatan berikutnya diubah",
}  # fmt: skip


@pytest.mark.parametrize(("change", "said"), SILENCED.items(), ids=range(1, len(SILENCED) + 1))
def test_a_lapse_that_nobody_would_be_told_of_is_found(kantor, db: Engine, change: str, said: str) -> None:
    p = submitted(person())
    bring_to(p, "rekomendasi", kantor)
    assert found() == []
    behind_our_back(db, change.replace(":p", f"'{p}'"))
    assert any(said in sentence and "peringatan berikutnya" in sentence for sentence in found()), found()
