"""Notices without a database: which news, by which channel, in which words; and what a setting for them may say."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from pipeline.channels import Delivery, Refused, alive, health
from pipeline.channels.gateway import _address, _payload
from pipeline.channels.smtp import build_message
from pipeline.errors import DefinitionError
from pipeline.kantor.office import kantor
from pipeline.rules.notices.rules import FOR_PETUGAS, Channel, Kind, channels_for, news_at
from pipeline.rules.notices.words import BUTTON, Envelope, NoticeWords, compose, greeting, mask, write
from pipeline.rules.transitions import Status
from pipeline.settings import Mode, Smtp, read_settings, settings
from pipeline.sop.registry import SOPS

SNAPSHOT = Path(__file__).parents[1] / "snapshots" / "notices.txt"
SOP = SOPS["td_lks"]
EVERY = frozenset(Channel)
PERMOHONAN = UUID("6f1d2a34-5b6c-4d7e-8f90-a1b2c3d4e5f6")
FACTS: dict[str, str | int] = {
    "diterima": "ya",
    "nomor": "LKS-2026-483920", "izin": SOP.name, "janji": str(SOP.janji), "jumlah": 3, "tanggal": "24 Januari 2031",
    "waktu": "25 November 2026 09.00 WITA", "nomor_sk": "503/0001/TD-LKS/DPMPTSP/2026", "meja": "Front Office",
    "langkah": "Memverifikasi berkas permohonan", "batas": "10 menit", "kepada": "Kabid Perizinan", "tingkat": "lewat",
    "service_janji": "", "kosong": "", "lewat": 2, "lainnya": 1, "surat": "SK", "sampai": "23 Februari 2027",
    "rincian": "LKS-2026-483920, meja Front Office (batas 10 menit): lewat batas waktu.\n\n"
    "LKS-2026-118230, meja Dinas Teknis (batas 4 hari kerja): hampir lewat batas waktu.",
    "kode": "048213", "menit": 30, "dokumen": "KTP", "alasan": "HP hilang, rusak, atau berganti nomor",
    "hal": "Kode masuk akun Anda dipasang", "pemilik": "Siti Rahmah", "peminta": "Budi Santoso",
    "peran": "Sekretaris", "jabatan": "Sekretaris Dinas", "hasil": "dikonfirmasi",
    "head_number": 12, "sidik": "mGmTqL4h0yq2V5cWnB7sXo9dQkEfRjUaIzPtHvYxwKM",
    "tanda_tangan": "c2Vjb250b2gtdGFuZGEtdGFuZ2FuLXlhbmctcGFuamFuZy1zZWthbGk",
}  # fmt: skip
SMTP_KANTOR = Smtp(
    host="localhost", port=25, tls=False, sender="Perizinan <izin@kota.test>", reply_to="loket@kota.test"
)


def envelope(name: str = "Ahmad Fauzi", kind: Kind = Kind.TERBIT) -> Envelope:
    address = f"https://izin.kota.test/permohonan/{PERMOHONAN}"
    return Envelope(name=name, address=address, button=BUTTON[kind], kantor=kantor())


def delivery(**other: str) -> Delivery:
    ordinary = {
        "recipient": "ahmad@contoh.test",
        "title": "Judul",
        "text": "Teks\n.titik",
        "html": "<p>Teks</p>",
        **other,
    }
    return Delivery(id=PERMOHONAN, **ordinary)


@pytest.mark.parametrize(
    ("langkah", "status", "kunjungan", "news"),
    [
        ("periksa", Status.BERJALAN, 1, Kind.DITERIMA),
        ("periksa", Status.BERJALAN, 2, None),
        ("ajukan", Status.PERBAIKAN, 1, Kind.PERBAIKAN),
        ("terima", Status.BERJALAN, 1, None),
        ("paraf_kabid", Status.BERJALAN, 1, None),
        ("terima_sk", Status.TERBIT, 1, Kind.TERBIT),
        ("terima_sk", Status.DITOLAK, 1, Kind.DITOLAK),
    ],
)
def test_news_of_a_step(langkah, status, kunjungan, news):
    assert news_at(SOP, SOP[langkah], nomor="LKS-2026-000001", status=status, kunjungan=kunjungan) is news


def test_the_second_step_is_news_once_and_the_third_never():
    def news(langkah, kunjungan):
        return news_at(SOP, langkah, nomor="LKS-1", status=Status.BERJALAN, kunjungan=kunjungan)

    assert [news(t, 1) for t in SOP.langkah[1:-1]] == [Kind.DITERIMA, *[None] * 6]
    assert not any(news(t, 2) for t in SOP.langkah[1:-1])


def test_a_draft_is_no_news():
    assert all(news_at(SOP, t, nomor=None, status=Status.DRAF, kunjungan=1) is None for t in SOP.langkah)


def test_the_bell_always_and_one_other_channel_at_most():
    assert channels_for(Kind.TERBIT, email=True, phone=True, alive=EVERY) == ("lonceng", "surel")
    assert channels_for(Kind.TERBIT, email=False, phone=True, alive=EVERY) == ("lonceng", "pesan")
    assert channels_for(Kind.TERBIT, email=True, phone=True, alive={Channel.PESAN}) == ("lonceng", "pesan")
    assert channels_for(Kind.TERBIT, email=True, phone=True, alive=set()) == ("lonceng",)


def test_officers_get_mail_for_what_is_late_and_no_message_on_their_phone():
    assert channels_for(Kind.ESKALASI, email=True, phone=True, alive=EVERY) == ("lonceng", "surel")
    assert channels_for(Kind.ESKALASI, email=False, phone=True, alive=EVERY) == ("lonceng",)
    assert channels_for(Kind.KEMBALI, email=True, phone=True, alive=EVERY) == ("lonceng",)


@pytest.mark.parametrize(
    ("email", "phone", "alive", "ways"),
    [
        (True, True, EVERY, ("lonceng", "surel", "pesan")),
        (True, True, {Channel.PESAN}, ("lonceng", "pesan")),
        (False, True, EVERY, ("lonceng", "pesan")),
        (True, False, EVERY, ("lonceng", "surel")),
        (True, True, set(), ("lonceng",)),
    ],
)
def test_what_might_be_somebody_elses_doing_is_told_in_every_way(
    email: bool, phone: bool, alive: set[Channel], ways: tuple[str, ...]
) -> None:
    assert channels_for(Kind.KODE_LOKET, email=email, phone=phone, alive=alive) == ways


def every_notice() -> str:
    """Each kind as mail, one of them as a message and as HTML, to be read by a person."""
    parts = []
    for kind in Kind:
        level = ("pengingat", "lewat", "dua_kali", "berkas_4_hari", "berkas_5_hari")
        janji = {"berkas_4_hari", "berkas_5_hari"}
        empty: dict[str, str | int] = {**FACTS, "kosong": "Kabid Perizinan"}
        lapses = [{**FACTS, "tingkat": t, "service_janji": t if t in janji else ""} for t in level]
        kinds = {Kind.ESKALASI: [*lapses, empty], Kind.RINGKASAN: [FACTS, {**empty, "lainnya": 0, "lewat": 0}]}
        for facts in kinds.get(kind, [FACTS]):
            letter = compose(Channel.SUREL, write(kind, facts), envelope(kind=kind))
            parts.append(f"=== {kind}\n{letter.title}\n\n{letter.text}")
    naskah = write(Kind.PERBAIKAN, {**FACTS, "jumlah": 0})
    parts.append(f"=== pesan\n{compose(Channel.PESAN, naskah, envelope(kind=Kind.PERBAIKAN)).text}")
    parts.append(f"=== html\n{compose(Channel.SUREL, naskah, envelope(kind=Kind.PERBAIKAN)).html}")
    return "\n\n".join(parts) + "\n"


def test_words_are_as_they_were_read_and_accepted():
    """To accept a change of wording: read every_notice(), and replace the file under tests/snapshots."""
    assert every_notice() == SNAPSHOT.read_text(encoding="utf-8")


def test_every_kind_has_words_a_button_and_a_short_subject():
    for kind in Kind:
        naskah = write(kind, FACTS)
        assert BUTTON[kind]
        assert 0 < len(naskah.title) <= 78
        assert "\n" not in naskah.title
        assert naskah.content.strip()


figure = st.text(st.sampled_from("0123456789٠١٢٣٤٥٦٧٨٩ .-_/\n\u200b\u00a0"), min_size=0, max_size=60)
similar_nik = st.one_of(
    figure,
    st.text(max_size=60),
    st.integers(10**15, 10**19).map(str),
    st.tuples(figure, st.text(max_size=9)).map("".join),
)


@effort(max_examples=60, deadline=None)
@given(
    name=similar_nik, value=st.fixed_dictionaries(dict.fromkeys(FACTS, similar_nik)), kind=st.sampled_from(list(Kind))
)
def test_no_number_as_long_as_a_nik_leaves_the_house(name, value, kind):
    """Whatever was typed into whichever field. The link is ours and is left out of the search."""
    naskah = write(kind, value)
    for channel in (Channel.SUREL, Channel.PESAN):
        letter = compose(channel, naskah, envelope(name))
        for text in (letter.title, letter.text, letter.html, naskah.title, naskah.content):
            without_link = text.replace(str(PERMOHONAN), "")
            assert not re.search(r"\d(?:[\s.\-]?\d){15}", without_link)


@pytest.mark.parametrize(
    ("name", "greeted"),
    [("x" * 100, "x" * 100), ("x" * 101, "x" * 100), ("", "Bapak/Ibu"), (" \n ", "Bapak/Ibu"), ("Siti\nA", "Siti A")],
)
def test_a_name_is_greeted_with_its_first_hundred_letters(name, greeted):
    assert greeting(name) == greeted


@pytest.mark.parametrize(
    ("text", "masked"),
    [("3" * 15, False), ("3" * 16, True), ("6372 0512 0380 0001", True), ("1.2.3.4.5.6.7.8.9.0.1.2.3.4.5", False)],
)
def test_a_number_of_sixteen_digits_is_masked_and_one_of_fifteen_is_not(text, masked):
    assert mask(text) == ("[nomor disamarkan]" if masked else text)


@effort(max_examples=40, deadline=None)
@given(name=st.text(max_size=300))
def test_a_greeting_is_one_short_line_of_text(name):
    line = greeting(name)
    assert 0 < len(line) <= 100
    assert line.isprintable()
    html = compose(Channel.SUREL, NoticeWords("J", "I"), envelope(f"{name}<script>{{{{7*7}}}}")).html
    assert "<script>" not in html


@pytest.mark.parametrize(
    "purpose",
    [
        "a@b.test\r\nBcc: c@d.test", "a@b.test\nBcc: c@d.test", "a@b.test, c@d.test", "a@b.test;c@d.test", "a b@c.test",
        "<a@b.test>", "a@b", "", "a@@b.test", '"a"@b.test', "ä@b.test", "a@b.test\x00", "-oQ@b.test\r",
    ],
)  # fmt: skip
def test_an_address_that_would_say_more_is_refused(purpose):
    with pytest.raises(Refused):
        build_message(delivery(recipient=purpose), SMTP_KANTOR, "izin.kota.test")


@pytest.mark.attack("A21")
@effort(max_examples=15, deadline=None)
@given(title=st.text(max_size=200), name=st.text(max_size=120))
def test_no_word_becomes_a_header(title, name):
    naskah = write(Kind.TERBIT, {**FACTS, "nomor": f"{title}\r\nBcc: x@y.test"})
    letter = compose(Channel.SUREL, naskah, envelope(f"{name}\r\nBcc: x@y.test"))
    message = build_message(
        delivery(title=letter.title, text=letter.text, html=letter.html), SMTP_KANTOR, "izin.kota.test"
    )
    read = message_from_bytes(message.as_bytes(), policy=SMTP)
    assert read["Bcc"] is None
    assert read.get_all("To") == ["ahmad@contoh.test"]


def test_a_letter_says_who_it_is_from_and_keeps_its_identity():
    message = build_message(delivery(), SMTP_KANTOR, "izin.kota.test")
    assert message["From"] == "Perizinan <izin@kota.test>"
    assert message["Reply-To"] == "loket@kota.test"
    assert message["Message-ID"] == f"<{PERMOHONAN}@izin.kota.test>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [p.get_content_type() for p in message.iter_parts()] == ["text/plain", "text/html"]
    assert all(byte < 128 for byte in message.as_bytes())


def test_a_gateways_fields_can_be_renamed_left_out_and_added():
    content = _payload(delivery(recipient="628115001001"), {"telepon": "target", "judul": "", "device": "7"})
    assert content == {"id": str(PERMOHONAN), "target": "628115001001", "pesan": "Teks\n.titik", "device": "7"}
    assert _address("jsons://u:s@gerbang.test:8443/kirim?+Authorization=x") == "https://gerbang.test:8443/kirim"


ENVIRONMENT = {"DATABASE_URL": "postgresql:///x", "CELERY_BROKER_URL": "redis://x"}


def test_mail_settings_are_read_and_the_password_may_lie_in_a_file(tmp_path):
    (tmp_path / "sandi").write_text("r@hasia\n")
    env = {**ENVIRONMENT, "SMTP_URL": "smtp://izin%40kota:x@surel.kota.test", "MAIL_FROM": "Izin <izin@kota.test>"}
    smtp = read_settings({**env, "SMTP_PASSWORD_FILE": str(tmp_path / "sandi")}).smtp
    assert smtp
    assert (smtp.host, smtp.port, smtp.tls, smtp.user, smtp.password) == (
        "surel.kota.test",
        587,
        False,
        "izin@kota",
        "r@hasia",
    )
    assert "r@hasia" not in repr(smtp)
    smtps = read_settings({**env, "SMTP_URL": "smtps://surel.kota.test"}).smtp
    assert smtps
    assert (smtps.port, smtps.tls, smtps.user) == (465, True, "")


@pytest.mark.parametrize(
    "env",
    [
        {"SMTP_URL": "surel.kota.test"},
        {"SMTP_URL": "http://surel.kota.test", "MAIL_FROM": "a@b.test"},
        {"SMTP_URL": "smtp://surel.kota.test"},
        {"SMTP_URL": "smtp://surel.kota.test:port", "MAIL_FROM": "a@b.test"},
        {"SMTP_URL": "smtp://[surel", "MAIL_FROM": "a@b.test"},
        {"SMTP_URL": "smtp://surel.kota.test", "MAIL_FROM": "a@b.test\r\nBcc: c@d.test"},
        {"SMTP_URL": "smtp://surel.kota.test", "MAIL_FROM": "bukan surel"},
        {"SMTP_URL": "smtp://surel.kota.test", "MAIL_FROM": "a@b.test", "MAIL_REPLY_TO": "x"},
        {"ALURIZIN_PESAN_URL": "json://"},
        {"ALURIZIN_PESAN_URL": "whatsapp://token@dari/628115001001"},
        {"ALURIZIN_PESAN_URL": "gerbang.kota.test"},
    ],
)
def test_a_wrong_setting_is_named(env):
    with pytest.raises(DefinitionError, match=r"SMTP_URL|MAIL_|ALURIZIN_PESAN_URL"):
        read_settings({**ENVIRONMENT, **env})


def test_an_office_without_a_channel_is_told_so():
    this_kantor = replace(settings(), mode=Mode.PRODUCTION, smtp=None, message_url="")
    assert alive(this_kantor) == {Channel.LONCENG}
    assert [k.running for k in health(this_kantor)] == [False, False]
    assert all("atur" in k.description for k in health(this_kantor))
    complete = replace(this_kantor, smtp=SMTP_KANTOR, message_url="jsons://t:rahasia@gerbang.test/kirim?+Token=abc")
    assert alive(complete) == EVERY
    assert "abc" not in "".join(k.description for k in health(complete))
    assert "rahasia" not in "".join(k.description for k in health(complete))


def test_the_demo_keeps_its_mail():
    assert alive(replace(settings(), smtp=None, message_url="")) == EVERY


def test_officers_news_is_told_apart():
    about_files = {Kind.KEMBALI, Kind.ESKALASI, Kind.RINGKASAN, Kind.KEPALA_HARIAN}
    assert about_files | {Kind.LEPAS_KODE, Kind.PERAN_DIAJUKAN, Kind.PERAN_HASIL} == FOR_PETUGAS
