"""Notices on a real database, a real SMTP server and a real gateway: each arrives once, or is seen to have failed."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from pipeline.channels import Delivery, Send
from pipeline.channels.gateway import GatewayChannel
from pipeline.channels.others import OtherChannel
from pipeline.channels.smtp import EmailChannel
from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret
from pipeline.models import Account, Notice, Outbox, Penugasan, Permohonan, Person, Sk
from pipeline.queries.applicant.notices import count_undelivered, read_bell, read_mailbox, unread_of
from pipeline.retries import ATTEMPTS_AT_MOST
from pipeline.rules.notices.rules import DAYS_TO_EXPIRY, Channel, Kind
from pipeline.services.applicant.close import accept_sk, withdraw
from pipeline.services.applicant.form import create_draft, save_isian
from pipeline.services.applicant.submit import submit
from pipeline.services.deadlines.applicant_reminders import sweep_reminders
from pipeline.services.deadlines.escalate import sweep_escalations
from pipeline.services.desk.sign import sign
from pipeline.services.notices import send as notice_sending
from pipeline.services.notices import write as notices
from pipeline.services.notices.send import resend, resend_failed
from pipeline.services.notices.write import News, tell
from pipeline.services.records.persons import note_person
from pipeline.settings import Mode, settings
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS, KABID_PERIZINAN, KEPALA_DINAS, SEKRETARIS
from tests.factories import (
    SOP,
    WEDNESDAY,
    at_desk,
    bring_to,
    decide_at,
    deliver,
    filled_in,
    person,
    submitted,
    work_off,
)
from tests.integration.conftest import PASSPHRASE
from tests.integration.fake_gateway import Gateway
from tests.integration.fake_smtp import SmtpServer
from tests.owner import as_owner

DAYS = timedelta(days=1)
REASON = "Jumlah pengurus pada BAP tidak sama dengan akta."
SHORT = 1.5  # seconds a channel waits: longer than a busy machine needs for one answer


def count_unread(person_id: UUID) -> int | None:
    """The number on a person's bell."""
    with unit_of_work() as s:
        return s.scalar(select(unread_of(Person.id, within=Person)).where(Person.id == person_id))


def with_account(person_id: UUID, email: str | None = "ahmad@contoh.test", phone: str | None = None) -> UUID:
    with unit_of_work() as s:
        s.add(
            Account(
                person_id=person_id,
                email=email,
                phone=phone,
                password="-",
                petugas=False,
                active=True,
                password_changed_at=WEDNESDAY,
                created_at=WEDNESDAY,
            )
        )
        note_person(s, person_id, "akun_dibuat", {}, actor=None, now=WEDNESDAY)
    return person_id


def rows(*which: object) -> list[Notice]:
    with unit_of_work() as s:
        return list(s.scalars(select(Notice).where(*which).order_by(Notice.key)))


def told(person_id: UUID) -> list[str]:
    return [f"{p.kind}/{p.channel}" for p in rows(Notice.person_id == person_id)]


def one(channel: Channel) -> Notice:
    (p,) = rows(Notice.channel == channel)
    return p


def outbox(channel: Channel = Channel.SUREL) -> Outbox:
    with unit_of_work() as s:
        return s.scalars(select(Outbox).where(Outbox.key == one(channel).key)).one()


def run(channel: Channel = Channel.SUREL, times: int = 1) -> Notice:
    """What a worker does with the message of the only notice of a channel."""
    for _ in range(times):
        deliver([outbox(channel).id])
    return one(channel)


@pytest.fixture
def news(kantor: object) -> Iterator[UUID]:
    """An applicant with an e-mail address who has one notice waiting to leave."""
    person_id = with_account(person(name="Ahmad Fauzi"))
    _tell(person_id)
    return person_id


