"""The TOML of a permit to complete: the table's words, proposals with reasons, "?" for what it leaves open."""

import json
import re
from collections.abc import Iterator

from pipeline.calendar.limit import read_time
from pipeline.errors import DefinitionError
from pipeline.roles import Peran, Posts
from pipeline.sop.draft.cover import legal_bases
from pipeline.sop.draft.papers import Paper, forms_of, papers_of
from pipeline.sop.draft.plan import Plan, Planned
from pipeline.sop.office_table.duties import Duty
from pipeline.sop.office_table.values import Table
from pipeline.sop.values import DONE
from pipeline.sop.words import Arah, KeputusanKind, NaskahKind

NOT_YET = "?"
HOLDER = "nama_pemohon"
_BRACKET = re.compile(r"\(([^()]+)\)\s*$")
_OPENING = """\
# {title}
# Dibaca dari tabel SOP kantor. Lengkapi setiap baris bertanda "ISI", tinjau yang bertanda "TINJAU", lalu jalankan:
#   alurizin sop periksa <berkas ini>
#
# Peran: {peran}
#
# Yang tidak tertulis pada tabel dan dapat ditambahkan pada sebuah [[langkah]]:
#   kembali_ke = ["kode", ...]    langkah sebelumnya yang boleh menerima berkas kembali untuk diperbaiki
#   menolak = true                meja yang boleh menolak permohonan
#   otomatis = "verifikasi"       atau "teruskan": dikerjakan tanpa petugas bila tidak ada keraguan
#   lewati_bila = [{{ ... }}]       langkah dilewati bila isian permohonan memenuhi syarat ini
#   cabang = [{{ ke = "kode", bila = [{{ ... }}] }}]   ke langkah lain bila isian memenuhi syarat
#   tunggu = "7 Hari"             langkah yang hanya menunggu, tanpa peran"""
#: What its button says, after what the desk does; the telling duty first.
_BUTTONS = {
    Duty.DRAFTS: "Kirim draf", Duty.RECOMMENDS: "Kirim rekomendasi", Duty.INSPECTS: "Kirim hasil pemeriksaan",
    Duty.INITIALS: "Paraf", Duty.APPROVES: "Setujui", Duty.NUMBERS: "Sudah dinomori",
    Duty.HANDS_OVER: "Sudah diserahkan", Duty.ARCHIVES: "Arsipkan", Duty.DIRECTS: "Beri disposisi",
    Duty.CHECKS: "Berkas lengkap", Duty.RECEIVES: "Terima dan teruskan",
}  # fmt: skip


def toml_draft(table: Table, plan: Plan, posts: Posts) -> str:
    """The whole document. ``posts``: those of the office."""
    peran = ", ".join((Peran.PEMOHON, *posts))
    parts = [[_OPENING.format(title=table.title or "SOP", peran=peran)], _head(table, plan)]
    parts += [["[[langkah]]", *_step(plan, at)] for at in range(len(plan.steps))]
    parts += [_form(plan), _requirements(plan)]
    parts += [_desk_form(planned, plan) for planned in forms_of(plan)]
    parts += [_paper(paper, table, plan) for paper in papers_of(plan)]
    parts.append(["[kebijakan]", "otomatis = true"])
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def code_of(plan: Plan) -> str:
    """The code of the permit, and the name of its folder."""
    return re.sub(r"[^a-z0-9]+", "_", plan.name.lower()).strip("_") or "izin"


def prefix_of(plan: Plan) -> str:
    """Initials of the permit's name: how its registration numbers begin."""
    initials = "".join(word[0] for word in re.findall(r"[a-z]+", plan.name.lower())).upper()[:10]
    return initials if len(initials) > 1 else "IZIN"


def template_of(paper: Paper, plan: Plan) -> str:
    """The file of a paper's template: of this permit alone."""
    return f"{code_of(plan)}_{paper.code}.docx"


