"""What runs, and should not stay as it is: one list, for the start, the operator's page and ``alurizin doctor``."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from pipeline.rules.notices.rules import Channel
from pipeline.rules.opening.checklist import back_up_remedy
from pipeline.rules.opening.facts import MachineFacts, PeopleFacts
from pipeline.text import moment_in_words

BACKUP_AT_MOST = timedelta(hours=24)
#: The month from which next year's holidays may be known.
NEXT_YEAR_FROM = 7


@dataclass(frozen=True, slots=True)
class Finding:
    """What is lacking, and what to do."""

    subject: str
    sentence: str
    remedy: str


def machine_findings(facts: MachineFacts) -> Iterator[Finding]:
    """What the settings and the data folder lack."""
    if not facts.signer:
        yield Finding(
            "Tanda tangan",
            "BSrE tidak diatur: surat ditandatangani dengan sertifikat buatan aplikasi ini, hanya untuk uji coba.",
            "Atur ALURIZIN_BSRE_URL dan berkas-berkasnya.",
        )
    mail = Channel.SUREL in facts.channels
    if not mail:
        yield Finding(
            "Surel",
            "Surel tidak diatur: tidak ada kabar dan tautan yang dikirim lewat surel.",
            "Atur SMTP_URL dan MAIL_FROM.",
        )
    if Channel.PESAN not in facts.channels:
        yield Finding(
            "Pesan ke HP",
            "Gerbang pesan tidak diatur: "
            + ("kabar hanya dikirim lewat surel." if mail else "pemohon hanya mendapat kabar di dalam aplikasi."),
            "Atur ALURIZIN_PESAN_URL.",
        )
    if not facts.scanner:
        yield Finding(
            "Pemindai",
            "Pemindai virus tidak diatur: berkas unggahan hanya diperiksa oleh aplikasi ini sendiri.",
            "Pasang clamav-daemon dan atur ALURIZIN_CLAMAV.",
        )
    yield from _backup(facts)


def _backup(facts: MachineFacts) -> Iterator[Finding]:
    remedy = back_up_remedy(facts)
    if facts.backup_at is None:
        yield Finding("Cadangan", "Cadangan belum pernah dibuat.", remedy)
    elif facts.now - facts.backup_at > BACKUP_AT_MOST:
        last = moment_in_words(facts.backup_at)
        yield Finding("Cadangan", f"Cadangan terakhir dibuat {last}, lebih dari 24 jam yang lalu.", remedy)


def people_findings(facts: PeopleFacts) -> Iterator[Finding]:
    """What the office's own tables lack."""
    if facts.administrators < 2:
        number = "satu orang saja" if facts.administrators else "tidak ada orangnya"
        yield Finding(
            "Administrator",
            f"Administrator yang dapat masuk {number}: bila ia berhalangan, tidak ada yang dapat memberi akses.",
            "Beri peran administrator kepada orang kedua di /admin/pengguna.",
        )
    year = facts.today.year
    for one in (year, year + 1) if facts.today.month >= NEXT_YEAR_FROM else (year,):
        if one not in facts.years:
            yield Finding(
                "Kalender",
                f"Tabel hari libur {one} masih kosong: tenggat dihitung seolah tidak ada libur.",
                f"Isi hari libur {one} di /admin/kalender.",
            )