def _tell(person_id: UUID, key: str = "uji") -> None:
    permohonan_id = create_draft(SOP.code, person_id, now=WEDNESDAY)
    facts = {
        "nomor": "LKS-2026-483920",
        "izin": SOP.name,
        "surat": "Surat Keputusan",
        "diterima": "ya",
        "janji": "5 hari",
        "jumlah": 0,
    }
    report = News(kind=Kind.TERBIT, key=key, permohonan_id=permohonan_id, link="/permohonan", facts=facts)
    with unit_of_work() as s:
        tell(s, report, [person_id], now=WEDNESDAY)


@pytest.fixture
def through(monkeypatch: pytest.MonkeyPatch) -> Callable[[Send], None]:
    """Let notices leave by this channel."""
    return lambda send: monkeypatch.setattr(notice_sending, "channel", lambda *_: send)


@pytest.fixture
def smtp(through: Callable[[Send], None]) -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        through(EmailChannel(server.settings, "izin.kota.test", time_limit=SHORT))
        yield server


@pytest.fixture
def gateway(through: Callable[[Send], None]) -> Iterator[Gateway]:
    with Gateway() as server:
        through(GatewayChannel(server.url, time_limit=SHORT))
        yield server


# Which news reaches whom


def test_the_applicant_is_told_of_arrival_and_of_the_signed_document(kantor):
    pemohon = with_account(person())
    p = submitted(pemohon)
    work_off()
    assert told(pemohon) == ["diterima/lonceng", "diterima/surel"]
    bring_to(p, "tanda_tangan", kantor)
    desk = at_desk(p)
    sign(desk.tugas_id, Secret(PASSPHRASE), actor=kantor[KEPALA_DINAS], seen=desk.seen, now=WEDNESDAY)
    work_off()
    assert told(pemohon) == ["diterima/lonceng", "diterima/surel", "terbit/lonceng", "terbit/surel"]
    assert {x.status for x in rows()} == {"terkirim"}
    assert count_unread(pemohon) == 2
    letter, again = read_mailbox(page=1)
    assert not again
    assert {x.link for x in letter} == {f"/permohonan/{p}/tanda-terima", f"/permohonan/{p}/sk"}
    assert {x.recipient for x in letter} == {"ahmad@contoh.test"}


def test_a_return_names_how_much_and_no_word_of_the_reason(kantor):
    pemohon = with_account(person())
    p = filled_in(pemohon, swapped=True)
    submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
    work_off()
    (letter,) = rows(Notice.kind == "perbaikan", Notice.channel == "surel")
    assert re.search(r"Ada \d+ hal pada permohonan LKS-2026-\d{6} yang perlu Anda perbaiki", letter.content)
    assert letter.link == f"/permohonan/{p}"


def test_each_return_is_told_and_each_once(kantor):
    pemohon = person()
    p = submitted(pemohon)
    for _ in range(2):
        bring_to(p, "rekomendasi", kantor)
        decide_at(p, kantor[DINAS_TEKNIS], KeputusanKind.KEMBALIKAN, target="ajukan", reason=REASON)
        work_off()
        with unit_of_work() as s:
            s.execute(update(Outbox).values(closed_at=None))  # the broker doubles everything
        work_off()
        submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
    work_off()
    assert told(pemohon) == ["diterima/lonceng", "perbaikan/lonceng", "perbaikan/lonceng"]


def test_taking_an_application_back_is_confirmed_and_dropping_a_draft_is_not(kantor):
    pemohon = person()
    withdraw(create_draft(SOP.code, pemohon, now=WEDNESDAY), actor=pemohon, now=WEDNESDAY)
    assert told(pemohon) == []
    withdraw(submitted(pemohon), actor=pemohon, now=WEDNESDAY)
    assert told(pemohon) == ["dibatalkan/lonceng"]


