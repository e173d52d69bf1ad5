"""Nothing damaged, swapped or forged is decided on, approved or signed; it is said in words, and can be put right."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, select, text, update

from pipeline.db import unit_of_work
from pipeline.documents.signing import Secret
from pipeline.documents.template.render import render
from pipeline.errors import BerkasDamaged, BerkasLost, NotAllowedYet
from pipeline.hashing import naskah_digest
from pipeline.models import Berkas, DamagedFile, Draft, Permohonan, Sk
from pipeline.services.applicant.submit import submit
from pipeline.services.desk import sign as signing
from pipeline.services.desk.claim import redraft
from pipeline.services.desk.naskah import WITHOUT_ADDITIONS
from pipeline.services.desk.sign import sign
from pipeline.services.records.verify.whole import verify_all
from pipeline.sop.words import KeputusanKind
from pipeline.storage import store
from pipeline.uploads import Accepted
from tests.desks import BACK_OFFICE, DINAS_TEKNIS, FRONT_OFFICE, KABID_PERIZINAN, KEPALA_DINAS
from tests.factories import (
    SOP,
    WEDNESDAY,
    add_photo,
    at_desk,
    bring_to,
    decide_at,
    filled_in,
    keep_berkas,
    person,
    submitted,
    work_off,
    write_bap,
)
from tests.integration.conftest import PASSPHRASE
from tests.integration.story import picture
from tests.owner import as_owner
from tests.stored import stored, stored_path

REASON = "Dokumennya tidak terbuka."
FORWARD = KeputusanKind.SETUJUI


@contextmanager
def damaged(*sha256: str, content: bytes | None = b"karangan") -> Iterator[None]:
    """Other bytes under these names (None: none at all), until the end."""
    kept = {stored_path(s): stored_path(s).read_bytes() for s in sha256}
    try:
        for path in kept:
            path.unlink() if content is None else path.write_bytes(content)
        yield
    finally:
        for path, payload in kept.items():
            path.write_bytes(payload)


def draft_of(p) -> Draft:
    with unit_of_work() as s:
        return s.scalars(select(Draft).where(Draft.permohonan_id == p, Draft.voided_at.is_(None))).one()


def a_document(p) -> Berkas:
    with unit_of_work() as s:
        return s.scalars(select(Berkas).where(Berkas.permohonan_id == p, Berkas.syarat == "AKTA")).first()


def press(p, kantor):
    desk = at_desk(p)
    return sign(desk.tugas_id, Secret(PASSPHRASE), actor=kantor[KEPALA_DINAS], seen=desk.seen, now=WEDNESDAY)


def carry_on(p, kantor):
    """Every desk goes on as if nothing were wrong, up to the signature."""
    bring_to(p, "tanda_tangan", kantor)
    press(p, kantor)


def alarms() -> dict[str, str]:
    with unit_of_work() as s:
        return {d.sha256: d.state for d in s.scalars(select(DamagedFile).where(DamagedFile.whole_at.is_(None)))}


def nothing_was_signed() -> bool:
    with unit_of_work() as s:
        return s.scalars(select(Sk)).all() == []


@pytest.mark.parametrize(("content", "error", "word"), [(b"x", BerkasDamaged, "rusak"), (None, BerkasLost, "hilang")])
@pytest.mark.parametrize("langkah", ["rekomendasi", "paraf_kabid", "tanda_tangan"])
def test_a_file_with_a_damaged_document_goes_nowhere_but_back(kantor, langkah, content, error, word):
    p = submitted(person())
    bring_to(p, langkah, kantor)
    if langkah == "rekomendasi":
        write_bap(p, kantor[DINAS_TEKNIS])
    sha256, actor = a_document(p).sha256, kantor[at_desk(p).peran]
    with damaged(sha256, content=content):
        with pytest.raises(error, match=f"{word} di penyimpanan kantor"):
            press(p, kantor) if langkah == "tanda_tangan" else decide_at(p, actor, SOP[langkah].keputusan)
        assert alarms() == {sha256: word}
        assert nothing_was_signed()
        decide_at(p, actor, KeputusanKind.KEMBALIKAN, target="periksa", reason=REASON)
    assert verify_all()[1] == []


def test_a_damaged_document_is_sent_back_by_the_first_desk_and_put_right_by_its_applicant(kantor):
    pemohon = person()
    p = filled_in(pemohon)
    doc = a_document(p)
    with damaged(doc.sha256), pytest.raises(BerkasDamaged, match="unggah lagi"):
        submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
    submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
    with damaged(doc.sha256):
        work_off()
        assert (at_desk(p).langkah, at_desk(p).automatic) == ("periksa", False)
        with pytest.raises(BerkasDamaged):
            decide_at(p, kantor[FRONT_OFFICE], SOP["periksa"].keputusan)
        decide_at(p, kantor[FRONT_OFFICE], KeputusanKind.KEMBALIKAN, target="ajukan", reason=REASON)


def test_the_same_bytes_sent_again_put_the_store_right():
    pemohon = person()
    p = filled_in(pemohon)
    doc = a_document(p)
    payload = stored(doc.sha256)
    stored_path(doc.sha256).write_bytes(b"karangan")
    keep_berkas(p, "AKTA", Accepted("a.pdf", "pdf", payload, 1, doc.sha256, None), actor=pemohon, now=WEDNESDAY)
    assert stored(doc.sha256) == payload


def test_a_damaged_picture_of_the_inspection_stops_the_recommendation(kantor):
    p = submitted(person())
    bring_to(p, "rekomendasi", kantor)
    technical, photo = kantor[DINAS_TEKNIS], picture("biru")
    add_photo(p, "depan", photo, actor=technical)
    write_bap(p, technical)
    with unit_of_work() as s:
        sha256 = s.scalar(text("SELECT content->'foto'->0->>'sha256' FROM filled_form"))
    with damaged(sha256), pytest.raises(BerkasDamaged, match="Foto formulir"):
        decide_at(p, technical, SOP["rekomendasi"].keputusan)
    decide_at(p, technical, SOP["rekomendasi"].keputusan)


def test_a_damaged_draft_is_drafted_anew(kantor):
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    old = draft_of(p)
    with damaged(old.docx_sha256):
        with pytest.raises(BerkasDamaged, match="Naskah"):
            decide_at(p, kantor[KABID_PERIZINAN], FORWARD)
        decide_at(p, kantor[KABID_PERIZINAN], KeputusanKind.KEMBALIKAN, target="susun_sk", reason=REASON)
        work_off()
        redraft(at_desk(p).tugas_id, WITHOUT_ADDITIONS, actor=kantor[BACK_OFFICE], now=WEDNESDAY)
        bring_to(p, "tanda_tangan", kantor)
        assert draft_of(p).id != old.id
        press(p, kantor)
    assert verify_all()[1] == []


def forge(p, db: Engine, rows: str) -> list[str]:
    """Other words for the SK, in both stored files, under the names the records have; and in ``rows`` of them."""
    d = draft_of(p)
    templat = stored(d.templat_sha256)
    context = {**d.context, "tentang": "PEMBERIAN IZIN KEPADA ORANG LAIN"}
    docx = render(templat, {**context, **signing.draft_final()}, title="Draf")
    if rows == "names":
        stored_path(d.docx_sha256).write_bytes(docx)
        stored_path(d.templat_sha256).write_bytes(docx)
        return [d.docx_sha256, d.templat_sha256]
    values = {"context": context, "docx_sha256": store(p).put(docx)}
    if rows == "and hash":
        values["naskah_hash"] = naskah_digest(context, d.templat_sha256, d.content_digest)
    if rows == "template":
        values = {"templat_sha256": store().put(docx), "docx_sha256": store(p).put(docx)}
    with as_owner() as conn:
        conn.execute(update(Draft).where(Draft.id == d.id).values(values))
    return []


@pytest.mark.parametrize("rows", ["names", "draft", "template", "and hash"])
@pytest.mark.parametrize("langkah", ["susun_sk", "paraf_kabid", "paraf_sekretaris", "tanda_tangan"])
def test_words_swapped_at_any_point_between_draft_and_signature_are_never_signed(kantor, db, langkah, rows):
    """The two stored files, the rows that name them, and the hash the approvals are bound to."""
    p = submitted(person())
    bring_to(p, "paraf_kabid", kantor)
    if langkah == "susun_sk":
        decide_at(p, kantor[KABID_PERIZINAN], KeputusanKind.KEMBALIKAN, target="susun_sk", reason=REASON)
        work_off()
    bring_to(p, langkah, kantor)
    d = draft_of(p)
    kept = {sha256: stored_path(sha256).read_bytes() for sha256 in (d.docx_sha256, d.templat_sha256)}
    forge(p, db, rows)
    try:
        with pytest.raises(NotAllowedYet):
            carry_on(p, kantor)
        assert nothing_was_signed()
        with unit_of_work() as s:
            assert s.get_one(Permohonan, p).status == "berjalan"
        assert verify_all()[1], "verify is not satisfied either"
    finally:
        for sha256, payload in kept.items():
            stored_path(sha256).write_bytes(payload)


def test_files_swapped_while_the_document_is_being_made_are_not_signed(kantor, monkeypatch):
    """Between the intent and the signature: read again, checked again."""
    p = submitted(person())
    bring_to(p, "tanda_tangan", kantor)
    d, make = draft_of(p), signing._document
    kept = {sha256: stored_path(sha256).read_bytes() for sha256 in (d.docx_sha256, d.templat_sha256)}

    def late(intent):
        for sha256 in kept:
            stored_path(sha256).write_bytes(b"karangan")
        return make(intent)

    monkeypatch.setattr(signing, "_document", late)
    try:
        with pytest.raises(BerkasDamaged):
            press(p, kantor)
        with unit_of_work() as s:
            assert s.scalars(select(Sk.status)).all() == ["gagal"]
    finally:
        for sha256, payload in kept.items():
            stored_path(sha256).write_bytes(payload)
    assert verify_all()[1] == []


def test_a_missing_draft_at_the_signature_says_so_and_raises_the_alarm(kantor):
    p = submitted(person())
    bring_to(p, "tanda_tangan", kantor)
    sha256 = draft_of(p).docx_sha256
    with damaged(sha256, content=None):
        with pytest.raises(BerkasLost, match="Naskah hilang di penyimpanan kantor"):
            press(p, kantor)
        assert alarms() == {sha256: "hilang"}
        assert nothing_was_signed()


@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE persetujuan SET person_id = (SELECT id FROM orang WHERE name = 'Petugas Back Office')"
        " WHERE langkah = 'paraf_kabid'",
        'UPDATE permohonan SET content = content || \'{"alamat": "Jalan Lain"}\'',
        "UPDATE tugas SET acting_as = 'Wali Kota' WHERE langkah = 'paraf_kabid'",
        'UPDATE draft SET additions = \'{"pertimbangan": "lain", "tembusan": []}\'',
    ],
)
def test_a_file_whose_tables_were_forged_is_not_signed(kantor, db, forged):
    p = submitted(person())
    bring_to(p, "tanda_tangan", kantor)
    with as_owner() as conn:
        conn.execute(text(forged))
    with pytest.raises(NotAllowedYet, match="tidak cocok dengan riwayatnya"):
        press(p, kantor)
    assert nothing_was_signed()
