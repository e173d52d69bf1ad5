"""Which step makes which news, and by which channels it reaches a person. Pure."""

from collections.abc import Set
from enum import StrEnum

from pipeline.rules.transitions import Status
from pipeline.sop.values import Langkah, Sop


class Kind(StrEnum):
    """The kinds of news. Each has its words in ``templates/<kind>.txt``."""

    DITERIMA = "diterima"
    PERBAIKAN = "perbaikan"
    TERBIT = "terbit"
    DITOLAK = "ditolak"
    SELESAI = "selesai"
    TINDAKAN = "tindakan"
    DIBATALKAN = "dibatalkan"
    DRAF = "draf"
    BELUM_DIAMBIL = "belum_diambil"
    BERAKHIR = "berakhir"
    KEMBALI = "kembali"
    ESKALASI = "eskalasi"
    RINGKASAN = "ringkasan"
    # Letters about an account (pipeline/services/people/account_letters.py)
    KODE = "kode"
    TERDAFTAR = "terdaftar"
    TAUTAN = "tautan"
    KODE_SANDI = "kode_sandi"
    SANDI_DIGANTI = "sandi_diganti"
    ALAMAT_DIGANTI = "alamat_diganti"
    KODE_LOKET = "kode_loket"  # the counter has made a code for a new password
    KODE_MASUK = "kode_masuk"
    LEPAS_KODE = "lepas_kode"
    PERAN_DIAJUKAN = "peran_diajukan"
    PERAN_HASIL = "peran_hasil"
    KEPALA_HARIAN = "kepala_harian"
    PESAN_UJI = "pesan_uji"  # whether a channel works: to the address of who asks, proven or not


class Channel(StrEnum):
    """How a notice travels."""

    SUREL = "surel"
    PESAN = "pesan"  # to a phone, through a gateway
    LONCENG = "lonceng"  # in the application itself: there as soon as it is written


class NoticeStatus(StrEnum):
    """How far a notice has come."""

    MENUNGGU = "menunggu"
    MENGIRIM = "mengirim"
    TERKIRIM = "terkirim"
    GAGAL = "gagal"
    TIDAK_PASTI = "tidak_pasti"  # it left, and the answer did not come


#: News for officers: the bell rings, and what is late is sent by e-mail too; their phones are left alone.
FOR_PETUGAS = frozenset(
    {
        *(Kind.KEMBALI, Kind.ESKALASI, Kind.RINGKASAN, Kind.KEPALA_HARIAN),
        *(Kind.LEPAS_KODE, Kind.PERAN_DIAJUKAN, Kind.PERAN_HASIL),
    }
)
#: For the bell alone; of a password a letter of its own tells, also where an address is not proven.
BELL_ALONE = frozenset({Kind.KEMBALI, Kind.SANDI_DIGANTI})
#: What might be somebody else's doing: by every way the owner can be reached.
EVERY_WAY = frozenset({Kind.KODE_LOKET})

#: Days after the last edit at which an applicant is reminded of a draft, and after which it is left in peace.
DRAFT_DAYS, DRAFT_DAYS_AT_MOST = (2, 7), 30
#: Days before a signed paper ends at which its holder is reminded.
DAYS_TO_EXPIRY = 60


def news_at(sop: Sop, langkah: Langkah, *, nomor: str | None, status: str, kunjungan: int) -> Kind | None:
    """The applicant's news when a file has arrived at ``langkah``; a draft that was never sent makes none."""
    if nomor is None or not sop.by_applicant:
        return None
    if langkah.code == sop.first.code:
        return Kind.PERBAIKAN
    if langkah.asks:
        return Kind.TINDAKAN if status == Status.TINDAKAN else Kind.PERBAIKAN
    if status in (Status.TERBIT, Status.DITOLAK):
        return Kind.TERBIT if status == Status.TERBIT else Kind.DITOLAK
    return Kind.DITERIMA if sop.position(langkah.code) == 1 and kunjungan == 1 else None


def news_of_end(sop: Sop, langkah: Langkah, status: str) -> Kind | None:
    """The applicant's news when a decision at ``langkah`` has closed the file; of what is signed they knew before."""
    if not sop.by_applicant:
        return None
    if langkah.signature:
        return Kind.DITOLAK if status == Status.DITOLAK else Kind.TERBIT
    return Kind.SELESAI if sop.signing is None and status == Status.SELESAI else None


def channels_for(kind: Kind, *, email: bool, phone: bool, alive: Set[Channel]) -> tuple[Channel, ...]:
    """The channels for a person with or without an e-mail address and a phone; ``alive``: what this office can use.

    The bell always; beside it e-mail, or a message to the phone of an applicant who cannot be reached by e-mail; of
    what might be somebody else's doing both.
    """
    if kind in BELL_ALONE:
        return (Channel.LONCENG,)
    if kind in EVERY_WAY:
        ways = ((Channel.SUREL, email), (Channel.PESAN, phone))
        return (Channel.LONCENG, *(way for way, has_one in ways if has_one and way in alive))
    if email and Channel.SUREL in alive:
        return (Channel.LONCENG, Channel.SUREL)
    if phone and Channel.PESAN in alive and kind not in FOR_PETUGAS:
        return (Channel.LONCENG, Channel.PESAN)
    return (Channel.LONCENG,)
