"""What an applicant answers to what was asked, from the moment it is written."""

from sqlalchemy import Engine, select, text

from pipeline.db import unit_of_work
from pipeline.models import CorrectionRequest
from pipeline.rules.transitions import Keputusan, Request
from pipeline.services.applicant.reply import answer_request
from pipeline.services.desk.decide import decide
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.words import KeputusanKind
from tests.desks import DINAS_TEKNIS
from tests.factories import WEDNESDAY, at_desk, bring_to, person, submitted, work_off


def test_an_answer_not_sent_yet_is_the_applicants_own(kantor, db: Engine) -> None:
    pemohon = person()
    p = submitted(pemohon)
    bring_to(p, "rekomendasi", kantor)
    desk = at_desk(p)
    items = (Request("isian", "uraian_kegiatan", "Jelaskan."),)
    back = Keputusan(kind=KeputusanKind.KEMBALIKAN, target="ajukan", reason="Lengkapi.", requests=items)
    decide(desk.tugas_id, back, actor=kantor[DINAS_TEKNIS], seen=desk.seen, now=WEDNESDAY)
    work_off()
    with unit_of_work() as s:
        asked = s.scalars(select(CorrectionRequest.id)).one()
    for said in ("Sudah kami jelaskan.", "Sudah kami jelaskan.", "", "Sudah di lampiran."):
        answer_request(p, asked, said, actor=pemohon, now=WEDNESDAY)
        assert verify_all()[1] == []
    with db.begin() as conn:
        conn.execute(text("UPDATE permintaan_perbaikan SET answer = 'Diserahkan di loket'"))
    assert any("jawaban diubah" in k for k in (f.sentence for f in verify_all()[1]))
