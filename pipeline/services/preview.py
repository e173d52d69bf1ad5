"""The page images of a draft, made before the leaders open it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.documents.derived import pdf_of
from pipeline.models import Draft
from pipeline.settings import MesinPdf


def make_preview(s: Session, permohonan_id: UUID) -> None:
    """Convert the draft in force; the PDF lands in the disposable cache."""
    row = s.execute(
        select(Draft.docx_sha256, Draft.mesin_pdf).where(
            Draft.permohonan_id == permohonan_id, Draft.batal_pada.is_(None)
        )
    ).first()
    if row is not None:
        pdf_of(row.docx_sha256, MesinPdf(row.mesin_pdf))
