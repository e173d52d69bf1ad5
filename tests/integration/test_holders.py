"""Step 2 compares an application with all others: one institution is known by its numbers and name however written."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select, text, update

from ops.contoh.papers.documents import make_berkas
from ops.contoh.papers.institutions import make_institution
from pipeline.db import unit_of_work
from pipeline.models import Berkas, Draft, Examined, Permohonan, Sk
from pipeline.queries.desk.permohonan import search_permohonan
from pipeline.queries.records.kept_sentences import worded
from pipeline.services.applicant.form import save_isian
from pipeline.services.applicant.submit import submit
from pipeline.storage import store
from tests.desks import FRONT_OFFICE
from tests.factories import SOP, WEDNESDAY, at_desk, data_of, filled_in, person, submitted, work_off
from tests.owner import behind_its_back

UNTIL = "2031-11-25"


def doubts(permohonan_id):
    """What is left to a person, after the workers have done theirs: field or document -> sentence."""
    work_off()
    with unit_of_work() as s:
        rows = s.execute(
            select(Examined.code, Examined.said).where(
                Examined.result == "petugas", Examined.tugas_id == at_desk(permohonan_id).tugas_id
            )
        ).all()
    return {r.code: worded(r.said) for r in rows}


def another(pemohon, seed="b", **isian):
    """Another institution's application but for these answers."""
    p = filled_in(pemohon, seed=seed)
    save_isian(p, isian, actor=pemohon, now=WEDNESDAY)
    submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
    return p


def renewal(pemohon, of, nomor, seed="b", **isian):
    """The renewal of another application's decree by the same institution, with papers of its own."""
    p = filled_in(pemohon, seed=seed)
    new = {"jenis": "PERPANJANGAN", "nomor_lama": nomor, "tanggal_lama_sampai": UNTIL, **isian}
    save_isian(p, {**data_of(of), **new}, actor=pemohon, now=WEDNESDAY)
    institution = make_institution(seed, today=WEDNESDAY.date())
    with unit_of_work() as s:
        for syarat in (t for t in SOP.syarat if t.code in {"STDLAMA", "LAP"}):
            (b,) = make_berkas(syarat, institution)
            sha256 = store(p).put(b.payload)
            s.add(
                Berkas(
                    permohonan_id=p,
                    syarat=syarat.code,
                    sequence=1,
                    name=b.name,
                    kind="pdf",
                    size=len(b.payload),
                    page_count=1,
                    sha256=sha256,
                    original_sha256=sha256,
                    uploaded_at=WEDNESDAY,
                )
            )
    submit(p, actor=pemohon, privacy_version="1", now=WEDNESDAY)
    return p


def granted(permohonan_id, sequence=1, *, kind="sk", status="terbit"):
    """A decree as signing leaves it. Returns its number."""
    nomor = f"503/{sequence:04d}/{'TD' if kind == 'sk' else 'TOLAK'}-LKS/DPMPTSP/2026"
    who, draft_id = person(), uuid4()
    with behind_its_back() as s:
        s.add(
            Draft(
                id=draft_id,
                permohonan_id=permohonan_id,
                nomor_draft=1,
                kind=kind,
                context={},
                templat="x",
                templat_sha256="x",
                content_digest="x",
                naskah_hash="x",
                pdf_engine="sederhana",
                docx_sha256="x",
                additions={},
                created_at=WEDNESDAY,
            )
        )
        s.flush()
        s.add(
            Sk(
                permohonan_id=permohonan_id,
                draft_id=draft_id,
                sop="td_lks",
                kind=kind,
                year=2026,
                sequence=sequence,
                nomor=nomor,
                day=WEDNESDAY.date(),
                token=f"token{sequence}",
                status=status,
                provider="lokal",
                signer_id=who,
                signatory={},
                pdf_sha256="a" * 64,
                pdf_size=1,
                valid_until_date=date.fromisoformat(UNTIL),
                created_at=WEDNESDAY,
                issued_at=WEDNESDAY,
            )
        )
        s.execute(text("DELETE FROM tugas WHERE permohonan_id = :p AND closed_at IS NULL"), {"p": permohonan_id})
        s.execute(
            update(Permohonan)
            .where(Permohonan.id == permohonan_id)
            .values(status="selesai", langkah=None, closed_at=WEDNESDAY)
        )
        return nomor


def first(pemohon=None, seed="a"):
    p = submitted(pemohon or person(), seed=seed)
    work_off()
    return p, data_of(p)


@pytest.fixture(autouse=True)
def _database(db):
    pass


