"""The stories the sample expects are walks that the rule of the office allows."""

from collections import Counter

import pytest

from ops.contoh.scenarios import SCENARIO, SOP, Scenario, mix
from pipeline.rules.transitions import CaseFacts, Keputusan, decide
from pipeline.sop.values import DONE
from pipeline.sop.words import Arah


@pytest.mark.parametrize("scenario", SCENARIO, ids=lambda s: s.code)
def test_story_is_a_walk_over_the_sop(scenario: Scenario) -> None:
    place: str = SOP.first.code
    arah: Arah | None = None
    requested: str | None = None
    for stage in scenario.stage:
        assert stage.langkah == place
        keputusan = Keputusan(kind=stage.keputusan, target=stage.target or None, reason="alasan yang cukup panjang")
        result = decide(SOP, place, keputusan, CaseFacts(data={}, arah=arah, asking_langkah=requested, changed=True))
        place, arah, requested = result.target, result.arah, (stage.langkah if result.back else None)
    assert (place, arah) == (DONE, scenario.arah)


def test_every_step_of_the_sop_is_walked() -> None:
    for scenario in SCENARIO:
        assert {b.langkah for b in scenario.stage} == {langkah.code for langkah in SOP.langkah}


def test_crowd_holds_all_three_stories() -> None:
    assert Counter(mix(n).code for n in range(200)) == {"lurus": 160, "kembali": 20, "ditolak": 20}
