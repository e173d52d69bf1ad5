"""The other end of an unknown outcome: the provider did sign, and the signer brings its document."""

from datetime import datetime
from uuid import UUID

from pipeline.db import unit_of_work
from pipeline.documents.signing import ResultInvalid, signing_service
from pipeline.errors import InputInvalid, NotAllowedYet
from pipeline.models import Sk
from pipeline.rules.history.register import is_unknown
from pipeline.services.desk.approval import guard_approver
from pipeline.services.desk.sign import issue
from pipeline.services.people.actor import Petugas
from pipeline.services.records.attempt import attempt_of
from pipeline.services.records.guards import guard_desk
from pipeline.services.records.intact import guard_record
from pipeline.services.records.locking import lock_tugas
from pipeline.services.records.numbers import number_of
from pipeline.settings import settings
from pipeline.storage import store

UNRECORDED = (
    "Percobaan itu terhenti sebelum suratnya dikirim, jadi tidak mungkin ada surat bertanda tangan dari percobaan itu. "
    "Catat sebagai belum ditandatangani."
)


def accept_signed(tugas_id: UUID, pdf: bytes, *, actor: Petugas, now: datetime) -> None:
    """Issue the document that an unknown attempt made after all, under the number and date it carries.

    It must be the very document that was sent, signed once, by the officer of that attempt. Raises InputInvalid when it
    is not, NotAllowedYet when nothing is unknown.
    """
    with unit_of_work() as s:
        file = lock_tugas(s, tugas_id, person_id=actor.person_id, session_id=actor.session_id, now=now)
        guard_desk(file, actor)
        guard_approver(file)
        guard_record(s, file, actor)
        sk = attempt_of(s, file)
        if sk is None or not is_unknown(sk.status, sk.created_at, sk.provider, now):
            raise NotAllowedYet("Tidak ada tanda tangan yang perlu dicek pada berkas ini.")
        signed = {
            "certificate_digest": _signature(sk, pdf),
            "pdf_sha256": store(file.permohonan_id).put(pdf),
            "pdf_size": len(pdf),
        }
        issue(s, file, sk.id, number_of(file, sk, sk.day), signed, actor=actor, now=now)


def _signature(sk: Sk, pdf: bytes) -> str:
    """The fingerprint of the certificate that signed what was sent in this attempt."""
    from pipeline.documents.signing.verify import verify_result

    if sk.sent_sha256 is None:
        raise NotAllowedYet(UNRECORDED)
    signer = signing_service(settings())
    try:
        return verify_result(
            store(sk.permohonan_id).get(sk.sent_sha256),
            pdf,
            root=signer.root(),
            digest=signer.digest(str(sk.signer_id)),
            incremental=signer.incremental,
        )
    except ResultInvalid as error:
        raise InputInvalid(
            {"pdf": f"{error} Unduh lagi dari layanan tanda tangan, lalu unggah tanpa diubah."}
        ) from error
