"""A history told event by event, and the rows it must leave: nothing else may be true of the file."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.rules.history.chain import Event
from pipeline.rules.history.fold import MOST_ITEMS, fold, request_id
from pipeline.rules.history.replay import UNTOLD, Tables

BEGIN = datetime(2026, 11, 23, tzinfo=UTC)
#: Ids of tugas.
T1, T2, T3, T4, T5 = (f"00000000-0000-0000-0000-00000000000{n}" for n in range(1, 6))
APPLICANT, OFFICER, HEAD = "pemohon-1", "petugas-1", "kepala-1"


def moment(n: int) -> datetime:
    """When the n-th event happened."""
    return BEGIN + timedelta(hours=n)


class Story:
    """Events in a row, each an hour after the one before."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(
        self, kind: str, data: Mapping[str, object], *, actor: str = OFFICER, words: Mapping[str, object] | None = None
    ) -> "Story":
        n = len(self.events) + 1
        sealed = {**data, "words": "seal"} if words is not None else data
        self.events.append(Event(sequence=n, kind=kind, at=moment(n), actor=actor, peran="x", data=sealed, words=words))
        return self

    def tables(self) -> Tables:
        return fold(self.events)


def begun() -> Story:
    data = {"tugas": T1, "langkah": "ajukan", "status": "draf", "content_digest": "h0", "sop": "td", "sop_version": 1}
    return Story()("dibuat", data, actor=APPLICANT)


def decided(
    since: str, target: str, tugas: str, new_tugas: str, keputusan: str = "setujui", **more: object
) -> dict[str, object]:
    return {
        "tugas": tugas,
        "tugas_baru": new_tugas,
        "dari": since,
        "ke": target,
        "keputusan": keputusan,
        "status": "berjalan",
        "arah": None,
        "peran": "back_office",
        **more,
    }


def on_desk() -> Story:
    """Sent in, and waiting at the second step for a person."""
    sent = decided("ajukan", "periksa", T1, T2, "kirim", otomatis=True, nomor="LKS-1", privacy_version="v1")
    sent |= {"content_digest": "h1", "tenggat": "2026-11-30T00:00:00+00:00", "janji": "2026-12-01T00:00:00+00:00"}
    return begun()("keputusan", sent, actor=APPLICANT, words={"kode_lacak": "ABC"})


def test_a_draft_is_the_applicants_and_ready() -> None:
    tables = begun().tables()
    file, tugas = tables["permohonan"][""], tables["tugas"][T1]
    assert (file["status"], file["langkah"], file["pemohon_id"]) == ("draf", "ajukan", APPLICANT)
    assert (file["created_at"], file["changed_at"], file["sent_at"], file["nomor"]) == (
        moment(1),
        moment(1),
        None,
        None,
    )
    assert (tugas["kunjungan"], tugas["ready_at"], tugas["started_at"], tugas["closed_at"]) == (
        1,
        moment(1),
        moment(1),
        None,
    )
    assert (tugas["automatic"], tugas["expedited"], tugas["added_days"], tugas["jeda"]) == (False, False, 0, [])


def test_a_decision_closes_its_tugas_and_opens_the_next() -> None:
    tables = on_desk().tables()
    file, old, new = tables["permohonan"][""], tables["tugas"][T1], tables["tugas"][T2]
    assert (old["closed_at"], old["keputusan"], old["actor"]) == (moment(2), "kirim", APPLICANT)
    assert (new["langkah"], new["automatic"], new["ready_at"], new["closed_at"]) == ("periksa", True, None, None)
    assert new["tenggat"] == datetime(2026, 11, 30, tzinfo=UTC)
    assert (file["nomor"], file["tracking_code"], file["privacy_version"]) == ("LKS-1", "ABC", "v1")
    assert (file["sent_at"], file["complete_at"], file["content_digest"]) == (moment(2), moment(2), "h1")
    assert file["tenggat"] == datetime(2026, 12, 1, tzinfo=UTC)


def test_the_promise_moves_and_the_file_was_complete_when_it_first_was() -> None:
    later = decided("periksa", "terima", T2, T3, janji="2026-12-05T00:00:00+00:00")
    file = on_desk()("keputusan", later).tables()["permohonan"][""]
    assert (file["complete_at"], file["tenggat"]) == (moment(2), datetime(2026, 12, 5, tzinfo=UTC))
    assert (file["content_digest"], file["nomor"], file["sent_at"]) == ("h1", "LKS-1", moment(2))