def _text(value: str) -> str:
    """A TOML string; JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False)


def _said(value: str) -> str:
    return _text(value or NOT_YET) + ("" if value else " # ISI: tidak tertulis pada tabel")


def _head(table: Table, plan: Plan) -> list[str]:
    printed = table.printed_time
    bracket = _BRACKET.search(printed)
    return [
        f"kode = {_text(code_of(plan))} # TINJAU: pendek; dipakai dalam nama berkas dan alamat",
        f"nama = {_text(plan.name)}",
        "versi = 1",
        f"waktu_tercetak = {_said(printed)}",
        _promise(bracket[1] if bracket else printed),
        f"prefix = {_text(prefix_of(plan))} # TINJAU: awal nomor pendaftaran",
        f"pemegang = {_text(HOLDER)} # TINJAU: isian yang menjadi nama pada surat",
    ]


def _promise(printed: str) -> str:
    try:
        read_time(printed)
    except DefinitionError:
        return f"janji = {_text(NOT_YET)} # ISI: janji kepada masyarakat, misalnya 5 Hari"
    return f"janji = {_text(printed)} # TINJAU: janji kepada masyarakat"


def _step(plan: Plan, at: int) -> Iterator[str]:
    planned = plan.steps[at]
    step = planned.step
    yield from (f"# TINJAU: {note}" for note in step.notes)
    yield f"no = {step.no}" + (f" # pada tabel: {step.number or 'tanpa nomor'}" if step.number != str(step.no) else "")
    yield f"kode = {_text(planned.code)} # TINJAU"
    yield f"kegiatan = {_said(step.activity)}"
    yield _peran(planned)
    yield f"kelengkapan = {_said(step.inputs)}"
    yield f"waktu = {_text(step.time)}" if step.limit else _no_time(step.time)
    yield f"output = {_said(step.output)}"
    yield f"keterangan = {_text(step.remarks)}"
    yield f"status = {_text(_status(plan, at))} # TINJAU: keadaan yang dibaca pemohon selama berkas di sini"
    yield from _flags(plan, at)
    keputusan, button = _decision(plan, at)
    yield f"keputusan = {_text(keputusan)}"
    yield f"tombol = {_text(button)} # TINJAU"
    yield _target(plan, at)


def _status(plan: Plan, at: int) -> str:
    """The public word: what is done; where several steps do the same, by whom or which."""
    step = plan.steps[at].step
    same = [one.step for one in plan.steps if one.step.activity == step.activity]
    if len(same) == 1:
        return step.activity or NOT_YET
    whose = [one.marks[0].title if one.marks else "" for one in same]
    own = whose[same.index(step)]
    return f"{step.activity or NOT_YET} ({own if own and whose.count(own) == 1 else f'langkah {step.no}'})"


def _peran(planned: Planned) -> str:
    if planned.peran:
        return f"peran = {_text(planned.peran)}"
    titles = [mark.title for mark in planned.step.marks]
    cause = f'tabel menandai "{" dan ".join(titles)}"' if titles else "tanda pelaksana hilang dari tabel"
    return f"peran = {_text(NOT_YET)} # ISI: {cause}"


def _no_time(written: str) -> str:
    """The table's own words stand beside the question."""
    return f"waktu = {_text(NOT_YET)} # ISI: " + (f'tabel menulis "{written}"' if written else "tidak tertulis")


def _flags(plan: Plan, at: int) -> Iterator[str]:
    duties = plan.steps[at].duties
    if at == 0 and any(plan.returns(later) for later in range(1, len(plan.steps))):
        yield 'status_perbaikan = "Perlu perbaikan"'
    if at == plan.drafting and plan.refusing:
        yield 'status_tolak = "Penyusunan surat penolakan"'
    if plan.asks(at):
        yield f"minta = {{ syarat = [{_text(NOT_YET)}] }} # ISI: kode dokumen yang diminta di sini (diminta_pada)"
    codes, returning = plan.returns(at) or ((), None)
    for line, why in (
        ("menyusun = true", duties[Duty.DRAFTS] if at == plan.drafting else None),
        ("menetapkan_arah = true", duties[Duty.RECOMMENDS] if at == plan.directing else None),
        ("menolak = true", plan.refuses(at)),
        ("persetujuan = true", plan.approves(at)),
        ("tanda_tangan = true", duties[Duty.SIGNS] if at == plan.signing else None),
        (f"kembali_ke = [{', '.join(map(_text, codes))}]", returning),
    ):
        if why:
            yield _why(line, why.reason)


def _why(line: str, reason: str) -> str:
    return f"{line} # TINJAU: {reason}"


def _decision(plan: Plan, at: int) -> tuple[KeputusanKind, str]:
    planned, last = plan.steps[at], at == len(plan.steps) - 1
    if at == 0 or plan.asks(at):
        return KeputusanKind.KIRIM, "Kirim" if at or not plan.applicant else "Kirim permohonan"
    if at == plan.signing:
        return KeputusanKind.TANDA_TANGANI, "Tanda tangani"
    if planned.peran == Peran.PEMOHON:
        return KeputusanKind.TERIMA, "Terima"
    words = (word for duty, word in _BUTTONS.items() if duty in planned.duties)
    return KeputusanKind.SETUJUI, next(words, "Selesai" if last else "Teruskan")


def _target(plan: Plan, at: int) -> str:
    """To the next step; to several, where the table numbers those alike."""
    after = plan.abreast(at).stop
    codes = [plan.steps[one].code for one in plan.abreast(after)] if after < len(plan.steps) else [DONE]
    if len(codes) > 1:
        return _why(f"ke = [{', '.join(map(_text, codes))}]", "nomornya sama pada tabel: barangkali berdampingan")
    return f"ke = {_text(codes[0])}"