def test_an_officer_hears_that_a_file_came_back_unless_they_have_left(kantor):
    p = submitted(person())
    bring_to(p, "paraf_sekretaris", kantor)
    technical = with_account(kantor[DINAS_TEKNIS].person_id)
    decide_at(p, kantor[SEKRETARIS], KeputusanKind.KEMBALIKAN, target="rekomendasi", reason=REASON)
    work_off()
    assert told(technical) == ["kembali/lonceng"]
    decide_at(p, kantor[DINAS_TEKNIS], KeputusanKind.KIRIM)
    with unit_of_work() as s:
        s.execute(update(Penugasan).where(Penugasan.peran == "sekretaris").values(end_date=date(2026, 11, 24)))
    work_off()
    assert told(kantor[SEKRETARIS].person_id) == []


def test_a_lapse_reaches_everybody_who_holds_the_superiors_role_once_per_level(kantor):
    other = with_account(person(KABID_PERIZINAN), email="kabid2@kota.test")
    former = person(KABID_PERIZINAN)
    with unit_of_work() as s:
        s.execute(update(Penugasan).where(Penugasan.person_id == former).values(end_date=date(2026, 11, 24)))
    p = submitted(person())
    bring_to(p, "rekomendasi", kantor)
    for hari in (9, 10, 11):  # past the four working days
        sweep_escalations(now=WEDNESDAY + hari * DAYS)
    kabid, technical = kantor[KABID_PERIZINAN].person_id, kantor[DINAS_TEKNIS].person_id
    assert told(kabid) == ["eskalasi/lonceng"]
    assert told(other) == ["eskalasi/lonceng", "eskalasi/surel"]
    assert told(technical) == ["eskalasi/lonceng"]
    assert told(former) == []
    (on_desk,) = rows(Notice.person_id == technical)
    assert on_desk.link == f"/petugas/tugas/{at_desk(p).tugas_id}"


def test_a_channel_the_office_does_not_have_is_not_written_for(kantor, monkeypatch):
    bare = replace(settings(), mode=Mode.PRODUCTION, smtp=None, message_url="")
    monkeypatch.setattr(notices, "settings", lambda: bare)
    pemohon = with_account(person(), phone="628115001001")
    submitted(pemohon)
    work_off()
    assert told(pemohon) == ["diterima/lonceng"]


# Reminders


def test_a_draft_left_lying_is_reminded_of_after_two_and_seven_days(kantor):
    pemohon = person()
    draft = create_draft(SOP.code, pemohon, now=WEDNESDAY)
    for hours in range(0, 24 * 12, 6):
        sweep_reminders(now=WEDNESDAY + timedelta(hours=hours))
    at = [p.created_at - WEDNESDAY for p in rows(Notice.kind == "draf")]
    assert sorted(at) == [2 * DAYS, 7 * DAYS]
    save_isian(draft, {"nama_lembaga": "Panti Kasih"}, actor=pemohon, now=WEDNESDAY + 12 * DAYS)
    assert sweep_reminders(now=WEDNESDAY + 13 * DAYS) == 0
    assert sweep_reminders(now=WEDNESDAY + 14 * DAYS) == 1


def test_a_beat_dead_for_nine_days_reminds_once(kantor):
    create_draft(SOP.code, person(), now=WEDNESDAY)
    assert [sweep_reminders(now=WEDNESDAY + 9 * DAYS) for _ in range(2)] == [1, 0]


def test_what_was_sent_or_dropped_or_is_old_news_is_not_reminded_of(kantor):
    pemohon = person()
    submitted(pemohon)
    withdraw(create_draft(SOP.code, pemohon, now=WEDNESDAY), actor=pemohon, now=WEDNESDAY)
    create_draft(SOP.code, pemohon, now=WEDNESDAY - 60 * DAYS)
    assert sweep_reminders(now=WEDNESDAY + 3 * DAYS) == 0


