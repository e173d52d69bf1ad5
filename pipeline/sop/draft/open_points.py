"""What is still to be answered before a permit runs, and what became of every row: one page to work through."""

from collections.abc import Iterator

from pipeline.roles import Posts
from pipeline.sop.draft.cover import legal_bases
from pipeline.sop.draft.papers import Paper, forms_of, papers_of
from pipeline.sop.draft.plan import Plan
from pipeline.sop.draft.toml_file import prefix_of, template_of
from pipeline.sop.office_table.duties import Duty
from pipeline.sop.office_table.questions import questions
from pipeline.sop.office_table.values import Table
from pipeline.sop.words import NaskahKind

_TITLE = "# Yang masih perlu dijawab: {name}\n\nJawab di berkas {file}; nomor di bawah untuk mencoretnya.\n"


def every_question(table: Table, plan: Plan, posts: Posts) -> tuple[str, ...]:
    """Those of the table first, then those of running it."""
    return (*questions(table, posts), *_of_plan(plan), *_of_permit(table, plan))


def open_points(table: Table, plan: Plan, posts: Posts, file: str) -> str:
    """The page, in Markdown."""
    numbered = [f"{n}. {question}" for n, question in enumerate(every_question(table, plan, posts), start=1)]
    notes = [f"- {step.name}: {note}" for step in table.steps for note in step.notes]
    reasons = [
        f"- {one.step.name}: diusulkan {duty}, karena {found.reason}."
        for one in plan.steps
        for duty, found in one.duties.items()
    ]
    rows = [f"- {row.place}: {row.fate}{f' {row.step}' if row.step else ''} — {row.text}" for row in table.rows]
    parts = [_TITLE.format(name=plan.name, file=file), *numbered]
    for title, lines in (
        ("Dibaca dengan satu cara; betulkan bila keliru", notes),
        ("Usul dari kata-kata tabel", reasons),
        ("Setiap baris berkas", rows),
    ):
        if lines:
            parts += [f"\n## {title}\n", *lines]
    return "\n".join(parts) + "\n"


def _of_plan(plan: Plan) -> Iterator[str]:
    signs = [one.step.name for one in plan.steps if Duty.SIGNS in one.duties]
    if not signs:
        yield "Tidak ada langkah yang menandatangani. Memang tanpa surat bertanda tangan?"
    elif len(signs) > 1:
        yield f"Beberapa langkah menandatangani ({', '.join(signs)}). Yang mana menandatangani suratnya?"
    for at, one in enumerate(plan.steps):
        if plan.asks(at):
            yield f"{one.step.name}: apa yang diminta dari pemohon di sini (minta)?"
    if plan.signing is not None and plan.drafting is None:
        yield "Tidak ada langkah sebelum tanda tangan yang menyusun naskah. Langkah mana (menyusun = true)?"
    if plan.signing is not None and not plan.refusing:
        yield "Tidak ada langkah yang menolak. Meja mana yang boleh menolak (menolak = true), atau tidak ada?"


def _of_permit(table: Table, plan: Plan) -> Iterator[str]:
    """What no table of steps says."""
    yield "Apa saja yang diisi pemohon pada formulir, dan isian mana nama pemegangnya (pemegang)?"
    yield f'Dokumen apa saja yang diminta? Tabel menulis "{plan.steps[0].step.inputs}".'
    yield f'Huruf awal nomor pendaftaran: diusulkan "{prefix_of(plan)}".'
    if not table.printed_time:
        yield "Jumlah waktu tidak tercetak. Berapa janji waktu kepada masyarakat (janji)?"
    decisions = [paper for paper in papers_of(plan) if paper.kind is NaskahKind.KEPUTUSAN]
    if decisions:
        yield "Seperti apa nomor suratnya (pola_nomor), dan berapa lama berlaku (berlaku)?"
        yield from _law(table)
    for planned in forms_of(plan):
        yield f"{planned.step.name}: apa saja yang diisi dan diperiksa di meja ini ([[formulir]])?"
    yield from (_template(paper, plan) for paper in papers_of(plan))


def _law(table: Table) -> Iterator[str]:
    if not legal_bases(table):
        yield "Dasar hukum mana yang tercetak pada suratnya ([[naskah.mengingat]])?"


def _template(paper: Paper, plan: Plan) -> str:
    return f"{paper.name}: templat Word-nya, {template_of(paper, plan)}, sudah seperti surat kantor?"
