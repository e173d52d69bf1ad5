"""Which kind of file this is, told by its first bytes and by what it holds, never by its name."""

import zipfile
from io import BytesIO

from pipeline.errors import DefinitionError
from pipeline.sop.office_table.grid import Grid
from pipeline.sop.office_table.plain import grids_of_text
from pipeline.sop.office_table.word import grid_of_word
from pipeline.sop.office_table.workbook import grid_of_workbook

BYTES_AT_MOST = 20 * 1024 * 1024
UNPACKED_AT_MOST = 100 * 1024 * 1024
_PARTS_AT_MOST = 5_000
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_WORD, _SEALED = "WordDocument".encode("utf-16-le"), "EncryptedPackage".encode("utf-16-le")
_OTHER = ((b"%PDF", "PDF"), (b"{\\rtf", "RTF"), (b"\x89PNG", "gambar"), (b"\xff\xd8\xff", "gambar"))
_AGAIN = "Buka lalu simpan tabelnya sebagai dokumen Word (.docx) atau Excel (.xlsx)."


def grids_of(content: bytes) -> tuple[Grid, ...]:
    """The rows of a file; a text has several readings, one for each delimiter. Raises DefinitionError."""
    if len(content) > BYTES_AT_MOST:
        raise DefinitionError(
            f"Berkas ini lebih dari {BYTES_AT_MOST // 2**20} MB. Simpan tabelnya saja ke berkas baru."
        )
    if content.startswith(_ZIP):
        return (_packed(content),)
    if content.startswith(_OLD_OFFICE):
        if _OLD_WORD in content:
            raise DefinitionError(f"Ini dokumen Word lama (.doc). {_AGAIN}")
        if _SEALED in content:
            raise DefinitionError("Berkas ini dilindungi kata sandi. Simpan tanpa kata sandi lalu coba lagi.")
        return (grid_of_workbook(content),)
    for mark, name in _OTHER:
        if content.startswith(mark):
            raise DefinitionError(f"Ini berkas {name}. {_AGAIN}")
    return grids_of_text(content)


def _packed(content: bytes) -> Grid:
    """Word, Excel and OpenDocument are archives; what they unpack to is looked at before anything is unpacked."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            kind = _kind(archive) if "mimetype" in names else ""
    # No archive, packed or locked in a way nobody here opens, or cut off: zipfile has no word for all of it.
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise DefinitionError(f"Berkas ini rusak ({error}). Simpan ulang lalu coba lagi.") from error
    if len(parts) > _PARTS_AT_MOST or sum(part.file_size for part in parts) > UNPACKED_AT_MOST:
        raise DefinitionError(
            f"Isi berkas ini lebih dari {UNPACKED_AT_MOST // 2**20} MB setelah dibuka. "
            "Simpan tabelnya saja ke berkas baru."
        )
    if "word/document.xml" in names:
        return grid_of_word(content)
    if "xl/workbook.xml" in names or kind.endswith("opendocument.spreadsheet"):
        return grid_of_workbook(content)
    raise DefinitionError(f"Berkas ini bukan dokumen Word, Excel atau OpenDocument yang dikenal. {_AGAIN}")


def _kind(archive: zipfile.ZipFile) -> str:
    with archive.open("mimetype") as part:
        return part.read(100).decode("ascii", "replace")