def _form(plan: Plan) -> list[str]:
    whose = "Pemohon" if plan.applicant else "Pengirim"
    return [
        "# TINJAU: formulir paling kecil. Tambahkan yang tercetak pada surat, dan yang diperiksa petugas.",
        *("[[bagian]]", 'kode = "pemohon"', f"judul = {_text(whose)}", ""),
        *("[[isian]]", f"kode = {_text(HOLDER)}", f"label = {_text(f'Nama {whose.lower()}')}", 'bagian = "pemohon"'),
        *('jenis = "teks"', 'pengenal = "nama"', ""),
        *("[[isian]]", 'kode = "alamat_pemohon"', 'label = "Alamat"', 'bagian = "pemohon"', 'jenis = "paragraf"', ""),
        *("[[isian]]", 'kode = "telepon_pemohon"', 'label = "Telepon"', 'bagian = "pemohon"', 'jenis = "telepon"'),
    ]


def _requirements(plan: Plan) -> list[str]:
    asked = plan.steps[0].step.inputs
    return [
        f'# ISI: satu [[syarat]] untuk setiap dokumen yang diminta. Tabel menulis "{asked}".',
        *("[[syarat]]", 'kode = "SP"', 'nama = "Surat permohonan" # TINJAU', "wajib = [{}]"),
    ]


def _desk_form(planned: Planned, plan: Plan) -> list[str]:
    inspects, code = Duty.INSPECTS in planned.duties, planned.code
    why = planned.duties[Duty.INSPECTS if inspects else Duty.RECOMMENDS].reason
    answer = f"kesimpulan_{code}"
    lines = [
        f"# TINJAU: lembar yang diisi di meja ini; {why}",
        *("[[formulir]]", f"kode = {_text(f'lembar_{code}')}", f"langkah = {_text(code)}"),
        f"judul = {_text('Hasil pemeriksaan' if inspects else 'Rekomendasi')}",
    ]
    if inspects:
        lines += ["tim = 1", "foto_paling_sedikit = 0"]
        lines.append('hasil = { sesuai = "Sesuai", tidak = "Tidak sesuai", catatan = "Sesuai dengan catatan" }')
    if plan.directing is not None and plan.steps[plan.directing] is planned:
        lines.append(f'arah = {{ isian = {_text(answer)}, tolak = ["TIDAK"] }}')
    lines += ["", "[[formulir.bagian]]", f"kode = {_text(f'hasil_{code}')}", 'judul = "Hasil"', ""]
    fields = (
        (f"nomor_{code}", "Nomor", '"teks"'),
        (f"tanggal_{code}", "Tanggal", '"tanggal"'),
        (answer, "Kesimpulan", '"pilihan"\npilihan = { LAYAK = "Memenuhi syarat", TIDAK = "Tidak memenuhi syarat" }'),
        (f"pertimbangan_{code}", "Pertimbangan", '"paragraf"'),
    )
    for name, label, kind in fields:
        lines += ["[[formulir.isian]]", f"kode = {_text(name)}", f"label = {_text(label)}"]
        lines += [f"bagian = {_text(f'hasil_{code}')}", f"jenis = {kind}", ""]
    if inspects:
        lines += [
            "[[formulir.butir]]",
            'kode = "butir_1"',
            f"uraian = {_text(NOT_YET)} # ISI: yang diperiksa di lapangan",
        ]
    return lines[:-1] if not lines[-1] else lines


def _paper(paper: Paper, table: Table, plan: Plan) -> list[str]:
    lines = ["[[naskah]]", f"kode = {_text(paper.code)}", f"nama = {_text(paper.name)} # TINJAU"]
    about = plan.name.upper() if paper.arah is Arah.TERBIT else f"Penolakan Permohonan {plan.name}"
    lines += [f"tentang = {_text(about)}", f"jenis = {_text(paper.kind)}"]
    if paper.step:
        lines.append(f"langkah = {_text(paper.step)}")
    if paper.arah is Arah.TOLAK:
        lines.append('arah = "tolak"')
    lines.append(f"templat = {_text(template_of(paper, plan))}")
    if paper.kind is not NaskahKind.KEPUTUSAN:
        return lines
    series = prefix_of(plan) + ("-TOLAK" if paper.arah is Arah.TOLAK else "")
    lines.append(f'pola_nomor = "503/{{urut:04d}}/{series}/{{tahun}}" # TINJAU: seperti nomor surat kantor')
    if paper.arah is Arah.TOLAK:
        return lines
    lines.append(f"berlaku = {_text(NOT_YET)} # ISI: misalnya 5 Tahun; hapus baris ini bila tanpa batas")
    for law in legal_bases(table):
        lines += ["", "[[naskah.mengingat]]", f"teks = {_text(law)} # TINJAU"]
    for label, code in (("Nama", HOLDER), ("Alamat", "alamat_pemohon")):
        lines += ["", "[[naskah.baris]]", f"label = {_text(label)}", f"nilai = {_text(f'{{{{ {code} }}}}')}"]
    return lines
