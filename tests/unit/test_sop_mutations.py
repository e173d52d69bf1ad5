"""Every slip of the pen in an SOP file is answered with a sentence that names the file and the place."""

import copy
import tomllib
from collections.abc import Iterator
from typing import Final

import pytest

from ops.examples import FOLDER
from pipeline.errors import DefinitionError
from pipeline.kantor.office import kantor
from pipeline.roles import Jabatan, Peran, Posts
from pipeline.settings import ROOT
from pipeline.sop.load import build_sop

Tree = dict[str, object]
Slip = tuple[str, Tree]

FILES: Final = (ROOT / "pipeline" / "sop" / "td_lks.toml", *sorted(FOLDER.glob("*/[a-z]*_[a-z]*.toml")))
#: Lists of cases, read as a whole.
CONDITIONS = {"bila", "wajib", "wajib_bila", "opsional", "lewati_bila"}
#: Keys whose value has to be there somewhere else, and those without which a row says nothing.
REFERS = {"ke", "bagian", "langkah", "pemegang", "peran", "keputusan", "jenis", "otomatis", "tidak_sebelum"}
NEEDED = {
    "kode", "nama", "versi", "prefix", "janji", "no", "kegiatan", "peran", "kelengkapan", "waktu", "output", "status",
    "keputusan", "tombol", "ke", "judul", "label", "bagian", "jenis", "uraian", "templat",
}  # fmt: skip


def posts() -> Posts:
    """Those of the office and of every example."""
    added = [row for path in FOLDER.glob("*/kantor.toml") for row in tomllib.loads(path.read_text("utf-8"))["jabatan"]]
    more = {
        Peran(r["kode"]): Jabatan(
            peran=Peran(r["kode"]),
            name=r["nama"],
            title=r["sebutan"],
            instansi=r["instansi"],
            superior=Peran(r["atasan"]),
        )
        for r in added
    }
    return {**kantor().posts, **more}


POSTS: Final = posts()


def slips(tree: Tree) -> Iterator[Slip]:
    """Each key misspelt; each reference misspelt; each needed key removed."""
    for path, row in list(rows(tree)):
        for key, value in row.items():
            yield f"{path}.{key} misspelt", changed(tree, path, lambda r, k=key: r.update({f"{k}q": r.pop(k)}))
            if key in NEEDED:
                yield f"{path}.{key} removed", changed(tree, path, lambda r, k=key: r.pop(k))
            if key in REFERS and isinstance(value, str):
                yield f"{path}.{key} astray", changed(tree, path, lambda r, k=key: r.update({k: f"{r[k]}q"}))
            if isinstance(value, str) and key in NEEDED:
                yield f"{path}.{key} unanswered", changed(tree, path, lambda r, k=key: r.update({k: "?"}))


def rows(tree: Tree, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Tree]]:
    """Every table of the file that is read key by key, with where it stands."""
    yield path, tree
    for key, value in tree.items():
        listed = value if isinstance(value, list) and key not in CONDITIONS else []
        for n, one in enumerate(listed):
            if isinstance(one, dict):
                yield from rows(one, (*path, key, n))


def changed(tree: Tree, path: tuple[str | int, ...], change: object) -> Tree:
    copied = copy.deepcopy(tree)
    at: object = copied
    for step in path:
        at = at[step]  # type: ignore[index]
    change(at)  # type: ignore[operator]
    return copied


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_slip_is_answered_with_a_sentence(file: object) -> None:
    tree = tomllib.loads(file.read_text("utf-8"))  # type: ignore[attr-defined]
    assert build_sop(copy.deepcopy(tree), "berkas.toml", POSTS)
    made = list(slips(tree))
    told = {what: refused(damaged) for what, damaged in made}
    assert [what for what, sentences in told.items() if not sentences] == []
    lines = [line for sentences in told.values() for line in sentences]
    assert [line for line in lines if not (line.startswith("berkas.toml") and line.endswith("."))] == []
    assert len(made) >= 60


def refused(tree: Tree) -> list[str]:
    """The sentences it is refused with; none when an office may run on it."""
    try:
        build_sop(tree, "berkas.toml", POSTS)
    except DefinitionError as error:
        return str(error).splitlines()
    return []