def test_an_event_is_about_the_tugas_the_file_lies_on() -> None:
    assert on_desk()("diambil", {"tugas": T2}).tables()["tugas"][T2]["taken_by"] == OFFICER
    for closed_or_unknown in (T1, T5):
        with pytest.raises(ValueError, match="tugas yang tidak terbuka"):
            on_desk()("diambil", {"tugas": closed_or_unknown}).tables()


def test_what_happens_to_a_tugas_changes_that_one_alone() -> None:
    story = on_desk()("perlu_petugas", {"tugas": T2})("diambil", {"tugas": T2})
    tugas = story.tables()["tugas"]
    assert (tugas[T2]["automatic"], tugas[T2]["ready_at"]) == (False, moment(3))
    assert (tugas[T2]["taken_by"], tugas[T2]["taken_at"]) == (OFFICER, moment(4))
    assert (tugas[T1]["taken_by"], tugas[T1]["ready_at"]) == (None, moment(1))
    story("dialihkan", {"tugas": T2, "kepada": HEAD})
    assert (story.tables()["tugas"][T2]["taken_by"], story.tables()["tugas"][T2]["taken_at"]) == (HEAD, moment(5))
    story("dilepas", {"tugas": T2})("siap", {"tugas": T2})
    assert (story.tables()["tugas"][T2]["taken_by"], story.tables()["tugas"][T2]["ready_at"]) == (None, moment(7))
    story("macet", {"tugas": T2, "sejak": BEGIN.isoformat()})
    assert story.tables()["tugas"][T2]["stuck_at"] == BEGIN
    assert story("dilanjutkan", {"tugas": T2}).tables()["tugas"][T2]["stuck_at"] is None


def test_a_tenggat_moves_with_what_is_told_of_it_and_with_nothing_else() -> None:
    story = on_desk()("diperpanjang", {"tugas": T2, "baru": BEGIN.isoformat(), "added_days": 3, "tenggat_number": 1})
    tables = story.tables()
    assert (tables["tugas"][T2]["tenggat"], tables["tugas"][T2]["added_days"]) == (BEGIN, 3)
    assert (tables["tugas"][T2]["tenggat_number"], tables["tugas"][T1]["tenggat_number"]) == (1, 0)
    assert tables["permohonan"][""]["tenggat"] == datetime(2026, 12, 1, tzinfo=UTC)
    promise = story("tenggat_bergeser", {"tugas": T2, "janji_baru": moment(0).isoformat()}).tables()
    assert (promise["permohonan"][""]["tenggat"], promise["tugas"][T2]["added_days"]) == (moment(0), 3)


def test_a_file_that_is_done_lies_on_no_desk() -> None:
    end = decided("periksa", "selesai", T2, T3, "arsipkan", status="selesai")
    tables = on_desk()("keputusan", end).tables()
    file = tables["permohonan"][""]
    assert (file["status"], file["langkah"], file["closed_at"]) == ("selesai", None, moment(3))
    assert T3 not in tables["tugas"]


def returned() -> Story:
    """Sent back with two things to put right."""
    said = {"code": "empty", "params": {"label": "Alamat"}}
    items = [["syarat", "AKTA", "Halaman 2 terpotong.", None], ["isian", "alamat", "", said]]
    back = decided("periksa", "ajukan", T2, T3, "kembalikan", permintaan=2, kunjungan_baru=2)
    return on_desk()("keputusan", back, words={"permintaan": items, "alasan": "Perbaiki.", "sebagai": "Front Office"})


def test_what_the_applicant_was_asked_is_told_item_by_item() -> None:
    tables = returned().tables()
    asked = tables["permintaan_perbaikan"]
    first, second = str(request_id(T2, 0)), str(request_id(T2, 1))
    assert set(asked) == {first, second}
    assert (asked[first]["kind"], asked[first]["code"], asked[first]["note"]) == (
        "syarat",
        "AKTA",
        "Halaman 2 terpotong.",
    )
    assert (asked[second]["code"], asked[second]["tugas_id"], asked[second]["created_at"]) == ("alamat", T2, moment(3))
    assert [asked[each]["said"] for each in (first, second)] == [None, {"code": "empty", "params": {"label": "Alamat"}}]
    assert (tables["tugas"][T2]["reason"], tables["tugas"][T2]["acting_as"]) == ("Perbaiki.", "Front Office")
    assert tables["tugas"][T3]["kunjungan"] == 2


