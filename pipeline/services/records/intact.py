"""Before a file goes on: is what it relies on still what was handed in, drafted and approved?"""

from collections.abc import Iterator
from uuid import UUID

import structlog
from sqlalchemy.orm import Session

from pipeline.errors import BerkasDamaged, BerkasLost, NotAllowedYet
from pipeline.queries.records.files import read_records
from pipeline.roles import Peran
from pipeline.services.people.actor import Petugas
from pipeline.services.records.locking import NASKAH, PHOTO, TEMPLAT, LockedPermohonan
from pipeline.services.records.verify.file import check, check_records
from pipeline.services.records.verify.persons import check_actors
from pipeline.storage import Damage, store

log = structlog.get_logger()

_WORDS = {Damage.RUSAK: "rusak", Damage.HILANG: "hilang"}
_RESTORE = "Operator sudah diberi tahu dan dapat memulihkannya dari cadangan"


def guard_intact(file: LockedPermohonan) -> None:
    """Every kept file this permohonan relies on has the bytes it is named after. Raises BerkasDamaged, BerkasLost."""
    for what, damage in _damaged(file):
        if damage:
            error = BerkasLost if damage is Damage.HILANG else BerkasDamaged
            raise error(f"{_name(file, what)} {_WORDS[damage]} di penyimpanan kantor. {_way_forward(file, what)}")


def is_intact(file: LockedPermohonan) -> bool:
    """The same as an answer."""
    return not any(damage for _, damage in _damaged(file))


def guard_record(s: Session, file: LockedPermohonan, actor: Petugas) -> None:
    """Tables, words and documents of the file are what its chain says, and who acts and acted is who they are said
    to be, in the roles they were given: nothing else is ever signed.

    Raises NotAllowedYet; BerkasDamaged where it is a kept file.
    """
    guard_intact(file)
    conn = s.connection()
    records = read_records(conn, [file.permohonan_id])[file.permohonan_id]
    acting = {actor.person_id, file.replaces or actor.person_id, file.pemohon_id}
    if problems := [*check_records(records), *check_actors(conn, records, acting)]:
        log.error("catatan tidak cocok dengan riwayat", nomor=file.nomor, temuan=problems)
        raise NotAllowedYet(
            f"Catatan berkas ini tidak cocok dengan riwayatnya ({problems[0]}), jadi belum dapat ditandatangani."
            " Minta operator menjalankan `alurizin verify` sebelum mencoba lagi."
        )


def guard_letter(s: Session, permohonan_id: UUID) -> None:
    """What a letter is about to tell of the past is what the chain says. Raises NotAllowedYet."""
    if problems := list(check(s.connection(), permohonan_id)):
        log.error("catatan tidak cocok dengan riwayat", permohonan_id=str(permohonan_id), temuan=problems)
        raise NotAllowedYet(
            "Surat ini belum dapat dibuat: catatan berkasnya tidak cocok dengan riwayatnya. Sampaikan ke loket agar"
            " operator memeriksanya, lalu coba lagi."
        )


def _damaged(file: LockedPermohonan) -> Iterator[tuple[str, Damage | None]]:
    """What each kept file is, and what is wrong with it. Templates are the office's own."""
    its, own = store(file.permohonan_id), store()
    for what, sha256 in file.kept:
        yield what, (own if what == TEMPLAT else its).damage(sha256)


def _name(file: LockedPermohonan, what: str) -> str:
    if what in NASKAH:
        return "Naskah" if what == "naskah" else "Templat naskah"
    if what == PHOTO:
        return "Foto formulir"
    return next((t.name for t in file.sop.syarat if t.code == what), what)


def _way_forward(file: LockedPermohonan, what: str) -> str:
    if file.peran == Peran.PEMOHON:
        return f"Hapus dokumen itu dan unggah lagi, atau kirim nanti. {_RESTORE}."
    desk = "penyusunan" if what in NASKAH else "yang mengisi formulirnya" if what == PHOTO else "pemohon"
    return f"{_RESTORE}; berkas ini juga dapat dikembalikan ke {desk} untuk diperbaiki."
