"""What a desk makes of its form is on paper after its decision, also where no draft follows."""

import pytest

from ops.examples import FOLDER
from pipeline.kantor import DEFAULT, read_kantor
from pipeline.sop.load import load_sop


@pytest.fixture
def office_of(tmp_path):
    def read(code):
        (tmp_path / "kantor.toml").write_text(
            DEFAULT.read_text("utf-8") + "\n" + (FOLDER / code / "kantor.toml").read_text("utf-8"), "utf-8"
        )
        return load_sop(FOLDER / code / f"{code}.toml", read_kantor(tmp_path / "kantor.toml").posts)

    return read


@pytest.mark.parametrize(
    ("code", "langkah", "owed"),
    [("surat_masuk", "disposisi", True), ("praktik_bidan", "rekomendasi", False), ("izin_reklame", "analisa", False)],
)
def test_a_paper_is_owed_by_the_decision_where_no_draft_follows(office_of, code, langkah, owed):
    sop = office_of(code)
    assert sop.papers_nobody_draws_later(sop[langkah]) is owed
