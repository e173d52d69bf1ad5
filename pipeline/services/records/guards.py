"""Who may act on a permohonan that has been locked: the first lines of every service that changes one."""

from uuid import UUID

from pipeline.errors import DecidedAlready, NaskahChanged, NotAuthorised, NotFound, SessionEnded, TakenAlready
from pipeline.rules.transitions import Seen, Status
from pipeline.services.people.actor import Petugas
from pipeline.services.people.identity import persons_named
from pipeline.services.records.locking import LockedPermohonan

#: Whoever began something may not finish it: logged out, without the role, or the file is in other hands.
NO_LONGER_MAY_ACT = (SessionEnded, NotAuthorised, TakenAlready)


def guard_desk(file: LockedPermohonan, actor: Petugas) -> None:
    """The tugas is open, on a desk of this person, not in a colleague's hands, and not the person's own application."""
    if file.peran != actor.peran:
        raise NotFound
    if file.acting_as is None:
        raise NotAuthorised("Anda tidak memegang peran meja ini hari ini. Hubungi administrator bila ini keliru.")
    if file.status == Status.DIBATALKAN:
        raise DecidedAlready("Permohonan ini sudah dibatalkan pemohonnya.")
    if file.closed_tugas:
        raise DecidedAlready(_decided_by(file))
    _guard_own(file, actor)
    if file.taken_by not in (None, actor.person_id):
        raise TakenAlready(f"Berkas ini sedang dikerjakan {file.in_hand}.")
    if file.automatic:
        raise TakenAlready("Berkas ini sedang diperiksa sistem. Muat ulang halaman sebentar lagi.")


def _guard_own(file: LockedPermohonan, actor: Petugas) -> None:
    """Nobody decides on an application that is theirs, or that names them, under whatever account."""
    if file.pemohon_id == actor.person_id and file.sop.by_applicant:
        raise NotAuthorised("Ini permohonan Anda sendiri, jadi harus diputus petugas lain.")
    if file.acting_nik in persons_named(file.content, file.sop):
        raise NotAuthorised(
            "Ini permohonan Anda sendiri: NIK Anda tercantum di dalamnya. Petugas lain yang memutusnya."
        )


def guard_own(file: LockedPermohonan, actor: UUID) -> None:
    """The application is this applicant's; where a desk opens the file, this person sits there, or has opened it."""
    if file.langkah is file.sop.first and not file.sop.by_applicant:
        if file.acting_as is None:
            raise NotFound
    elif file.pemohon_id != actor:
        raise NotFound


def guard_applicant(file: LockedPermohonan, actor: UUID) -> None:
    """The application is theirs to fill in: their own, it lies with them, and not in a colleague's hands."""
    guard_own(file, actor)
    guard_form_open(file)
    if file.taken_by not in (None, actor):
        raise TakenAlready(f"Berkas ini sedang dikerjakan {file.in_hand}.")


def guard_form_open(file: LockedPermohonan) -> None:
    """It lies where it is filled in, whoever does."""
    word = file.sop.file_word.capitalize()
    if file.status == Status.DIBATALKAN:
        raise DecidedAlready(f"{word} ini sudah dibatalkan, jadi tidak dapat diubah atau dikirim lagi.")
    if file.closed_tugas or not file.sop.fills(file.langkah):
        raise DecidedAlready(f"{word} ini sudah dikirim dan tidak dapat diubah kecuali dikembalikan kepada Anda.")


def guard_seen(file: LockedPermohonan, seen: Seen) -> None:
    """Nobody approves what they did not have on screen."""
    naskah = file.naskah_hash if file.langkah.approval else None
    if seen.version != file.tugas_version or (naskah is not None and seen.naskah_hash != naskah):
        raise NaskahChanged


def _decided_by(file: LockedPermohonan) -> str | None:
    return f"Berkas ini sudah diputus {file.in_hand}." if file.in_hand else None
