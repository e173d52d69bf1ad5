"""Whose words an approval is about: those who filled in a form of a desk, sent it, or what was added to the draft."""

import pytest

from pipeline.rules.authorship import Act, writers

RECOMMENDING = {"rekomendasi"}


def decided(since: str, keputusan: str, **more: object) -> Act:
    return Act("keputusan", "petugas", {"dari": since, "keputusan": keputusan, **more})


@pytest.mark.parametrize(
    ("act", "whose"),
    [
        (Act("isi", "petugas", {"form": "bap"}), {"petugas"}),
        (Act("isi", "petugas", {"bap": True}), {"petugas"}),  # of the first release
        (decided("rekomendasi", "setujui"), {"petugas"}),
        (Act("isi", "petugas", {"berkas": "1"}), {"petugas"}),  # of a file that a desk has opened
        (decided("rekomendasi", "kirim"), {"petugas"}),
        (decided("rekomendasi", "tolak"), {"petugas"}),
        (decided("rekomendasi", "kembalikan"), set()),  # nothing was recommended
        (decided("terima", "kirim"), set()),
        (decided("rekomendasi", "kirim", on_behalf="pemberi"), {"petugas", "pemberi"}),
        (Act("isi", "petugas", {"bap": "h", "on_behalf": "pemberi"}), {"petugas", "pemberi"}),
        (Act("naskah", "petugas", {"additions": True}), {"petugas"}),
        (Act("naskah", "petugas", {"additions": False}), set()),
        (Act("diambil", "petugas", {"bap": "h", "additions": True}), set()),
    ],
)
def test_who_wrote(act: Act, whose: set[str]) -> None:
    assert writers([act], RECOMMENDING) == whose


def test_additions_have_an_author_until_a_person_empties_them() -> None:
    wrote = Act("naskah", "petugas-1", {"additions": True})
    also = Act("naskah", "petugas-2", {"additions": True})
    redrawn = Act("naskah", None, {"additions": True})
    emptied = Act("naskah", "petugas-2", {"additions": False})
    assert writers([wrote, redrawn], RECOMMENDING) == {"petugas-1"}
    assert writers([wrote, also], RECOMMENDING) == {"petugas-1", "petugas-2"}
    assert writers([wrote, emptied], RECOMMENDING) == set()
    assert writers([Act("isi", "petugas-3", {"bap": "h"}), wrote, emptied], RECOMMENDING) == {"petugas-3"}


def test_a_form_whose_writer_may_approve_binds_nobody() -> None:
    acts = [Act("isi", "petugas-1", {"form": "disposisi"}), Act("isi", "petugas-2", {"form": "bap"})]
    assert writers(acts, RECOMMENDING, free={"disposisi"}) == {"petugas-2"}
