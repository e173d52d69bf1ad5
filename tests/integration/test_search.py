"""What a search finds: a name however it is written, a number by any part of it, with and without the index."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text, update

from ops.readiness import search_lack
from pipeline.db import unit_of_work
from pipeline.migrations.trigrams import INDEXES, make_search_index
from pipeline.models import Permohonan
from pipeline.queries.desk import permohonan
from pipeline.queries.desk.permohonan import search_permohonan
from pipeline.roles import Peran
from pipeline.rules.form.holder import holder_columns
from pipeline.services.people.actor import Petugas
from tests.desks import DESKS
from tests.factories import SOP, clone, person, submitted, work_off
from tests.owner import as_owner, owner

NAMES = {
    "LKS-2026-000001": "Yayasan Nurul Jama'ah",
    "LKS-2026-000002": "Panti Asuhan Nurul Jama’ah Dua",
    "LKS-2026-000003": "LKS Al-Ihsan 100% Amanah_Jaya",
    "LKS-2025-480004": "Rumah Kasih Ibu & Anak",
    "LKS-2025-999905": "Café Belajar",
}


@pytest.fixture(params=["indeks", "tanpa indeks"])
def institutions(db: Engine, kantor: dict[Peran, Petugas], request: pytest.FixtureRequest) -> Iterator[None]:
    """Files of these institutions, each seen by the Front Office; on a server with pg_trgm, and on one without."""
    first = submitted(person())
    work_off()
    others = [permohonan_id for permohonan_id, _ in clone(first, len(NAMES) - 1)]
    with unit_of_work() as s:
        for permohonan_id, (nomor, name) in zip([first, *others], NAMES.items(), strict=True):
            columns = holder_columns(SOP, {"nama_lembaga": name})
            s.execute(update(Permohonan).where(Permohonan.id == permohonan_id).values(nomor=nomor, **columns))
    if request.param == "tanpa indeks":
        with as_owner() as s:
            s.execute(text(f"DROP INDEX {', '.join(INDEXES)}"))
    yield
    with as_owner() as s:
        make_search_index(s.connection())


def found(words: str) -> set[str]:
    return {k.nomor[-1] for k in search_permohonan(words, DESKS, page=1).page}


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("Nurul Jama'ah", "12"), ("nurul jamaah", "12"), ("Jama’ah", "12"), ("JAMAʻAH nurul", "12"),
        ("jamaah dua", "2"),
        ("al ihsan", "3"), ("AL-IHSAN", "3"), ("100%", "3"), ("amanah_", "3"), ("cafe", "5"), ("CAFÉ bel", "5"),
        ("ib", "4"), ("bu", ""), ("i", "34"), ("z", ""), ("%", ""), ("_", ""), ("&", ""), ("'", ""), ("\\", ""),
        ("2026", "123"), ("lks-2025", "45"), ("2025-48", "4"), ("9990", "5"), ("48", "4"), ("26-0000", "123"),
        ("LKS-2026-000002", "2"), ("nurul%jamaah", "12"), ("nurul'; DROP TABLE tugas; --", ""), ("", ""),
    ],
)  # fmt: skip
def test_names_and_numbers_are_found_however_they_are_typed(institutions: None, words: str, numbers: str) -> None:
    assert found(words) == set(numbers)


def test_of_very_many_that_fit_the_newest_are_looked_at_and_it_says_so(
    db: Engine, kantor: dict[Peran, Petugas], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = submitted(person())
    work_off()
    clone(first, 4)
    everybody = search_permohonan("UJI", DESKS, page=1)
    assert (len(everybody.page), everybody.more, everybody.cut) == (4, False, False)
    monkeypatch.setattr(permohonan, "LOOKED_AT", 3)
    cut = search_permohonan("UJI", DESKS, page=1)
    assert (len(cut.page), cut.cut) == (3, True)


def test_a_server_that_lacks_the_extension_says_so_and_gets_the_index_later(db: Engine) -> None:
    """The owner of the database may not make it either: as a server without the package answers."""
    role = owner().url.username
    assert search_lack() == ""
    with owner().begin() as conn:
        conn.execute(text("DROP EXTENSION pg_trgm CASCADE"))
        conn.execute(text("DROP INDEX ix_permohonan_terkirim"))
        conn.execute(text(f"REVOKE CREATE ON DATABASE {db.url.database} FROM {role}"))
    try:
        with owner().begin() as conn:
            assert not make_search_index(conn)
        assert "pg_trgm" in search_lack()
    finally:
        with owner().begin() as conn:
            conn.execute(text(f"GRANT CREATE ON DATABASE {db.url.database} TO {role}"))
            assert make_search_index(conn)
    assert search_lack() == ""
