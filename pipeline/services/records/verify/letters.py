"""The issued letters as anybody outside would look at them: by their signature, and by what they say."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import structlog

from pipeline.documents.pdf.engine import pdf_text
from pipeline.documents.signing import ResultInvalid, trusted_roots
from pipeline.documents.template.text import squeeze
from pipeline.queries.records.files import Records
from pipeline.rules.history.replay import Row
from pipeline.services.records.verify.file import Inspect, Kept
from pipeline.settings import settings
from pipeline.storage import store

log = structlog.get_logger()


def check_letters(records: Records, inspect: Inspect) -> Iterator[str]:
    """Each was signed by the certificate on record, under a root we trust, and bears its own number and code.

    One whose bytes are damaged is named elsewhere; one of a provider whose roots this instance does not have is logged.
    """
    for sk in records.rows("sk").values():
        pdf = Kept(str(sk["pdf_sha256"]), UUID(str(records.permohonan["id"])))
        if sk["pdf_sha256"] is None or inspect(pdf):
            continue
        if (roots := trusted_roots(settings(), str(sk["provider"]))) is None:
            log.warning("tanda tangan tidak dapat diperiksa", nomor=sk["nomor"], penyedia=sk["provider"])
            continue
        yield from (f"surat {sk['nomor']}: {what}" for what in _wrong(sk, store(pdf.owner).get(pdf.sha256), roots))


def _wrong(sk: Row, pdf: bytes, roots: Sequence[bytes]) -> Iterator[str]:
    from pipeline.documents.signing.verify import inspect  # 20 MB, and only here

    try:
        signature = inspect(pdf, root=roots, at_signing=True)
    except ResultInvalid as error:
        yield str(error)
        return
    if signature.digest != sk["certificate_digest"]:
        yield "ditandatangani dengan sertifikat lain daripada yang tercatat"
    text = squeeze(pdf_text(pdf))
    if squeeze(str(sk["nomor"])) not in text or squeeze(str(sk["token"])) not in text:
        yield "nomor atau kode verifikasinya tidak tercetak pada dokumennya"
