"""What an inspector sees of a photo from the press of the button to the verdict."""

import shutil
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from pipeline.clock import real_now
from pipeline.db import unit_of_work
from pipeline.models import FilledForm, Tugas, Upload
from pipeline.services.desk.photos import PHOTOS_AT_MOST
from pipeline.settings import settings
from pipeline.uploads.refusals import LARGEST_SIZE
from tests.desks import DINAS_TEKNIS, KABID_PERIZINAN
from tests.factories import SOP, at_desk, bytes_received, examine, set_by_sql, typed_form, write_bap
from tests.web.conftest import Browser
from tests.web.desk import Berkas, Kantor, make_kantor  # noqa: F401 - the fixture kantor
from tests.web.test_desk_form import photo

LABEL = SOP.forms[0].photos["depan"]
WAITS = "Sudah diterima, sedang diperiksa."
BROKEN = b"\xff\xd8\xff bukan foto"


@pytest.fixture(autouse=True)
def nothing_came_before() -> None:
    """The database is emptied before each test; what came in for it goes too."""
    shutil.rmtree(settings().data / "unggahan", ignore_errors=True)


@pytest.fixture
def file(kantor: Kantor) -> Berkas:
    """On the desk that inspects, its form opened."""
    file = kantor.carry("rekomendasi")
    kantor[DINAS_TEKNIS].open_page(f"{file.address}/formulir")
    return file


@pytest.fixture
def inspector(kantor: Kantor) -> Browser:
    return kantor[DINAS_TEKNIS]


def send(inspector: Browser, file: Berkas, payload: bytes | None = None, **other: object) -> int:
    chosen = {"foto-label": "depan", "foto-berkas": (BytesIO(payload or photo().read()), "f.jpg"), "foto-tambah": "1"}
    return inspector.send(f"{file.address}/formulir", {**chosen, **other}).status_code


def page(inspector: Browser, file: Berkas) -> str:
    return " ".join(inspector.open_page(f"{file.address}/formulir").text.split())


def upload_id() -> UUID:
    with unit_of_work() as s:
        return s.scalars(select(Upload.id)).one()


def kept(file: Berkas) -> int:
    with unit_of_work() as s:
        form = s.get(FilledForm, (file.permohonan_id, "bap"))
        photos = (form and form.content.get("foto")) or []
        assert isinstance(photos, list)
        return len(photos)


def test_a_photo_is_answered_at_once_and_looked_at_by_the_worker(inspector: Browser, file: Berkas) -> None:
    assert send(inspector, file, bap_tempat="Jl. Panglima Batur") == 303
    waiting = page(inspector, file)
    assert WAITS in waiting
    assert f'data-examining="{upload_id()}"' in waiting
    assert "lihat hasil pemeriksaannya" in waiting.partition("<noscript>")[2], "what to press without JavaScript"
    assert "<img" not in waiting.partition('id="foto-masuk"')[2], "nobody is shown what was not examined"
    assert kept(file) == 0
    examine()
    ready = page(inspector, file)
    assert WAITS not in ready
    assert 'data-examining=""' in ready
    assert f'alt="Foto {LABEL}"' in ready
    assert 'value="Jl. Panglima Batur"' in ready
    assert (kept(file), bytes_received()) == (1, [])


def test_a_refused_photo_says_why_beside_the_others_and_is_put_away(inspector: Browser, file: Berkas) -> None:
    send(inspector, file)
    examine()
    assert send(inspector, file, BROKEN, bap_tempat="Jl. Dua") == 303
    examine()
    refused = page(inspector, file)
    assert f"Foto “{LABEL}”: Gambar ini rusak atau terpotong." in refused
    assert 'href="#foto-diterima"' in refused, "the summary leads to it"
    assert (kept(file), 'value="Jl. Dua"' in refused) == (1, True)
    answer = inspector.send(f"{file.address}/formulir", {"bap_tempat": "Jl. Tiga", "foto-batal": str(upload_id())})
    assert answer.status_code == 303
    put_away = page(inspector, file)
    assert "rusak atau terpotong" not in put_away
    assert 'value="Jl. Tiga"' in put_away, "whichever button is pressed, what was typed is kept"
    assert kept(file) == 1


def test_the_next_photo_takes_the_place_of_the_refusals_on_the_page(inspector: Browser, file: Berkas) -> None:
    send(inspector, file, BROKEN)
    examine()
    seen = upload_id()
    assert f'name="seen" value="{seen}"' in page(inspector, file)
    send(inspector, file, seen=str(seen))
    examine()
    assert "rusak atau terpotong" not in page(inspector, file)
    assert kept(file) == 1


def test_a_waiting_photo_is_taken_back_and_once_in_the_form_stays(inspector: Browser, file: Berkas) -> None:
    send(inspector, file)
    taken_back = upload_id()
    for _ in range(2):
        answer = inspector.send(f"{file.address}/formulir", {"foto-batal": str(taken_back)})
        assert answer.status_code == 303
    examine()
    assert (kept(file), bytes_received()) == (0, [])
    send(inspector, file)
    pressed_late = upload_id()
    examine()
    assert inspector.send(f"{file.address}/formulir", {"foto-batal": str(pressed_late)}).status_code == 303
    assert kept(file) == 1


