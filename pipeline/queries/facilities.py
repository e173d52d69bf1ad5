"""What the office works with beside its processes: disk, PDF engine, signer, ways out, scanner. No personal data."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection, func, select

from pipeline.channels import alive, health
from pipeline.channels.choose import ChannelState, felt_without
from pipeline.documents.errors import EngineMissing
from pipeline.documents.pdf.engine import available_engine
from pipeline.models import Notice, Sk
from pipeline.queries.machinery import Part, PartState
from pipeline.queries.paging import COUNTED_AT_MOST, at_most
from pipeline.rules.history.kinds import SkStatus
from pipeline.rules.notices.rules import NoticeStatus
from pipeline.settings import PdfEngine, Settings
from pipeline.text import moment_in_words

DISK = "disk"
#: Free bytes below which somebody has to make room, and below which uploads and papers fail.
LITTLE, NOTHING = 2 * 10**9, 2 * 10**8
DAY = timedelta(days=1)
_UPLOADS_FAIL = "Pemohon tidak dapat mengunggah, dan surat tidak dapat dibuat."
_NAMED = {PdfEngine.LIBREOFFICE: "LibreOffice", PdfEngine.SEDERHANA: "mesin sederhana, tanpa LibreOffice"}


def read_facilities(conn: Connection, s: Settings, *, now: datetime) -> tuple[Part, ...]:
    """All of them, in two statements."""
    return (disk(s.data), _pdf_engine(s), _signer(conn, s), *_channels(conn, s, now), _scanner())


def disk(data: Path) -> Part:
    """Room for documents."""
    return room(disk_free(data))


def room(free: int) -> Part:
    """The same, of so many bytes."""
    state = PartState.MATI if free < NOTHING else PartState.TERGANGGU if free < LITTLE else PartState.BERJALAN
    detail = f"{free / 10**9:.1f} GB bebas".replace(".", ",")
    felt = _UPLOADS_FAIL if free < NOTHING else "Belum terasa; segera kosongkan ruang."
    return Part(name=DISK, description="Penyimpanan dokumen", state=state, felt=felt, detail=detail)


def disk_free(data: Path) -> int:
    """Bytes that are free where the documents lie."""
    return shutil.disk_usage(data).free


def _pdf_engine(s: Settings) -> Part:
    try:
        engine, state = _NAMED[available_engine(s.pdf_engine)], PartState.BERJALAN
    except EngineMissing as error:
        engine, state = str(error), PartState.MATI
    felt = "Surat dan SK tidak dapat dibuat; berkas berhenti di meja yang menyusunnya."
    return Part(name="pdf", description="Pembuat PDF", state=state, felt=felt, detail=engine)


def _signer(conn: Connection, s: Settings) -> Part:
    """Who signs; and since when there is a signature of which nobody knows whether it was made."""
    since = conn.scalar(select(func.min(Sk.created_at)).where(Sk.status == SkStatus.PERLU_DICEK))
    detail = f"BSrE di {urlsplit(s.bsre.url).hostname}" if s.bsre else "sertifikat lokal, hanya untuk uji coba"
    state = PartState.TERGANGGU if since else PartState.BERJALAN
    felt = "SK tertahan di meja penanda tangan sampai hasil tanda tangannya dicek."
    return Part(name="penanda_tangan", description="Penanda tangan", state=state, since=since, felt=felt, detail=detail)


def _channels(conn: Connection, s: Settings, now: datetime) -> tuple[Part, ...]:
    """The ways out; and how many notices of the last day surely or perhaps did not arrive, of each."""
    failed = (NoticeStatus.GAGAL, NoticeStatus.TIDAK_PASTI)
    of_a_day = (
        select(Notice.channel, Notice.created_at)
        .where(Notice.status.in_(failed), Notice.created_at > now - DAY)
        .limit(COUNTED_AT_MOST + 1)
        .subquery()
    )
    query = select(of_a_day.c.channel, func.count(), func.max(of_a_day.c.created_at)).group_by(of_a_day.c.channel)
    counted = {channel: (total, at) for channel, total, at in conn.execute(query)}
    return tuple(_channel(c, *counted.get(c.channel, (0, None)), felt=felt_without(alive(s))) for c in health(s))


def _channel(channel: ChannelState, total: int, since: datetime | None, *, felt: str) -> Part:
    troubled = PartState.TERGANGGU if total else PartState.BERJALAN
    words = (
        f"{channel.description} {at_most(total)} tidak sampai dalam 24 jam, terakhir {moment_in_words(since)}."
        if since
        else ""
    )
    return Part(
        name=str(channel.channel),
        description=channel.name,
        state=troubled if channel.running else PartState.MATI,
        since=since,
        felt="Sebagian pemohon belum mendapat kabar." if channel.running else felt,
        detail=words or channel.description,
    )


def _scanner() -> Part:
    """Files are judged and made anew in the sandbox of uploads; another program that looks at them there is none."""
    detail = "setiap unggahan diperiksa dan disusun ulang di ruang terpisah"
    return Part(name="pemindai", description="Pemindai virus", state=PartState.TIADA, detail=detail)
