"""The office: its file, SOPs and templates, and what its database says of desks, histories and searches."""

from collections.abc import Iterator, Mapping
from functools import partial

from ops.doctor.result import Result, of_office
from pipeline.kantor import DEFAULT, read_kantor
from pipeline.settings import read_places


def kantor_file(env: Mapping[str, str]) -> Iterator[Result]:
    """The office's own file can be read. Raises DefinitionError naming line and remedy."""
    path = read_places(env).kantor
    if not path.exists() and "ALURIZIN_KANTOR" not in env:
        yield Result("Data kantor", "contoh yang dikirim bersama aplikasi")
        return
    office = read_kantor(path)
    yield Result("Data kantor", f"{office.own.in_full}, {path}")


def sop(env: Mapping[str, str]) -> Iterator[Result]:
    """Files of SOPs that are not in force."""
    from pipeline.kantor.office import SHIPPED
    from pipeline.sop.registry import read_registry

    places = read_places(env)
    office = read_kantor(places.kantor if places.kantor.exists() else DEFAULT)
    folders = (*((SHIPPED,) if office.shipped_sops else ()), places.sop)
    found = read_registry(folders, places.data / "sop-dipakai", office.posts)
    yield Result("SOP", f"{len(found.newest)} izin", "; ".join(found.refused.values()))


def templat(env: Mapping[str, str]) -> Iterator[Result]:
    from pipeline.documents.template.papers import check_papers  # heavy: only this check needs it
    from pipeline.documents.template.templates import templat
    from pipeline.kantor.office import kantor
    from pipeline.sop.registry import SOPS

    read = partial(templat, beside=read_places(env).templat)
    papers = [paper for sop in SOPS.values() for paper in check_papers(kantor(), sop, read)]
    errors = [f"{paper.naskah.templat}: {sentence}" for paper in papers for sentence in paper.report.error]
    yield Result("Templat", f"{len(papers)} naskah", "; ".join(errors))


def desk(_: Mapping[str, str]) -> Iterator[Result]:
    """Desks without anybody."""
    return of_office("Meja kantor", _vacancies)


def daily_head(_: Mapping[str, str]) -> Iterator[Result]:
    """The daily head that binds every history: made in time."""
    return of_office("Kepala harian", _daily_head)


def search(_: Mapping[str, str]) -> Iterator[Result]:
    """The index of searches."""
    return of_office("Pencarian", _search)


def office_key(_: Mapping[str, str]) -> Iterator[Result]:
    """The key that the keys of all documents are wrapped by: without it none of them can be opened."""
    return of_office("Kunci kantor", _office_key)


def _office_key() -> Iterator[Result]:
    from pipeline.clock import real_now  # reads the settings, which attach() has just set
    from pipeline.kantor.office_key import office_keys
    from pipeline.services.records.office_key_change import count_older
    from pipeline.services.records.seal_forms import count_open_nik
    from pipeline.services.records.seal_store import count_clear
    from pipeline.settings import places
    from pipeline.text import date_at

    keys = office_keys()
    remedy = []
    if places().office_key.stat().st_mode & 0o077:
        remedy.append(f"Tutup untuk pengguna lain: chmod 600 {places().office_key}")
    if len(keys.secret) > 1 or count_older():
        remedy.append("Pergantian kunci terputus; teruskan dengan: alurizin kunci-kantor ganti")
    if clear := count_clear() + count_open_nik():
        remedy.append(f"{clear} dokumen atau NIK belum disegel; jalankan: alurizin kunci-kantor segel")
    age = (date_at(real_now()) - keys.since[keys.newest]).days
    yield Result("Kunci kantor", f"versi {keys.newest}, {age} hari; harus ikut dicadangkan", "; ".join(remedy))


def rights(_: Mapping[str, str]) -> Iterator[Result]:
    """What the application may do in its database."""
    return of_office("Hak basis data", _rights)


def _rights() -> Iterator[Result]:
    from ops.readiness import rights_lack  # reads the settings, which attach() has just set

    lack = rights_lack()
    yield Result("Hak basis data", "lebih dari perlu" if lack else "seperlunya", lack)


def _vacancies() -> Iterator[Result]:
    from pipeline.clock import now  # reads the settings, which attach() has just set
    from pipeline.queries.desk.vacancies import read_vacancies
    from pipeline.text import date_at

    if not (vacant := read_vacancies(date_at(now()))):
        yield Result("Meja kantor", "semua ada petugasnya")
        return
    sentence = " ".join(v.sentence for v in vacant)
    remedy = f"{sentence} Tunjuk petugas, Plt. atau Plh. di /admin/pengguna."
    yield Result("Meja kantor", f"{len(vacant)} tanpa petugas", remedy)


def _search() -> Iterator[Result]:
    from ops.readiness import search_lack  # reads the settings, which attach() has just set

    lack = search_lack()
    yield Result("Pencarian", "lambat" if lack else "cepat", lack)


def _daily_head() -> Iterator[Result]:
    from pipeline.clock import now  # reads the settings, which attach() has just set
    from pipeline.queries.records.heads import overdue_since
    from pipeline.text import moment_in_words

    if (late := overdue_since(now())) is None:
        yield Result("Kepala harian", "tidak terlambat")
        return
    remedy = "Periksa apakah beat dan pekerja berjalan; selama itu tidak ada yang mengikat riwayat yang baru."
    yield Result("Kepala harian", f"terakhir {moment_in_words(late)}", remedy)