def test_a_second_application_of_one_body_goes_to_a_person_whatever_was_spelled_differently():
    """The name spelled differently, or every name changed and one legal number kept: with another applicant."""
    p, data = first()
    nomor = number_of(p)
    name = str(data["nama_lembaga"])
    decree = str(data["ahu_nomor"])
    other = [
        {"nama_lembaga": name.replace("Yayasan", "Yys.")},
        {"nama_lembaga": f"{name.upper()}."},
        {"nama_lembaga": name.replace("a", "á", 2)},
        {"nama_sk": name.replace("Yayasan ", "Yay.  ")},
        {"ahu_nomor": decree},
        {"ahu_nomor": decree.replace("AHU-00", "AHU-").replace(".Tahun", " TH")},
        {"nib": str(data["nib"])},
        {"npwp": str(data["npwp"])},
        {"npwp": f"0{data['npwp']}"},
        {
            "akta_nomor": f"No. {data['akta_nomor']}",
            "akta_tanggal": data["akta_tanggal"],
            "akta_notaris": str(data["akta_notaris"]).replace(", S.H., M.Kn.", " SH MKn").upper(),
        },
    ]
    for n, isian in enumerate(other):
        q = another(person(), f"lain{n}", **isian)
        doubt = doubts(q)
        code = next(iter(isian))
        assert (at_desk(q).langkah, at_desk(q).automatic) == ("periksa", False), isian
        assert nomor in doubt[code], isian


def number_of(permohonan_id):
    with unit_of_work() as s:
        return s.get_one(Permohonan, permohonan_id).nomor


def test_another_institution_is_nobodys_business():
    _, data = first()
    different = {"akta_nomor": str(data["akta_nomor"]), "alamat": str(data["alamat"])}
    q = another(person(), "lain", **different)
    assert doubts(q) == {}
    assert at_desk(q).langkah == "rekomendasi"


def test_a_refused_application_may_be_made_anew():
    p, data = first()
    with behind_its_back() as s:
        s.execute(update(Permohonan).where(Permohonan.id == p).values(status="ditolak"))
    assert doubts(another(person(), "lain", npwp=str(data["npwp"]))) == {}


def test_ones_own_earlier_decree_is_no_duplicate_of_its_renewal():
    pemohon = person()
    p, _ = first(pemohon)
    nomor = granted(p)
    q = renewal(pemohon, p, nomor.replace("0001", "1").lower())
    assert doubts(q) == {}
    assert at_desk(q).langkah == "rekomendasi"
    second = granted(q, 2)
    r = renewal(pemohon, q, second, "c")
    assert doubts(r) == {}  # nor is the one before it


def test_an_older_decree_that_was_renewed_already_is_not_renewed_twice_by_the_machine():
    pemohon = person()
    p, _ = first(pemohon)
    nomor = granted(p)
    q = renewal(pemohon, p, nomor)
    work_off()
    doubt = doubts(r := renewal(pemohon, p, nomor, "c"))
    assert number_of(q) in doubt.get("nama_lembaga", ""), (doubt, at_desk(r))


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("an invented number", "tidak ada pada catatan kantor ini"),
        ("of another institution", "milik pemegang dengan nama atau nomor lain"),
        ("by a stranger", "diajukan akun lain"),
        ("of a refusal", "surat penolakan"),
        ("revoked", "sudah dicabut"),
    ],
)
def test_a_renewal_the_office_cannot_be_sure_of_goes_to_a_person(what, sentence):
    pemohon = person()
    p, _ = first(pemohon)
    nomor = granted(
        p, kind="penolakan" if what == "of a refusal" else "sk", status="dicabut" if what == "revoked" else "terbit"
    )
    actor = person() if what == "by a stranger" else pemohon
    isian = {"npwp": "099999999999999"} if what == "of another institution" else {}
    q = renewal(actor, p, "503/0077/TD-LKS/DPMPTSP/2026" if what == "an invented number" else nomor, **isian)
    doubt = doubts(q)
    assert (at_desk(q).langkah, at_desk(q).automatic) == ("periksa", False)
    assert sentence in doubt["nomor_lama"]


def test_an_expiry_that_is_not_the_offices_own_is_told():
    pemohon = person()
    p, _ = first(pemohon)
    q = renewal(pemohon, p, granted(p), tanggal_lama_sampai="2027-01-01")
    assert "berlaku sampai 25 November 2031" in doubts(q)["tanggal_lama_sampai"]


def test_an_officer_finds_a_name_with_any_apostrophe_or_accent():
    another(person(), "a", nama_lembaga="Yayasan Sa’at Ká'bah Al-Amin")
    another(person(), "b", nama_lembaga="Yayasan Lain")
    for written in ("Sa'at", "saʻat", "SAAT", "sa`at ka’bah", "ka’bah al amin", "Káʼbah", "al-amin"):
        found = search_permohonan(written, [FRONT_OFFICE], page=1).page
        assert [k.pemegang for k in found] == ["Yayasan Sa’at Ká'bah Al-Amin"], written
    for nothing in ("%", "_", "'", "’"):
        assert search_permohonan(nothing, [FRONT_OFFICE], page=1).page == (), nothing
