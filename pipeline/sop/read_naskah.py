"""The papers of a permit, from their lines in the TOML of an SOP to their values."""

from pipeline.errors import DefinitionError
from pipeline.sop.naskah import LegalBasis, Naskah, PrintedText, Validity
from pipeline.sop.rows import TableLine
from pipeline.sop.words import Arah, NaskahKind


def read_naskah(line: TableLine) -> Naskah:
    """One ``[[naskah]]``."""
    kind = line.word("jenis", NaskahKind)
    arah = line.words_if_any("arah", Arah)
    naskah = Naskah(
        code=line.text("kode"),
        name=line.text("nama"),
        about=line.text("tentang", ""),
        kind=kind,
        templat=line.text("templat"),
        arah=arah or (Arah.TERBIT if kind is NaskahKind.KEPUTUSAN else None),
        langkah=line.text("langkah", ""),
        nomor_pattern=line.text("pola_nomor", ""),
        validity=_validity(line),
        letterhead=line.text("kop", ""),
        tembusan=line.listing("tembusan"),
        citing=tuple(_legal_basis(b) for b in line.line("mengingat")),
        lines=tuple(_printed(b, "label") for b in line.line("baris")),
        texts=read_texts(line),
    )
    line.close()
    return naskah


def read_texts(line: TableLine) -> tuple[PrintedText, ...]:
    """The ``[[kalimat]]`` of a paper, or of all papers of the permit."""
    return tuple(_printed(text, "kode") for text in line.line("kalimat"))


def _validity(line: TableLine) -> Validity | None:
    text = line.text("berlaku", "")
    try:
        return Validity.parse(text) if text else None
    except DefinitionError as error:
        raise line.wrong(str(error)) from error


def _legal_basis(line: TableLine) -> LegalBasis:
    basis = LegalBasis(text=line.text("teks"), when=line.condition("bila"))
    line.close()
    return basis


def _printed(line: TableLine, key: str) -> PrintedText:
    printed = PrintedText(label=line.text(key), value=line.text("nilai"), when=line.condition("bila"))
    line.close()
    return printed
