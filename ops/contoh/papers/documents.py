"""The documents an applicant hands in, made on the spot: letters as PDF, identity cards and photos as JPEG.

Every file names its institution and its seed, so no two permohonan ever hand in the same bytes.
"""

import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from ops.contoh.papers.institutions import SampleInstitution
from ops.contoh.papers.pdf import WIDTH, Page, make_pdf
from ops.contoh.papers.pictures import PHOTO_SIZE, ktp, photo
from pipeline.sop.values import Syarat
from pipeline.text import date_in_words


@dataclass(frozen=True, slots=True)
class SampleBerkas:
    """A file ready to be handed in."""

    name: str
    kind: str  # media type
    payload: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLetter:
    """A sample letter as ``surat.toml`` describes it."""

    letterhead: tuple[str, ...]
    title: str
    opening: str
    item: tuple[str, ...]
    marker: str
    page: int = 1
    photo: bool = False


def make_berkas(syarat: Syarat, institution: SampleInstitution) -> tuple[SampleBerkas, ...]:
    """The files that make up one required document."""
    if syarat.code == "KTP":
        return tuple(
            SampleBerkas(f"ktp-{jabatan}.jpg", "image/jpeg", ktp(person, jabatan))
            for jabatan, person in institution.board
        )
    letter = _sample_letter(syarat.code)
    payload = _letter(letter, _words(institution, syarat), f"{institution.seed}/{syarat.code}")
    return (SampleBerkas(f"{syarat.code.lower()}.pdf", "application/pdf", payload),)


def _words(institution: SampleInstitution, syarat: Syarat) -> dict[str, str]:
    content = {code: value for code, value in institution.content.items() if isinstance(value, str)}
    day = {code: date_in_words(date.fromisoformat(content[code])) for code in ("akta_tanggal", "tanggal_domisili")}
    return (
        content
        | day
        | {
            "nama": institution.name,
            "nama_besar": institution.name.upper(),
            "kelurahan_besar": institution.village.upper(),
            "kecamatan_besar": institution.district.upper(),
            "ketua": institution.chair.name,
            "sekretaris": institution.secretary.name,
            "bendahara": institution.treasurer.name,
            "nik": institution.chair.nik,
            "nama_syarat": syarat.name,
            "tanggal": date_in_words(institution.day),
        }
    )


def _letter(letter: SampleLetter, word: dict[str, str], seed: str) -> bytes:
    rng = random.Random(seed)  # noqa: S311 - the curl of a signature
    title = letter.title.format_map(word)
    page = [_page(letter, word, seed, n) for n in range(letter.page)]
    _sign(page[-1], letter, word, rng)
    if not letter.photo:
        return make_pdf(page, title=title)
    attachment = Page()
    attachment.line("Lampiran: foto bangunan", thick=True)
    attachment.picture(WIDTH - 128, (WIDTH - 128) * PHOTO_SIZE[1] / PHOTO_SIZE[0])
    return make_pdf([*page, attachment], title=title, photo=photo(f"{word['nama']} {seed}"), photo_size=PHOTO_SIZE)


def _page(letter: SampleLetter, word: dict[str, str], seed: str, nomor: int) -> Page:
    """Letterhead, title and the clauses; on later pages the clauses go on counting."""
    page = Page()
    for n, line in enumerate(letter.letterhead):
        page.line(line.format_map(word), size=10 if n else 14, thick=n == 0, middle=True)
    page.rule(1.6)
    if nomor == 0:
        page.line(letter.title.format_map(word), size=13, thick=True, middle=True)
        page.line(f"Nomor: CONTOH/{seed}", size=9, middle=True)
        page.y -= 12
        page.paragraph(letter.opening.format_map(word))
    for n, item in enumerate(letter.item, 1 + nomor * len(letter.item)):
        page.paragraph(item.format_map(word), prefix=f"{n}.")
    return page


def _sign(page: Page, letter: SampleLetter, word: dict[str, str], rng: random.Random) -> None:
    right = WIDTH - 230
    page.y -= 14
    page.line(f"Banjarbaru, {word['tanggal']}", x=right)
    page.line(letter.marker, x=right)
    page.y -= 42
    page.stamp(right + 6, "CONTOH")
    page.stroke(right + 14, rng)
    page.y -= 20
    page.line(word["ketua"] if letter.marker in {"Ketua", "Yang menyatakan"} else "(tertanda)", x=right, thick=True)


def _sample_letter(code: str) -> SampleLetter:
    every = _all_letters()
    return every.get(code, every["lain"])


@cache
def _all_letters() -> dict[str, SampleLetter]:
    return dict(_read_letters(tomllib.loads(Path(__file__).with_name("surat.toml").read_text(encoding="utf-8"))))


def _read_letters(toml: dict[str, dict[str, object]]) -> Iterator[tuple[str, SampleLetter]]:
    letterhead = toml.pop("kop")
    for code, s in toml.items():
        yield (
            code,
            SampleLetter(
                letterhead=_words_of(letterhead[str(s["kop"])]),
                title=str(s["judul"]),
                opening=str(s["pembuka"]),
                item=_words_of(s["butir"]),
                marker=str(s["penanda"]),
                page=int(str(s.get("halaman", 1))),
                photo=s.get("foto") is True,
            ),
        )


def _words_of(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
