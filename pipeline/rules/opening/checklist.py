"""The way from an empty office to its first application: each step with its state, and what to do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.kantor import Kantor
from pipeline.rules.notices.rules import Channel, NoticeStatus
from pipeline.rules.opening.facts import MachineFacts, OpeningFacts, Papers, TriedMessage
from pipeline.text import moment_in_words

NOT_OPEN = (
    "Kantor ini belum dibuka untuk menerima permohonan. Isian dan dokumen Anda tetap tersimpan, dan dapat dikirim "
    "begitu kantor dibuka."
)
NO_SIGNER = (
    "Kantor ini belum dapat menerima permohonan: penanda tangan elektronik belum ada. Isian dan dokumen Anda tetap "
    "tersimpan, dan dapat dikirim begitu penanda tangannya ada."
)
TRIAL_NEEDED = (
    "Kantor ini belum terhubung dengan BSrE dan tidak sedang dalam masa uji coba, jadi surat belum dapat "
    "ditandatangani. Minta administrator membuka halaman Persiapan kantor."
)
CERTIFICATE_PAGE = "/petugas/sertifikat"
CREATE_ACCOUNTS = "Buat akun untuk setiap orang dan beri perannya."
SET_PASSWORDS = "Minta yang menunggu kata sandi membuka tautannya; tautan baru dikirim dari halaman akunnya."


class Step(StrEnum):
    """The steps, in the order in which a new office takes them."""

    KANTOR = "kantor"
    IZIN = "izin"
    PETUGAS = "petugas"
    LIBUR = "libur"
    TEMPLAT = "templat"
    PESAN = "pesan"
    TANDA_TANGAN = "tanda_tangan"
    CADANGAN = "cadangan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A step: whether it is done, in which words, and what to do about it where. ``must``: nothing opens without it."""

    step: Step
    title: str
    done: bool
    state: Sequence[str]
    remedy: str = ""
    address: str = ""
    link: str = ""
    must: bool = True


def checklist(facts: OpeningFacts, papers: Papers | None = None) -> tuple[Item, ...]:
    """Every step; the papers only where they were tried."""
    tried = (_papers(papers),) if papers else ()
    first = (_office(facts), _permits(facts), _people(facts), _holidays(facts))
    return (*first, *tried, _messages(facts), _signer(facts), _backup(facts))


def missing(facts: OpeningFacts) -> tuple[Item, ...]:
    """What the office must have and does not."""
    return tuple(item for item in checklist(facts) if item.must and not item.done)


def back_up_remedy(facts: MachineFacts) -> str:
    """Which commands bring a backup about. A key that is there is not made anew: it may be that of older backups."""
    if facts.backup_key:
        return "Jalankan “alurizin cadangkan FOLDER”."
    return "Buat kuncinya dengan “alurizin kunci-cadangan FILE”, lalu jalankan “alurizin cadangkan FOLDER”."


def sample_left(kantor: Kantor, own_file: bool) -> Iterator[str]:
    """What an office's file still has of the sample that ships with the code."""
    if not own_file:
        yield "Yang dipakai masih kantor.toml contoh, bukan milik kantor ini."
    for agency in kantor.instansi.values():
        words = {
            "alamat": "contoh" in agency.address.lower(),
            "surel": agency.email.lower().endswith(".example"),
            "situs": agency.site.lower().endswith(".example"),
        }
        if left := [word for word, is_left in words.items() if is_left]:
            yield f"{agency.abbreviation}: {', '.join(left)} masih contoh."


def _office(facts: OpeningFacts) -> Item:
    return Item(
        step=Step.KANTOR,
        title="Data kantor",
        done=not facts.sample,
        state=facts.sample or [facts.office],
        remedy="Tulis nama, alamat, instansi dan jabatan kantor Anda di kantor.toml, lalu jalankan ulang aplikasi.",
    )


def _permits(facts: OpeningFacts) -> Item:
    """A file that came from another office would issue decrees under that office's rules."""
    state = [
        f"{name} menyebut {', '.join(towns)}, padahal kantor ini {facts.place}."
        for name, towns in facts.elsewhere.items()
    ]
    return Item(
        step=Step.IZIN,
        title="Isi izin",
        done=not state,
        state=state or [f"Tidak ada izin yang menyebut daerah selain {facts.place}."],
        remedy="Periksa dasar hukum, tembusan, wilayah dan templat pada berkas SOP itu; ganti dengan milik daerah ini."
        if state
        else "",
        must=False,
    )


def _people(facts: OpeningFacts) -> Item:
    return Item(
        step=Step.PETUGAS,
        title="Jabatan dan orang",
        done=not (facts.vacant or facts.waiting),
        state=[*facts.vacant, *facts.waiting] or ["Setiap meja dan atasan pada izin yang berlaku ada orangnya."],
        remedy=" ".join([CREATE_ACCOUNTS] * bool(facts.vacant) + [SET_PASSWORDS] * bool(facts.waiting)),
        address="/admin/pengguna",
        link="Akun dan peran",
    )


