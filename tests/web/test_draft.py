"""Back Office step 5 in a person's hands: a later desk sent the draft back."""

import pytest
from sqlalchemy import func, select

from pipeline.db import unit_of_work
from pipeline.models import Approval, Draft, Tugas
from pipeline.sop.words import KeputusanKind
from tests.desks import BACK_OFFICE, KABID_PERIZINAN, SEKRETARIS
from tests.factories import decide_at, work_off
from tests.web.desk import Berkas, Kantor, login, make_kantor, make_officer  # noqa: F401 - the fixture kantor

BACK_OFFICE, SECRETARY = BACK_OFFICE, SEKRETARIS


def sent_back(kantor: Kantor) -> Berkas:
    """A file that the Sekretaris returned to be drafted anew, after the Kabid's paraf."""
    file = kantor.carry("paraf_sekretaris")
    decide_at(
        file.permohonan_id,
        kantor.person[SECRETARY],
        KeputusanKind.KEMBALIKAN,
        target="susun_sk",
        reason="Tembusan kurang.",
    )
    work_off()
    return file


def valid_approvals() -> int:
    """Approvals of the draft in force."""
    of_draft = select(func.count()).select_from(Approval).join(Draft, Draft.id == Approval.draft_id)
    with unit_of_work() as s:
        return s.scalar(of_draft.where(Draft.voided_at.is_(None), Approval.voided_at.is_(None))) or 0


def test_the_page_shows_data_pages_and_the_reason(kantor: Kantor) -> None:
    file = sent_back(kantor)
    assert "Tembusan kurang." in kantor[BACK_OFFICE].open_page(file.address).text
    page = kantor[BACK_OFFICE].open_page(f"{file.address}/draf").text
    assert "/draf/gambar/1" in page
    assert "Nama lembaga" in page


def test_additions_make_a_new_draft_and_void_the_approvals(kantor: Kantor) -> None:
    file = sent_back(kantor)
    assert valid_approvals() == 1
    kantor[BACK_OFFICE].open_page(f"{file.address}/draf")
    content = {"pertimbangan": "bahwa telah dilakukan peninjauan ulang;", "tembusan": "Camat Cempaka\r\n\r\nArsip"}
    answer = kantor[BACK_OFFICE].send(f"{file.address}/draf", content)
    assert (answer.status_code, answer.location) == (303, f"{file.address}/draf")
    assert valid_approvals() == 0
    with unit_of_work() as s:
        draft = s.scalars(select(Draft).where(Draft.voided_at.is_(None))).one()
        assert (draft.nomor_draft, draft.additions["tembusan"]) == (2, ["Camat Cempaka", "Arsip"])
    assert "Camat Cempaka" in kantor[BACK_OFFICE].open_page(f"{file.address}/draf").text
    kantor[BACK_OFFICE].open_page(file.address)
    assert kantor[BACK_OFFICE].send(f"{file.address}/keputusan", file.shown(keputusan="setujui")).status_code == 303


def test_drafting_the_same_again_keeps_the_approvals(kantor: Kantor) -> None:
    file = sent_back(kantor)
    kantor[BACK_OFFICE].open_page(f"{file.address}/draf")
    assert kantor[BACK_OFFICE].send(f"{file.address}/draf", {"pertimbangan": "", "tembusan": ""}).status_code == 303
    assert valid_approvals() == 1


@pytest.mark.parametrize(
    "content",
    [
        {"pertimbangan": "x" * 2001},
        {"tembusan": "x" * 201},
        {"tembusan": "x\n" * 16},
        {"pertimbangan": "\x00"},
        {"pertimbangan": "Layak 👍"},
        {"tembusan": "Arsip\nCamat ☎"},
    ],
)
def test_too_much_is_refused_with_what_was_typed(kantor: Kantor, content: dict[str, str]) -> None:
    file = sent_back(kantor)
    kantor[BACK_OFFICE].open_page(f"{file.address}/draf")
    assert kantor[BACK_OFFICE].send(f"{file.address}/draf", content).status_code == 422
    assert valid_approvals() == 1


def test_the_draft_can_be_had_as_word(kantor: Kantor) -> None:
    file = sent_back(kantor)
    answer = kantor[BACK_OFFICE].open_page(f"{file.address}/draf.docx")
    assert answer.data.startswith(b"PK")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="draf-LKS-2026-')


def test_another_desk_has_no_drafting_page(kantor: Kantor) -> None:
    file = kantor.carry("paraf_kabid")
    assert kantor[KABID_PERIZINAN].open_page(f"{file.address}/draf").status_code == 403
    assert kantor[BACK_OFFICE].open_page(f"{file.address}/draf").status_code == 404


def test_words_sent_from_a_desk_that_does_not_draft_are_given_back(kantor: Kantor) -> None:
    """The same role has a desk that only passes files on."""
    file = kantor.carry("paraf_kabid")
    with unit_of_work() as s:
        passed_on = s.scalars(
            select(Tugas.id).where(Tugas.permohonan_id == file.permohonan_id, Tugas.langkah == "terima")
        ).one()
    content = {"pertimbangan": "Kata yang diketik", "tembusan": ""}
    answer = kantor[BACK_OFFICE].send(f"/petugas/tugas/{passed_on}/draf", content)
    assert answer.status_code == 409
    assert "Kata yang diketik" in answer.text
    assert kantor[BACK_OFFICE].open_page(f"/petugas/tugas/{passed_on}/draf").status_code == 404


def test_who_redrafts_first_has_taken_it_and_the_other_can_copy_what_they_typed(kantor: Kantor) -> None:
    file = sent_back(kantor)
    make_officer("kedua@uji.test", BACK_OFFICE)
    other = login(kantor.app, "kedua@uji.test")
    for browser in (other, kantor[BACK_OFFICE]):
        browser.open_page(f"{file.address}/draf")
    assert (
        kantor[BACK_OFFICE].send(f"{file.address}/draf", {"pertimbangan": "", "tembusan": "Arsip"}).status_code == 303
    )
    answer = other.send(f"{file.address}/draf", {"pertimbangan": "bahwa ini lain;", "tembusan": "Camat Landasan Ulin"})
    assert answer.status_code == 409
    for word in (f"Petugas {BACK_OFFICE.name}", "bahwa ini lain;", "Camat Landasan Ulin"):
        assert word in answer.text
    with unit_of_work() as s:
        assert s.scalars(select(Draft).where(Draft.voided_at.is_(None))).one().additions["tembusan"] == ["Arsip"]
