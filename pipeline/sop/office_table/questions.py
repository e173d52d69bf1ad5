"""What a table leaves open, as the numbered questions a person of the office can answer."""

from collections.abc import Iterator

from pipeline.roles import Posts
from pipeline.sop.office_table.duties import Duty, proposals
from pipeline.sop.office_table.posts import similar_posts, unknown_titles
from pipeline.sop.office_table.values import Step, Table

#: What stands in a column of marks and may say that this post has nothing to do here.
_DENIALS = frozenset(("0", "n", "no", "tidak", "tdk", "bukan", "tidak ada", "nihil", "n/a"))


def questions(table: Table, posts: Posts) -> tuple[str, ...]:
    """Every question, of the whole table first, then step by step."""
    return (
        *table.asks,
        *(_which_post(title, posts) for title in unknown_titles(_marked(table), posts)),
        *_silent_columns(table),
        *(question for step in table.steps for question in _of_step(step, table)),
        *(
            f'{row.place} tidak dipahami dan tidak dipakai: "{row.text}". Apakah bagian dari sebuah langkah?'
            for row in table.unknown
        ),
    )


def _marked(table: Table) -> Iterator[str]:
    """The titles that some step is marked under, in the order of the columns."""
    used = {mark.title for step in table.steps for mark in step.marks}
    yield from (title for title in table.actors if title in used)
    yield from sorted(used - set(table.actors))


def _which_post(title: str, posts: Posts) -> str:
    offered = similar_posts(title, posts)
    return f'Kolom "{title}": jabatan mana di kantor ini?' + (
        f" Barangkali {' atau '.join(offered)}." if offered else ""
    )


def _silent_columns(table: Table) -> Iterator[str]:
    """What no step, or only some steps, say."""
    if not table.has_times:
        yield "Tabel tidak memuat kolom waktu. Berapa waktu untuk tiap langkah?"
    for name, values in (
        ("Kelengkapan", [step.inputs for step in table.steps]),
        ("Output", [step.output for step in table.steps]),
    ):
        silent = [step.number or step.place for step, value in zip(table.steps, values, strict=True) if not value]
        if len(silent) == len(table.steps):
            yield f"{name} tidak tertulis pada satu langkah pun. Apa untuk tiap langkah?"
        elif silent:
            yield f"{name} tidak tertulis pada langkah {', '.join(silent)}. Apa seharusnya?"


def _of_step(step: Step, table: Table) -> Iterator[str]:
    if not step.activity:
        yield f"{step.name} tidak menyebut kegiatan. Apa yang dikerjakan?"
    if not step.marks:
        yield f"{step.name} tidak menandai pelaksana. Jabatan mana yang mengerjakannya?"
    if len(step.marks) > 1:
        told = len({mark.text for mark in step.marks}) > 1  # "Ya" and "Tidak"; not the same tick twice
        marks = [f'{mark.title} ("{mark.text}")' if told and mark.text else mark.title for mark in step.marks]
        yield (
            f"{step.name} menandai {', '.join(marks[:-1])} dan {marks[-1]}. Dikerjakan berdampingan, "
            "atau satu sesudah lainnya?"
        )
    if len(step.marks) == 1 and step.marks[0].text.lower().strip(" .") in _DENIALS:
        yield (
            f'{step.name}: pada kolom "{step.marks[0].title}" tertulis "{step.marks[0].text}". '
            "Dikerjakan oleh jabatan itu, atau justru bukan?"
        )
    if table.has_times and not step.limit and not set(step.time) - set("-–—"):
        yield f"{step.name} tidak menyebut waktu. Berapa lama paling banyak?"
    yield from (f"{step.name}: {ask}" for ask in step.asks)
    yield from (
        f"{step.name}: {found.reason}. Permohonannya ditolak, atau dikembalikan untuk diperbaiki?"
        for found in proposals(step)
        if found.duty is Duty.REFUSES and found.place == "keterangan"
    )
