"""An approval of the draft on the table: who may give it, and what is written."""

from datetime import datetime
from uuid import UUID

from pipeline.errors import NotAllowedYet, SamePerson
from pipeline.json import Json
from pipeline.models import Approval
from pipeline.services.desk.naskah import drafted_as_headed
from pipeline.services.people.identity import persons_named
from pipeline.services.records.locking import LockedPermohonan
from pipeline.services.records.sets import Rows, new_rows


def guard_approver(file: LockedPermohonan) -> None:
    """Nobody approves a draft twice, or what they wrote, for themselves or for another; the database refuses it too."""
    if file.draft_id is None:
        raise NotAllowedYet("Draft belum disusun.")
    if not drafted_as_headed(file):
        raise NotAllowedYet("Arah berkas ini sudah berubah sejak drafnya disusun. Kembalikan agar disusun ulang.")
    if file.already_approved:
        raise SamePerson
    if file.has_written or file.replaced_nik in persons_named(file.content, file.sop):
        raise SamePerson(
            "Anda, atau orang yang Anda gantikan, ikut menulis yang disetujui di sini: draf, formulir meja atau "
            "permohonannya. Persetujuan ini harus diberikan orang lain."
        )


def approved(file: LockedPermohonan) -> Json:
    """What the peristiwa tells of that approval."""
    return {"setuju_naskah": file.naskah_hash}


def approval(file: LockedPermohonan, actor: UUID, now: datetime) -> Rows:
    """An approval of the draft on the table. A tugas ends once, so its approval carries its id."""
    row: Json = {
        "id": file.tugas_id,
        "permohonan_id": file.permohonan_id,
        "draft_id": file.draft_id,
        "langkah": file.langkah.code,
        "person_id": actor,
        "on_behalf_of": file.replaces,
        "acting_as": file.acting_as,
        "at": now,
    }
    return new_rows(Approval, row)