def test_the_end_of_a_tanda_daftar_is_told_sixty_days_before_and_once(kantor):
    pemohon = person()
    p = submitted(pemohon)
    bring_to(p, "tanda_tangan", kantor)
    desk = at_desk(p)
    sk_id = sign(desk.tugas_id, Secret(PASSPHRASE), actor=kantor[KEPALA_DINAS], seen=desk.seen, now=WEDNESDAY)
    accept_sk(p, actor=pemohon, now=WEDNESDAY)
    with unit_of_work() as s:
        end = s.get_one(Sk, sk_id).valid_until_date
    assert end
    until = WEDNESDAY + (end - WEDNESDAY.date())
    counts = [sweep_reminders(now=until - n * DAYS) for n in (DAYS_TO_EXPIRY + 1, DAYS_TO_EXPIRY, 30, 1, -1)]
    assert counts == [0, 1, 0, 0, 0]
    (reminder,) = rows(Notice.kind == "berakhir")
    assert (reminder.person_id, reminder.link) == (pemohon, "/permohonan/baru")


def test_one_bad_draft_stops_no_other_reminder(kantor):
    damaged, good = person(), person()
    with as_owner() as s:
        s.execute(
            update(Permohonan)
            .where(Permohonan.id == create_draft(SOP.code, damaged, now=WEDNESDAY))
            .values(sop_version=999)
        )
    create_draft(SOP.code, good, now=WEDNESDAY)
    assert sweep_reminders(now=WEDNESDAY + 3 * DAYS) == 1
    assert told(good) == ["draf/lonceng"]


# E-mail


@pytest.mark.attack("A13")
def test_a_letter_arrives_as_written(smtp, news):
    p = run()
    assert (p.status, p.attempts, p.error, outbox().closed_at is not None) == ("terkirim", 1, None, True)
    (letter,) = smtp.handler.letters
    assert letter["To"] == "ahmad@contoh.test"
    assert letter["Subject"] == "Surat Keputusan untuk permohonan LKS-2026-483920 sudah terbit"
    assert letter["Message-ID"] == f"<{p.id}@izin.kota.test>"
    text, html = (part.get_content() for part in letter.iter_parts())
    assert "Yth. Ahmad Fauzi," in text
    assert f"{settings().base_url}/permohonan" in text
    assert f'href="{settings().base_url}/permohonan"' in html
    assert list(letter.iter_attachments()) == []


@pytest.mark.attack("A21", "B10")
def test_names_carry_neither_headers_nor_a_nik_nor_markup(smtp, news):
    with as_owner() as s:
        wicked = "6372010101800001\r\nBcc: x@y.test\r\n\r\n.\r\n<b onload=x>{{7*7}}"
        s.execute(update(Person).where(Person.id == news).values(name=wicked))
    assert run().status == "terkirim"
    (letter,) = smtp.handler.letters
    text, html = (part.get_content() for part in letter.iter_parts())
    assert letter["Bcc"] is None
    assert "6372010101800001" not in text + html
    assert "<b onload" not in html
    assert "{{7*7}}" in text


@pytest.mark.parametrize("setback", ["450 sibuk", "421 nanti", "cut", "hang"])
def test_a_setback_before_the_letter_is_handed_over_is_tried_again(smtp, news, setback):
    smtp.handler.rcpt = [setback, setback]
    assert [run().status for _ in range(4)] == ["menunggu", "menunggu", "terkirim", "terkirim"]
    assert len(smtp.handler.letters) == 1


def test_a_letter_refused_for_now_is_tried_again_later_each_time(smtp, news):
    smtp.handler.data = ["451 greylisted", "451 greylisted"]
    wait = []
    for _ in range(2):
        p = run()
        row = outbox()
        assert (p.status, p.error, row.error) == (
            "menunggu",
            "Server surel belum dapat menerima (451).",
            "SendingFailed",
        )
        wait.append(row.try_at - real_now())
    assert timedelta(seconds=29) < wait[0] < wait[1]
    assert run().status == "terkirim"
    assert len(smtp.handler.letters) == 1


@pytest.mark.parametrize("at", ["rcpt", "data"])
def test_a_letter_refused_for_good_is_not_tried_again(smtp, news, at):
    setattr(smtp.handler, at, ["550 tidak ada", "550 tidak ada"])
    p = run(times=3)
    assert (p.status, p.attempts, p.error) == ("gagal", 1, "Server surel menolak surat ini (550).")
    assert count_undelivered() == 1
    assert smtp.handler.asked == 1