def test_an_answer_belongs_to_its_request_and_is_given_when_the_file_is_sent_again() -> None:
    first, second = str(request_id(T2, 0)), str(request_id(T2, 1))
    story = returned()("tanggapan", {"permintaan": first}, actor=APPLICANT, words={"jawaban": "Ini utuh."})
    asked = story.tables()["permintaan_perbaikan"]
    assert (asked[first]["answer"], asked[first]["answered_at"], asked[second]["answer"]) == ("Ini utuh.", None, None)
    again = decided("ajukan", "periksa", T3, T4, "kirim", dijawab=[first, second])
    asked = story("keputusan", again, actor=APPLICANT, words={"jawaban": {first: "Utuh."}}).tables()[
        "permintaan_perbaikan"
    ]
    assert (asked[first]["answer"], asked[second]["answer"]) == ("Utuh.", None)
    assert (asked[first]["answered_at"], asked[second]["answered_at"]) == (moment(5), moment(5))


def test_no_more_items_are_made_than_a_form_can_ask_for() -> None:
    many = decided("periksa", "ajukan", T2, T3, "kembalikan", permintaan=10**12)
    words = {"permintaan": [["isian", "x", "y", None]] * MOST_ITEMS}
    assert len(on_desk()("keputusan", many, words=words).tables()["permintaan_perbaikan"]) == 1000


def test_words_that_are_gone_are_told_by_nobody() -> None:
    back = decided("periksa", "ajukan", T2, T3, "kembalikan", permintaan=1, words="seal")
    asked = on_desk()("keputusan", back).tables()
    assert asked["permintaan_perbaikan"][str(request_id(T2, 0))]["note"] is UNTOLD
    assert asked["tugas"][T2]["reason"] is UNTOLD


def test_a_document_is_in_force_until_another_takes_its_place() -> None:
    paper = {
        "content_digest": "h2",
        "berkas": "b1",
        "syarat": "AKTA",
        "sequence": 1,
        "kind": "pdf",
        "size": 9,
        "page_count": 1,
        "sha256": "s",
        "original_sha256": None,
        "signed": False,
    }
    story = begun()("isi", paper, actor=APPLICANT, words={"berkas": "akta.pdf"})
    row = story.tables()["berkas"]["b1"]
    assert (row["name"], row["uploaded_at"], row["replaced_at"]) == ("akta.pdf", moment(2), None)
    story("isi", paper | {"berkas": "b2", "diganti": ["b1"]}, actor=APPLICANT, words={"berkas": "akta2.pdf"})
    berkas = story.tables()["berkas"]
    assert (berkas["b1"]["replaced_at"], berkas["b2"]["replaced_at"]) == (moment(3), None)
    gone = story("isi", {"content_digest": "h3", "berkas_dihapus": "b2"}, actor=APPLICANT).tables()
    assert (gone["berkas"]["b2"]["replaced_at"], gone["permohonan"][""]["content_digest"]) == (moment(4), "h3")


@pytest.mark.parametrize(
    ("saved", "sent"), [({"form": "bap"}, {"form": "bap"}), ({"bap": True}, {"bap_dikirim": True})]
)
def test_a_form_is_of_whoever_saved_it_last_and_is_sent_with_the_decision(
    saved: dict[str, object], sent: dict[str, object]
) -> None:
    """As it is told now, and as the first release told it."""
    assert "filled_form" not in on_desk()("isi", {"content_digest": "h2"}).tables()
    story = on_desk()("isi", {"content_digest": "h2", **saved})
    assert story.tables()["filled_form"] == {"bap": {"sent_at": None, "actor": OFFICER, "saved_at": moment(3)}}
    story("keputusan", decided("rekomendasi", "terima", T2, T3, "kirim", **sent))
    assert story.tables()["filled_form"]["bap"]["sent_at"] == moment(4)
    story("isi", {"content_digest": "h3", **saved}, actor=HEAD)
    assert story.tables()["filled_form"]["bap"] == {"sent_at": moment(4), "actor": HEAD, "saved_at": moment(5)}
    story("isi", {"content_digest": "h4", "form": "lain"}, actor=HEAD)
    assert set(story.tables()["filled_form"]) == {"bap", "lain"}


def drafted(story: Story, draft: str, naskah_hash: str) -> Story:
    told = dict.fromkeys(
        ("nomor_draft", "kind", "templat", "templat_sha256", "content_digest", "pdf_engine", "docx_sha256")
    )
    return story(
        "naskah", told | {"draft": draft, "naskah_hash": naskah_hash, "authors": [OFFICER]}, words={"tambahan": {}}
    )


