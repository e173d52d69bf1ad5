"""The stories the sample expects are walks that the rule of the office allows."""

from collections import Counter

import pytest

from ops.contoh.scenarios import SKENARIO, SOP, Skenario, mix
from pipeline.rules.transitions import Fakta, Keputusan, decide
from pipeline.sop.values import SELESAI, Arah


@pytest.mark.parametrize("skenario", SKENARIO, ids=lambda s: s.kode)
def test_story_is_a_walk_over_the_sop(skenario: Skenario) -> None:
    letak: str = SOP.awal.kode
    arah: Arah | None = None
    diminta: str | None = None
    for babak in skenario.babak:
        assert babak.langkah == letak
        keputusan = Keputusan(jenis=babak.keputusan, ke=babak.ke or None, alasan="alasan yang cukup panjang")
        hasil = decide(SOP, letak, keputusan, Fakta(data={}, arah=arah, diminta_langkah=diminta, berubah=True))
        letak, arah, diminta = hasil.ke, hasil.arah, (babak.langkah if hasil.mundur else None)
    assert (letak, arah) == (SELESAI, skenario.arah)


def test_every_step_of_the_sop_is_walked() -> None:
    for skenario in SKENARIO:
        assert {b.langkah for b in skenario.babak} == {langkah.kode for langkah in SOP.langkah}


def test_crowd_holds_all_three_stories() -> None:
    assert Counter(mix(n).kode for n in range(200)) == {"lurus": 160, "kembali": 20, "ditolak": 20}
