"""The stories the sample expects are walks that the rule of the office allows."""

from collections import Counter

import pytest

from ops.contoh.scenarios import SCENARIO, SOP, Scenario, mix
from pipeline.rules.transitions import Facts, Keputusan, decide
from pipeline.sop.values import SELESAI, Arah


@pytest.mark.parametrize("skenario", SCENARIO, ids=lambda s: s.kode)
def test_story_is_a_walk_over_the_sop(skenario: Scenario) -> None:
    place: str = SOP.awal.kode
    arah: Arah | None = None
    requested: str | None = None
    for stage in skenario.stage:
        assert stage.langkah == place
        keputusan = Keputusan(jenis=stage.keputusan, ke=stage.ke or None, alasan="alasan yang cukup panjang")
        hasil = decide(SOP, place, keputusan, Facts(data={}, arah=arah, asked_langkah=requested, berubah=True))
        place, arah, requested = hasil.ke, hasil.arah, (stage.langkah if hasil.back else None)
    assert (place, arah) == (SELESAI, skenario.arah)


def test_every_step_of_the_sop_is_walked() -> None:
    for skenario in SCENARIO:
        assert {b.langkah for b in skenario.stage} == {langkah.kode for langkah in SOP.langkah}


def test_crowd_holds_all_three_stories() -> None:
    assert Counter(mix(n).kode for n in range(200)) == {"lurus": 160, "kembali": 20, "ditolak": 20}
