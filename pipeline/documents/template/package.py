"""A docx as what it is: a zip of named parts."""

import io
import zipfile
import zlib

from pipeline.documents.errors import DocxDamaged

MAX_UNPACKED = 64 << 20  # bytes; a decree with its emblem has 0.2 MB
_EPOCH = (1980, 1, 1, 0, 0, 0)


def read_parts(docx: bytes) -> dict[str, bytes]:
    """The parts of a docx, name -> content, in the order of the file. Raises DocxDamaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(docx)) as archive:
            return _read(archive)
    # zipfile's own ways of saying no: NotImplementedError is an unknown compression, RuntimeError an encrypted part.
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise DocxDamaged from error


def _read(archive: zipfile.ZipFile) -> dict[str, bytes]:
    entry = archive.infolist()
    name = [e.filename for e in entry]
    if "word/document.xml" not in name:
        raise DocxDamaged
    if len(set(name)) < len(name):  # Word and LibreOffice would each believe another one of the two
        raise DocxDamaged("Dokumen ini memuat bagian ganda di dalamnya. Simpan ulang dengan Word lalu coba lagi.")
    if sum(e.file_size for e in entry) > MAX_UNPACKED:
        raise DocxDamaged("Dokumen ini terlalu besar setelah dibuka. Perkecil gambar di dalamnya.")
    return {e.filename: archive.read(e) for e in entry}


def pack(parts: dict[str, bytes]) -> bytes:
    """The docx of these parts. The same parts give the same bytes: no clock, no machine in the zip."""
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content)
    return result.getvalue()