@pytest.mark.parametrize("setback", ["keep cut", "keep hang", "cut", "hang"])
def test_a_letter_whose_answer_was_lost_is_shown_and_never_sent_again_by_itself(smtp, news, setback):
    smtp.handler.data = [setback]
    p = run(times=4)
    assert (p.status, p.attempts, count_undelivered()) == ("tidak_pasti", 1, 1)
    assert len(smtp.handler.letters) == setback.startswith("keep")


def test_tries_are_bounded_and_the_failure_is_visible_then_the_operator_sends_again(smtp, news):
    smtp.handler.rcpt = ["450 sibuk"] * ATTEMPTS_AT_MOST
    p = run(times=ATTEMPTS_AT_MOST + 2)
    assert (p.status, p.attempts, outbox().stuck_at) == ("gagal", ATTEMPTS_AT_MOST, None)
    assert resend(p.id, now=WEDNESDAY)
    assert not resend(p.id, now=WEDNESDAY)  # it is on its way
    assert run().status == "terkirim"
    assert smtp.handler.letters[0]["Message-ID"] == f"<{p.id}@izin.kota.test>"


def test_a_server_that_is_not_there_is_a_setback(through, news):
    with SmtpServer() as server:
        gone = server.settings
    through(EmailChannel(gone, "izin.kota.test", time_limit=SHORT))
    p = run()
    assert (p.status, p.error) == ("menunggu", "Server surel tidak terjangkau (ConnectionRefusedError).")


def test_no_password_is_sent_in_the_clear_to_another_machine(smtp, news, through):
    elsewhere = replace(smtp.settings, host="0.0.0.0", user="izin", password="rahasia")  # noqa: S104 - this machine by a name that does not say so
    through(EmailChannel(elsewhere, "izin.kota.test", time_limit=SHORT))
    p = run()
    assert (p.status, p.error) == (
        "menunggu",
        "Server surel tidak menawarkan TLS, jadi tidak ada yang dikirim lewatnya.",
    )


def test_in_production_no_letter_leaves_for_another_machine_in_the_clear(smtp, news, through):
    elsewhere = replace(smtp.settings, host="0.0.0.0", tls_required=True)  # noqa: S104 - this machine by a name that does not say so
    through(EmailChannel(elsewhere, "izin.kota.test", time_limit=SHORT))
    assert run().status == "menunggu"
    assert smtp.handler.letters == []


def test_everything_that_surely_failed_is_sent_again_at_once_and_nothing_else(smtp, news):
    smtp.handler.rcpt = ["550 tidak ada"]
    run()
    _tell(news, "kedua")
    smtp.handler.data = ["keep hang"]
    work_off()
    assert sorted(p.status for p in rows(Notice.channel == "surel")) == ["gagal", "tidak_pasti"]
    assert resend_failed(now=WEDNESDAY) == 1
    work_off()
    assert sorted(p.status for p in rows(Notice.channel == "surel")) == ["terkirim", "tidak_pasti"]
    assert len(smtp.handler.letters) == 2


def test_a_person_without_an_address_any_more_is_a_visible_failure(smtp, news):
    with unit_of_work() as s:
        s.execute(update(Account).values(active=False))
    assert run().status == "gagal"
    assert smtp.handler.letters == []


# Once


def test_doubled_messages_at_the_same_time_send_once(through, news):
    begun, go_on, sent = threading.Event(), threading.Event(), list[UUID]()

    def slow(delivery: Delivery) -> None:
        sent.append(delivery.id)
        begun.set()
        assert go_on.wait(20)

    through(slow)
    row = outbox().id
    first = threading.Thread(target=deliver, args=([row],))
    first.start()
    assert begun.wait(20)
    deliver([row, row])
    assert one(Channel.SUREL).status == "mengirim"
    go_on.set()
    first.join(20)
    deliver([row])
    assert (len(sent), one(Channel.SUREL).status) == (1, "terkirim")