@pytest.mark.parametrize("keputusan", ["rekomendasi", "tolak", "kembalikan"])
def test_nothing_is_decided_while_a_photo_is_examined(
    kantor: Kantor, inspector: Browser, file: Berkas, keputusan: str
) -> None:
    decision = SOP["rekomendasi"].keputusan if keputusan == "rekomendasi" else keputusan
    back = SOP["rekomendasi"].returns_to[0]
    typed = {"keputusan": str(decision), "ke": back, "alasan": "Papan nama belum terpasang."}
    write_bap(file.permohonan_id, kantor.person[DINAS_TEKNIS], eligible=keputusan != "tolak")
    send(inspector, file, **typed_form(file.permohonan_id, eligible=keputusan != "tolak"))
    shown = " ".join(inspector.open_page(file.address).text.split())
    assert "1 foto sedang diperiksa; keputusan dikirim sesudahnya." in shown
    answer = inspector.send(f"{file.address}/keputusan", file.shown(**typed))
    assert answer.status_code == 422
    assert "Masih ada foto yang diperiksa. Tunggu sebentar, lalu kirim lagi." in answer.text
    assert "Papan nama belum terpasang." in answer.text
    examine()
    address = file.address
    assert inspector.send(f"{address}/keputusan", file.shown(**typed)).status_code == 303


def test_going_on_waits_for_the_photo_and_has_kept_everything(inspector: Browser, file: Berkas) -> None:
    typed = typed_form(file.permohonan_id)
    assert send(inspector, file, **typed) == 303
    answer = inspector.send(f"{file.address}/formulir", {**typed, "form-lanjut": "1"})
    assert (answer.status_code, "Masih ada foto yang diperiksa." in answer.text) == (422, True)
    assert WAITS in answer.text
    examine()
    answer = inspector.send(f"{file.address}/formulir", {**typed, "form-lanjut": "1"})
    assert (answer.status_code, answer.location) == (303, f"{file.address}#keputusan-anda")
    assert kept(file) == 1


def test_a_refusal_keeps_nothing_from_being_decided(inspector: Browser, file: Berkas) -> None:
    send(inspector, file, BROKEN, **typed_form(file.permohonan_id))
    examine()
    decision = file.shown(keputusan=str(SOP["rekomendasi"].keputusan))
    assert inspector.send(f"{file.address}/keputusan", decision).status_code == 303


def test_what_takes_long_is_said_so(inspector: Browser, file: Berkas) -> None:
    send(inspector, file)
    assert "lebih lama daripada biasanya" not in page(inspector, file)
    set_by_sql(update(Upload).values(received_at=real_now() - timedelta(minutes=2)))
    late = page(inspector, file)
    assert "lebih lama daripada biasanya" in late
    assert "tidak perlu dikirim ulang" in late


@pytest.mark.parametrize(
    ("payload", "status", "sentence"),
    [
        (b"MZ bukan foto", 422, "bukan PDF, JPG, PNG atau HEIC"),
        (b"%PDF-1.7 surat", 422, "tidak sesuai dengan isinya"),
        (b"\xff\xd8\xff" + bytes(LARGEST_SIZE), 413, "terlalu besar"),
        (b"", 422, "kosong"),
    ],
)
def test_what_the_first_bytes_betray_is_refused_at_once(
    inspector: Browser, file: Berkas, payload: bytes, status: int, sentence: str
) -> None:
    typed = {"foto-label": "depan", "bap_tempat": "Jl. Satu"}
    answer = inspector.send_large(f"{file.address}/formulir", "foto-berkas", "f.jpg", payload, **typed)
    assert answer.status_code == status
    assert sentence in answer.text.partition('id="foto-galat"')[2]
    assert 'value="Jl. Satu"' in answer.text
    assert bytes_received() == []
    with unit_of_work() as s:
        assert s.scalar(select(func.count()).select_from(Upload)) == 0


def test_the_form_has_room_for_so_many_photos_and_those_that_wait_count(inspector: Browser, file: Berkas) -> None:
    for _ in range(PHOTOS_AT_MOST):
        assert send(inspector, file) == 303
    assert send(inspector, file) == 422
    examine()
    assert send(inspector, file) == 422
    assert (kept(file), bytes_received()) == (PHOTOS_AT_MOST, [])


@pytest.mark.attack("B02")
def test_another_file_s_waiting_photo_is_not_taken_back(kantor: Kantor, inspector: Browser, file: Berkas) -> None:
    other = kantor.carry("rekomendasi", seed="b")
    send(inspector, file)
    inspector.open_page(f"{other.address}/formulir")
    inspector.send(f"{other.address}/formulir", {"foto-batal": str(upload_id())})
    examine()
    assert (kept(file), kept(other)) == (1, 0)
    assert kantor[KABID_PERIZINAN].open_page(f"{file.address}/formulir").status_code == 403


def test_a_decision_on_what_was_seen_before_the_photo_is_refused(inspector: Browser, file: Berkas) -> None:
    """The photo came into the form while the officer was reading: they decide on what there is now."""
    send(inspector, file, **typed_form(file.permohonan_id))
    before = file.shown(keputusan=str(SOP["rekomendasi"].keputusan))
    examine()
    assert inspector.send(f"{file.address}/keputusan", before).status_code == 409
    with unit_of_work() as s:
        assert s.get_one(Tugas, at_desk(file.permohonan_id).tugas_id).closed_at is None
