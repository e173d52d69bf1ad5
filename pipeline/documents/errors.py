"""Why a document could not be made, in sentences for the office."""

from pipeline.errors import DefinitionError, DocumentFailed


class TemplatInvalid(DefinitionError):
    """Templat dokumen keliru. Periksa dengan `alurizin templat periksa`."""


class InvalidValue(DocumentFailed):
    """Ada nilai yang tidak dapat dicetak."""


class DocxDamaged(DocumentFailed):
    """Berkas ini bukan dokumen Word (.docx) yang utuh."""


class EngineMissing(DocumentFailed):
    """Pembuat PDF tidak terpasang di mesin ini."""


class TimedOut(DocumentFailed):
    """Pembuatan PDF terlalu lama dan dihentikan. Coba lagi."""


class PdfIncomplete(DocumentFailed):
    """PDF yang dihasilkan tidak memuat seluruh isi dokumen, jadi tidak dipakai."""


class NotReadyYet(DocumentFailed):
    """Dokumen ini sedang disiapkan."""


class PictureFailed(DocumentFailed):
    """Gambar halaman ini tidak dapat dibuat. Berkasnya tersimpan utuh; petugas melihatnya dengan mengunduh."""