def test_an_approval_is_of_the_draft_in_force_and_ends_with_a_return_to_its_desk() -> None:
    story = drafted(on_desk(), "d1", "n1")
    approve = decided("paraf", "teken", T2, T3, setuju_naskah="n1")
    story("keputusan", approve, words={"sebagai": "Kabid"})
    row = story.tables()["persetujuan"][T2]
    assert (row["draft_id"], row["langkah"], row["person_id"], row["acting_as"]) == ("d1", "paraf", OFFICER, "Kabid")
    assert (row["at"], row["voided_at"], row["on_behalf_of"]) == (moment(4), None, None)
    elsewhere = Story()
    elsewhere.events = list(story.events)
    elsewhere("keputusan", decided("teken", "susun", T3, T4, "kembalikan"))
    assert elsewhere.tables()["persetujuan"][T2]["voided_at"] is None
    story("keputusan", decided("teken", "paraf", T3, T4, "kembalikan"))
    assert story.tables()["persetujuan"][T2]["voided_at"] == moment(5)


def test_a_new_draft_voids_the_old_one_and_an_approval_of_the_old_one_is_no_history() -> None:
    story = drafted(drafted(on_desk(), "d1", "n1"), "d2", "n2")
    drafts = story.tables()["draft"]
    assert (drafts["d1"]["voided_at"], drafts["d2"]["voided_at"]) == (moment(4), None)
    assert (drafts["d1"]["created_at"], drafts["d1"]["drafter_id"]) == (moment(3), OFFICER)
    assert story.tables()["draft_author"] == {f"d{n}:{OFFICER}": {"person_id": OFFICER} for n in (1, 2)}
    with pytest.raises(ValueError, match="menyetujui draf yang tidak berlaku"):
        story("keputusan", decided("paraf", "teken", T2, T3, setuju_naskah="n1")).tables()


def test_a_number_is_taken_fails_is_freed_and_the_next_is_issued() -> None:
    told = dict.fromkeys(("sop", "kind", "year", "sequence", "day", "valid_until_date", "provider"))
    intent = told | {"draft_id": "d1", "sk": "s1", "sk_nomor": "503/1"}
    story = drafted(on_desk(), "d1", "n1")("sk_niat", intent, actor=HEAD, words={"token": "t", "penandatangan": ["A"]})
    sk = story.tables()["sk"]["s1"]
    assert (sk["nomor"], sk["status"], sk["signer_id"], sk["token"], sk["issued_at"]) == (
        "503/1",
        "niat",
        HEAD,
        "t",
        None,
    )
    assert story("sk_gagal", {"sk": "s1"}).tables()["sk"]["s1"]["status"] == "gagal"
    assert story("sk_perlu_dicek", {"sk": "s1"}).tables()["sk"]["s1"]["status"] == "perlu_dicek"
    assert story("nomor_bebas", {"sk": "s1"}).tables()["sk"] == {}
    with pytest.raises(KeyError):
        Story()("nomor_bebas", {"sk": "s9"}).tables()
    story("sk_niat", intent | {"sk": "s2"}, actor=HEAD, words={"token": "u", "penandatangan": ["A"]})
    story("sk_dikirim", {"sk": "s2", "docx_sha256": "x", "sent_sha256": "y"})
    signed = decided("teken", "terima_sk", T2, T3, "tanda_tangani", sk="s2", pdf_sha256="p", pdf_size=7)
    sk = story("keputusan", signed, actor=HEAD).tables()["sk"]["s2"]
    assert (sk["status"], sk["issued_at"], sk["pdf_sha256"], sk["pdf_size"]) == ("terbit", moment(10), "p", 7)
    assert (sk["docx_sha256"], sk["sent_sha256"], sk["revoked_at"]) == ("x", "y", None)


def test_a_level_is_kept_for_its_visit_and_its_tenggat() -> None:
    level = {
        "langkah": "periksa",
        "kunjungan": 1,
        "tenggat_number": 0,
        "level": "lewat",
        "recipient": "sekretaris",
        "tugas": T2,
    }
    told = on_desk()("eskalasi", level)("eskalasi", level | {"tenggat_number": 1, "empty": ["admin"]}).tables()[
        "eskalasi"
    ]
    assert told["periksa:1:0:lewat"] == {"recipient": "sekretaris", "empty": [], "tugas_id": T2, "at": moment(3)}
    assert (told["periksa:1:1:lewat"]["empty"], told["periksa:1:1:lewat"]["at"]) == (["admin"], moment(4))


def test_what_the_machine_found_is_bound_whole() -> None:
    story = on_desk()("perlu_petugas", {"tugas": T2}, words={"pemeriksaan": [{"code": "AKTA", "lulus": False}]})
    found = story.tables()["pemeriksaan"]
    assert found == {T2: {"verdict": [{"code": "AKTA", "lulus": False}], "at": moment(3)}}


def test_an_event_of_no_known_kind_is_not_passed_over() -> None:
    with pytest.raises(KeyError):
        on_desk()("lain", {}).tables()