def test_a_process_that_died_while_sending_leaves_it_uncertain(through, news):
    calls = []

    def dies(delivery: Delivery) -> None:
        calls.append(delivery.id)
        raise SystemExit

    through(dies)
    with pytest.raises(SystemExit):
        run()
    assert one(Channel.SUREL).status == "mengirim"
    p = run(times=3)
    assert (p.status, len(calls), outbox().closed_at is not None) == ("tidak_pasti", 1, True)
    through(lambda delivery: calls.append(delivery.id))
    assert resend(p.id, now=WEDNESDAY)
    assert (run().status, len(calls)) == ("terkirim", 2)


# Messages to phones


@pytest.fixture
def phone(kantor: object) -> None:
    _tell(with_account(person(name="Ahmad Fauzi"), email=None, phone="628115001001"))


@pytest.mark.usefixtures("phone")
@pytest.mark.parametrize("setback", [500, 503, 429, 401, (200, {"status": False, "reason": "kuota"})])
def test_a_gateway_that_fails_and_recovers_delivers_once(gateway, setback):
    gateway.answers = [setback, setback]
    assert [run(Channel.PESAN).status for _ in range(4)] == ["menunggu", "menunggu", "terkirim", "terkirim"]
    (message,) = gateway.taken
    assert message["telepon"] == "628115001001"
    assert f"Unduh suratnya: {settings().base_url}/permohonan" in message["pesan"]
    assert gateway.headers[0]["Idempotency-Key"] == str(one(Channel.PESAN).id)


@pytest.mark.usefixtures("phone")
@pytest.mark.parametrize("setback", ["hang", "cut", 502, 504])
def test_a_gateway_that_hangs_leaves_it_uncertain(gateway, setback):
    gateway.answers = [setback]
    assert run(Channel.PESAN, times=3).status == "tidak_pasti"
    assert gateway.taken == []
    assert resend(one(Channel.PESAN).id, now=WEDNESDAY)
    assert (run(Channel.PESAN).status, len(gateway.taken)) == ("terkirim", 1)


@pytest.mark.usefixtures("phone")
def test_a_gateway_that_refuses_or_is_not_there(gateway, through):
    gateway.answers = [400]
    assert run(Channel.PESAN).status == "gagal"
    resend(one(Channel.PESAN).id, now=WEDNESDAY)
    with Gateway() as other:
        gone = other.url
    through(GatewayChannel(gone, time_limit=SHORT))
    assert run(Channel.PESAN).status == "menunggu"


@pytest.mark.usefixtures("phone")
@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # apprise's own import
def test_another_service_says_yes_or_leaves_it_uncertain(gateway, through):
    through(OtherChannel(gateway.url + "/{telepon}"))
    gateway.answers = [500]
    assert run(Channel.PESAN, times=2).status == "tidak_pasti"
    resend(one(Channel.PESAN).id, now=WEDNESDAY)
    assert (run(Channel.PESAN).status, len(gateway.taken)) == ("terkirim", 1)


# The bell


def test_a_bell_has_pages_and_belongs_to_one_person(kantor):
    me, other_person = person(), person()
    for n in range(27):
        _tell_bell(me, n)
    _tell_bell(other_person, 99)
    ring, again = read_bell(me, page=1)
    assert (len(ring), again, count_unread(me)) == (25, True, 27)
    assert len(read_bell(me, page=2)[0]) == 2


def _tell_bell(person_id: UUID, n: int) -> None:
    with unit_of_work() as s:
        s.add(
            Notice(
                key=f"{person_id}:{n}",
                kind="draf",
                person_id=person_id,
                channel="lonceng",
                title="J",
                content="I",
                link="/permohonan",
                status="terkirim",
                created_at=WEDNESDAY,
                delivered_at=WEDNESDAY,
            )
        )
