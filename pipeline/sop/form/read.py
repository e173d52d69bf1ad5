"""Fields and forms, from their lines in the TOML of an SOP to their values."""

from types import MappingProxyType

from pipeline.sop.form.desk_form import ChecklistItem, DeskForm, Direction
from pipeline.sop.form.isian import Bagian, Isian, Shape
from pipeline.sop.rows import TableLine
from pipeline.sop.words import Identity, IsianKind, Renewal


def read_bagian(line: TableLine) -> Bagian:
    """A page of a form."""
    bagian = Bagian(code=line.text("kode"), title=line.text("judul"), explanation=line.text("penjelasan", ""))
    line.close()
    return bagian


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
        asked_at=line.text("diminta_pada", ""),
        personal=line.yes("pribadi"),
        past=line.yes("lampau"),
        stops=line.mapped("henti"),
        lengths=line.numbers("panjang"),
        shape=_shape(line, "pola"),
        usual=_shape(line, "pola_lazim"),
        example=line.text("contoh", ""),
        identity=line.words_if_any("pengenal", Identity),
        identity_with=line.listing("pengenal_dengan"),
        unlike=line.text("beda_orang", ""),
        renewal=line.words_if_any("perpanjangan", Renewal),
        not_before=line.text("tidak_sebelum", ""),
        initial=line.text("isi_awal", ""),
        brief=line.yes("ringkas"),
        formerly=tuple(part for part in line.text("dulu", "").split(".") if part),
    )
    line.close()
    return isian


def read_desk_form(line: TableLine) -> DeskForm:
    """The form of a desk."""
    form = DeskForm(
        code=line.text("kode"),
        langkah=line.text("langkah"),
        title=line.text("judul"),
        team=line.number("tim", 0),
        bagian=tuple(read_bagian(b) for b in line.line("bagian")),
        isian=tuple(read_isian(b) for b in line.line("isian")),
        items=tuple(_item(b) for b in line.line("butir")),
        results=line.mapped("hasil"),
        findings=line.listing("temuan"),
        photos=MappingProxyType(dict(_photo(b) for b in line.line("foto"))),
        photos_at_least=line.number("foto_paling_sedikit", 0),
        direction=_direction(line),
        may_approve=line.yes("pengisi_boleh_menyetujui"),
    )
    line.close()
    return form


def _item(line: TableLine) -> ChecklistItem:
    item = ChecklistItem(code=line.text("kode"), description=line.text("uraian"), when=line.condition("bila"))
    line.close()
    return item


def _photo(line: TableLine) -> tuple[str, str]:
    photo = line.text("kode"), line.text("label")
    line.close()
    return photo


def _direction(line: TableLine) -> Direction | None:
    table = line.table_if_any("arah")
    if table is None:
        return None
    direction = Direction(
        isian=table.text("isian"),
        refusing=table.listing("tolak"),
        spotless=table.listing("tanpa_temuan"),
        reasons=table.listing("alasan"),
    )
    table.close()
    return direction


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
