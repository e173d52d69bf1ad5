"""From the TOML of an SOP to its checked value."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.calendar.due import Limit
from pipeline.errors import DefinitionError
from pipeline.hashing import digest
from pipeline.roles import Peran, Posts, ladder
from pipeline.sop.check import check_sop
from pipeline.sop.checks.naskah import printed_numbers
from pipeline.sop.conditions import Asks, Branch
from pipeline.sop.form.read import read_bagian, read_desk_form, read_isian
from pipeline.sop.policy import DAYS_TO_TAKE, DocumentAge, Policy
from pipeline.sop.read_naskah import read_naskah, read_texts
from pipeline.sop.rows import TableLine, complete, every
from pipeline.sop.values import Catalogue, Langkah, Sop, Syarat
from pipeline.sop.words import FORWARD, Automatic, KeputusanKind


@dataclass(frozen=True, slots=True)
class Source:
    """An SOP file as it is on disk, and the SOP it describes."""

    name: str
    text: str
    sop: Sop


def load_sop(path: Path, posts: Posts) -> Sop:
    """Read and check one SOP file for an office with these posts. Raises DefinitionError: file, row, what to change."""
    return load_source(path, posts).sop


def load_source(path: Path, posts: Posts) -> Source:
    """The same with the text it was read from."""
    try:
        text = path.read_text("utf-8-sig")
        content = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also of what Python itself refuses to read
        raise DefinitionError(f"{path.name}: bukan TOML yang sah ({error}).") from error
    except OSError as error:
        raise DefinitionError(f"{path}: tidak dapat dibaca ({error.strerror}).") from error
    return Source(path.name, text, build_sop(content, path.name, posts))


def check_together(source: Source, others: Iterable[Source]) -> None:
    """Raise DefinitionError when two files describe one version, or two permits would print the same numbers."""
    sop = source.sop
    for other in (one.sop for one in others):
        if (other.code, other.version) == (sop.code, sop.version):
            raise DefinitionError(f'{source.name}: "{sop.code}" versi {sop.version} sudah ada. Naikkan versi di sini.')
        if other.code != sop.code and (same := set(printed_numbers(other)) & set(printed_numbers(sop))):
            kind = printed_numbers(sop)[same.pop()]
            raise DefinitionError(f"{source.name}: pola_nomor {kind} sama dengan pola {other.code}. Bedakan.")


def build_sop(content: Mapping[str, object], berkas: str, posts: Posts) -> Sop:
    """The checked SOP in a parsed TOML document; ``berkas`` is the name used in messages."""
    sop = read_sop(content, berkas, posts)
    check_sop(sop, berkas)
    return sop


def read_sop(content: Mapping[str, object], berkas: str, posts: Posts) -> Sop:
    """The same before it is checked: no office may run on it."""
    root = TableLine(berkas, content)
    langkah = every(root.line("langkah"), lambda b: _langkah(b, posts))
    bagian = every(root.line("bagian"), read_bagian)
    isian = every(root.line("isian"), read_isian)
    syarat = every(root.line("syarat"), _syarat)
    forms = every(root.line("formulir"), read_desk_form)
    naskah = every(root.line("naskah"), read_naskah)
    complete((langkah, bagian, isian, syarat, forms, naskah))
    sop = Sop(
        code=root.text("kode"),
        name=root.text("nama"),
        version=root.number("versi", smallest=1),
        printed_time=root.text("waktu_tercetak"),
        janji=_limit(root, root.text("janji")),
        prefix=root.text("prefix"),
        pemegang=root.text("pemegang", ""),
        common_words=root.listing("kata_umum"),
        titles=root.listing("gelar"),
        langkah=langkah.value,
        bagian=bagian.value,
        isian=isian.value,
        syarat=syarat.value,
        forms=forms.value,
        naskah=naskah.value,
        texts=read_texts(root),
        policy=_policy(root.table("kebijakan")),
        catalogue=_catalogue(root),
    )
    root.close()
    return replace(sop, digest=digest(content))


def _catalogue(root: TableLine) -> Catalogue:
    return Catalogue(
        description=root.text("deskripsi", ""),
        audience=root.text("untuk_siapa", ""),
        fee=root.text("biaya", ""),
        legal_basis=root.listing("dasar_hukum"),
        keywords=root.listing("kata_kunci"),
    )


def _limit(line: TableLine, text: str) -> Limit:
    try:
        return Limit.parse(text)
    except DefinitionError as error:
        raise line.wrong(str(error).rstrip(".")) from error


def _langkah(line: TableLine, posts: Posts) -> Langkah:
    wait = line.text("tunggu", "")
    time = line.text("waktu", wait or None)
    peran = Peran.SYSTEM if wait else line.code("peran", (Peran.PEMOHON, *posts))
    above = _above(posts, peran) if peran in posts else ()
    automatic, target = line.words_if_any("otomatis", Automatic), line.one_or_several("ke")
    langkah = Langkah(
        no=line.number("no", smallest=1),
        code=line.text("kode"),
        activity=line.text("kegiatan"),
        peran=peran,
        inputs=line.text("kelengkapan"),
        time=time,
        limit=_limit(line, wait or time),
        output=line.text("output"),
        remarks=line.text("keterangan", ""),
        status=line.text("status"),
        correction_status=line.text("status_perbaikan", "") or None,
        refusal_status=line.text("status_tolak", "") or None,
        keputusan=KeputusanKind.BERAKHIR if wait else line.word("keputusan", FORWARD),
        button="" if wait else line.text("tombol"),
        target=target[0] if target else "",
        beside=target if len(target) > 1 else (),
        branches=tuple(_branch(b) for b in line.line("cabang")),
        waits=bool(wait),
        asks=_asks(line.table("minta")) if line.has("minta") else None,
        returns_to=line.listing("kembali_ke"),
        automatic=automatic,
        ladder=above,
        sets_arah=line.yes("menetapkan_arah"),
        refuses=line.yes("menolak"),
        drafts=line.yes("menyusun") or automatic is Automatic.SUSUN_NASKAH,
        approval=line.yes("persetujuan"),
        signature=line.yes("tanda_tangan"),
        skip_when=line.condition("lewati_bila"),
    )
    line.close()
    return langkah


def _branch(line: TableLine) -> Branch:
    branch = Branch(target=line.text("ke"), when=line.condition("bila"))
    line.close()
    return branch


def _asks(line: TableLine) -> Asks:
    asks = Asks(syarat=line.listing("syarat"), isian=line.listing("isian"))
    line.close()
    return asks


def _above(posts: Posts, peran: Peran) -> tuple[Peran, ...]:
    """The post and all above it. Nobody stands above the head of the office, who is reminded instead."""
    chain = ladder(posts, peran)
    return chain if len(chain) > 1 else chain * 2


def _syarat(line: TableLine) -> Syarat:
    syarat = Syarat(
        code=line.text("kode"),
        name=line.text("nama"),
        remarks=line.text("keterangan", ""),
        required=line.condition("wajib"),
        optional=line.condition("opsional"),
        asked_at=line.text("diminta_pada", ""),
        personal=line.yes("pribadi"),
        at_most=line.number("paling_banyak", 5, smallest=1),
    )
    line.close()
    return syarat


def _document_age(line: TableLine) -> DocumentAge:
    age = DocumentAge(
        syarat=line.text("syarat"), isian=line.text("isian"), year=line.number("tahun", smallest=1, largest=100)
    )
    line.close()
    return age


def _policy(line: TableLine) -> Policy:
    policy = Policy(
        automatic=line.yes("otomatis", default=True),
        sample=line.number("sampel", 0),
        archive_days=line.number("arsip_hari", 90, smallest=DAYS_TO_TAKE[-1] + 1),
        document_ages=tuple(_document_age(b) for b in line.line("umur_dokumen")),
    )
    line.close()
    return policy
