"""Attack rows D01, D03, D06, D12, E07: steps skipped, old forms, loops, a signature under what nobody approved."""

import pytest
from sqlalchemy import delete, func, select, text

from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret, WrongPassphrase
from pipeline.errors import AlurIzinError, DecisionRefused, InputInvalid, NaskahChanged, NotAllowedYet, NotFound
from pipeline.models import AccessAttempt, Approval, NomorRegister, Peristiwa, Sk
from pipeline.rules.transitions import Keputusan
from pipeline.services.desk.claim import redraft
from pipeline.services.desk.decide import decide
from pipeline.services.desk.sign import sign
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.words import KeputusanKind
from tests.desks import BACK_OFFICE, KABID_PERIZINAN, KEPALA_DINAS
from tests.factories import SOP, WEDNESDAY, at_desk, bring_to, decide_at, person, submitted
from tests.integration.conftest import PASSPHRASE
from tests.integration.test_sign import press

REASON = "Periksa lagi jumlah pengurusnya."
DESK = [t.code for t in SOP.langkah if t.code in {"rekomendasi", "paraf_kabid", "paraf_sekretaris", "tanda_tangan"}]
HEADERS = KEPALA_DINAS


@pytest.fixture(autouse=True)
def _histories_replay(db):
    yield
    assert verify_all()[1] == []


def acts():
    with unit_of_work() as s:
        return s.scalar(select(func.count()).select_from(Peristiwa))


def offered(langkah):
    """What the SOP lets the desk of this langkah decide, and where a return may go."""
    t = SOP[langkah]
    kinds = {t.keputusan} - {KeputusanKind.TANDA_TANGANI}
    return kinds | ({KeputusanKind.TOLAK} if t.sets_arah else set()), set(t.returns_to)


@pytest.mark.parametrize("langkah", DESK)
def test_only_the_desk_the_file_lies_on_decides_and_only_what_its_step_offers(kantor, langkah):
    """D01, D06: every decision of every role at every desk; whatever the SOP does not offer changes nothing."""
    p = submitted(person())
    bring_to(p, langkah, kantor)
    kinds, targets = offered(langkah)
    before, desk = acts(), at_desk(p)
    for peran, actor in kantor.items():
        for which in KeputusanKind:
            for target in [t.code for t in SOP.langkah] if which is KeputusanKind.KEMBALIKAN else [None]:
                if peran == desk.peran and (which in kinds or target in targets):
                    continue  # offered: other tests carry files on
                keputusan = Keputusan(kind=which, target=target, reason=REASON)
                with pytest.raises(AlurIzinError) as refused:
                    decide(desk.tugas_id, keputusan, actor=actor, seen=desk.seen, now=WEDNESDAY)
                kind = DecisionRefused if peran == desk.peran else NotFound
                assert isinstance(refused.value, (kind, InputInvalid)), (peran, which, target)
        if langkah != "tanda_tangan" or peran is not HEADERS:
            with pytest.raises((NotFound, NotAllowedYet)):
                sign(desk.tugas_id, Secret(PASSPHRASE), actor=actor, seen=desk.seen, now=WEDNESDAY)
    assert (acts(), at_desk(p)) == (before, desk)


def test_an_approval_of_a_draft_that_changed_meanwhile_is_refused(kantor):
    """D03: the form was open while the Back Office redrafted."""
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    old = at_desk(p).seen
    decide_at(p, kantor[KABID_PERIZINAN], KeputusanKind.KEMBALIKAN, target="susun_sk", reason=REASON)
    word = {"pertimbangan": "Kata yang belum dilihat Kabid.", "tembusan": []}
    redraft(at_desk(p).tugas_id, word, actor=kantor[BACK_OFFICE], now=WEDNESDAY)
    decide_at(p, kantor[BACK_OFFICE], KeputusanKind.SETUJUI)
    agrees, desk = Keputusan(kind=KeputusanKind.SETUJUI), at_desk(p)
    with pytest.raises(NaskahChanged):
        decide(desk.tugas_id, agrees, actor=kantor[KABID_PERIZINAN], seen=old, now=WEDNESDAY)


def test_a_file_sent_back_and_forth_uses_up_no_number_and_no_old_approval(kantor):
    """D12: five times to the Back Office and up again, each time after a failed signature and with other words."""
    p = submitted(person())
    bring_to(p, "tanda_tangan", kantor)
    for n in range(5):
        with pytest.raises(WrongPassphrase):
            press(p, kantor, "salah")
        with unit_of_work() as s:  # the pause after so many wrong ones is over
            s.execute(delete(AccessAttempt))
        decide_at(p, kantor[HEADERS], KeputusanKind.KEMBALIKAN, target="susun_sk", reason=REASON)
        word = {"pertimbangan": f"Perubahan ke-{n}.", "tembusan": []}
        redraft(at_desk(p).tugas_id, word, actor=kantor[BACK_OFFICE], now=WEDNESDAY)
        bring_to(p, "tanda_tangan", kantor)
        with unit_of_work() as s:
            in_force = s.scalars(select(Approval.langkah).where(Approval.voided_at.is_(None)))
            assert len(set(in_force)) == 2
            assert s.scalars(select(NomorRegister.sequence)).all() == [1]
    press(p, kantor)
    with unit_of_work() as s:
        assert s.scalars(select(Sk.sequence)).all() == [1]


def test_a_decree_without_one_of_its_approvals_is_not_signed_and_draws_no_number(kantor):
    """E07: whatever took the approval away."""
    p = submitted(person())
    bring_to(p, "tanda_tangan", kantor)
    with unit_of_work() as s:
        taken = "UPDATE persetujuan SET voided_at = now() WHERE langkah = 'paraf_kabid'"
        s.execute(text(taken))
    with pytest.raises(NotAllowedYet, match="tidak cocok dengan riwayatnya"):
        press(p, kantor)
    with unit_of_work() as s:
        assert s.scalars(select(NomorRegister.sequence)).all() == []
        s.execute(text("UPDATE persetujuan SET voided_at = NULL"))
