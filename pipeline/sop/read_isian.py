"""One field of a form, from its lines in the TOML of an SOP to its value."""

from pipeline.sop.rows import TableLine
from pipeline.sop.values import Isian, Shape
from pipeline.sop.words import Identity, IsianKind, Renewal


def read_isian(line: TableLine) -> Isian:
    """A field of the application form, or of one that a desk fills in."""
    isian = Isian(
        code=line.text("kode"),
        label=line.text("label"),
        bagian=line.text("bagian"),
        kind=line.word("jenis", IsianKind),
        hint=line.text("petunjuk", ""),
        choices=line.mapped("pilihan"),
        required=line.yes("wajib", default=True),
        required_when=line.condition("wajib_bila"),
        when=line.condition("bila"),
        max_length=line.number("paling_panjang", 200, smallest=1),
        personal=line.yes("pribadi"),
        past=line.yes("lampau"),
        stops=line.mapped("henti"),
        lengths=line.numbers("panjang"),
        shape=_shape(line, "pola"),
        usual=_shape(line, "pola_lazim"),
        identity=line.words_if_any("pengenal", Identity),
        identity_with=line.listing("pengenal_dengan"),
        unlike=line.text("beda_orang", ""),
        renewal=line.words_if_any("perpanjangan", Renewal),
    )
    line.close()
    return isian


def _shape(line: TableLine, key: str) -> Shape | None:
    """A pattern, what is said of an answer that does not fit it, and the one way of writing those that do."""
    pattern, words, standard = line.text(key, ""), line.text(f"{key}_kata", ""), line.text(f"{key}_baku", "")
    if not pattern:
        if words or standard:
            raise line.wrong(f"\"{key}\" belum diisi. Tambahkan {key} = '...', atau hapus {key}_kata dan {key}_baku")
        return None
    if not words:
        raise line.wrong(f'"{key}_kata" belum diisi. Tambahkan {key}_kata = "Tulis seperti ..."')
    return Shape(pattern, words, standard)