def _holidays(facts: OpeningFacts) -> Item:
    year = facts.people.today.year
    done = year in facts.people.years
    return Item(
        step=Step.LIBUR,
        title=f"Hari libur {year}",
        done=done,
        state=[f"Tabel hari libur {year} {'sudah ada' if done else 'masih kosong'}."],
        remedy="Salin dari keputusan bersama tiga menteri, lalu tambah libur daerah.",
        address="/admin/kalender",
        link="Kalender kantor",
    )


def _papers(papers: Papers) -> Item:
    return Item(
        step=Step.TEMPLAT,
        title="Templat surat",
        done=not papers.errors and not papers.waiting,
        state=papers.errors or [_tried_papers(papers)],
        remedy="Perbaiki berkas Word itu di folder templat kantor; diperiksa lagi sendiri." if papers.errors else "",
        must=False,
    )


def _tried_papers(papers: Papers) -> str:
    if papers.waiting:
        return f"{papers.waiting} dari {papers.total} naskah sedang diperiksa; hasilnya ada dalam beberapa menit."
    return f"{papers.total} naskah lolos pemeriksaan."


def _messages(facts: OpeningFacts) -> Item:
    arrived = [tried for tried in facts.tried if tried.status is NoticeStatus.TERKIRIM]
    if not facts.machine.channels:
        state = ["Belum ada surel maupun gerbang pesan."]
        remedy = "Atur SMTP_URL dan MAIL_FROM, atau ALURIZIN_PESAN_URL, lalu jalankan ulang aplikasi."
    else:
        state = [_tried(tried) for tried in facts.tried] or ["Belum ada pesan uji yang dikirim."]
        remedy = "Kirim pesan uji ke alamat Anda sendiri, dan pastikan pesannya sampai."
    return Item(step=Step.PESAN, title="Surel atau pesan ke HP", done=bool(arrived), state=state, remedy=remedy)


def _tried(tried: TriedMessage) -> str:
    name = {Channel.SUREL: "surel", Channel.PESAN: "pesan ke HP"}.get(tried.channel, tried.channel)
    words = {
        NoticeStatus.TERKIRIM: "sampai di server tujuan",
        NoticeStatus.GAGAL: "gagal",
        NoticeStatus.TIDAK_PASTI: "tidak pasti sampai",
    }
    said = words.get(tried.status, "sedang dikirim; muat ulang halaman ini sebentar lagi")
    at = moment_in_words(tried.delivered_at or tried.sent_at)
    return f"Pesan uji lewat {name} {said} ({at}).{f' {tried.error}' if tried.error else ''}"


def _signer(facts: OpeningFacts) -> Item:
    trial, machine = facts.trial, facts.machine
    if machine.signer:
        state = f"BSrE, lewat {machine.signer}."
    elif machine.demo:
        state = "Mode demo: sertifikat buatan aplikasi ini, dan suratnya mengatakannya."
    elif trial:
        since = moment_in_words(trial.at)
        state = f"Masa uji coba sejak {since}, dinyatakan {trial.actor}: sertifikat buatan aplikasi ini."
        if facts.unsigned:
            return _uncertified(facts, state)
    else:
        state = "Belum ada yang menandatangani secara sah: BSrE belum diatur."
    return Item(
        step=Step.TANDA_TANGAN,
        title="Tanda tangan elektronik",
        done=bool(machine.signer or machine.demo or trial),
        state=[state],
        remedy="Atur ALURIZIN_BSRE_URL dan berkas-berkasnya, atau nyatakan masa uji coba di halaman ini.",
    )


def _uncertified(facts: OpeningFacts, state: str) -> Item:
    """Local certificates are made by those who sign, and by nobody else."""
    who = {desk: ", ".join(names) or "belum ada orangnya" for desk, names in facts.unsigned.items()}
    makers = sorted({name for names in facts.unsigned.values() for name in names})
    make = f"{CERTIFICATE_PAGE} setelah masuk dengan akunnya sendiri"
    return Item(
        step=Step.TANDA_TANGAN,
        title="Tanda tangan elektronik",
        done=False,
        state=[state, *(f"Meja {desk} belum punya sertifikat penanda tangan: {said}." for desk, said in who.items())],
        remedy=f"Minta {' atau '.join(makers)} membuat sertifikatnya di {make}."
        if makers
        else f"Beri peran meja itu di /admin/pengguna; lalu orangnya membuat sertifikatnya di {make}.",
    )


def _backup(facts: OpeningFacts) -> Item:
    at = facts.machine.backup_at
    return Item(
        step=Step.CADANGAN,
        title="Cadangan",
        done=at is not None,
        state=[f"Cadangan terakhir {moment_in_words(at)}." if at else "Belum pernah dibuat cadangan."],
        remedy=back_up_remedy(facts.machine),
    )
