"""The bell of everybody who is logged in, the operator's list of what did not arrive, and the demo's mailbox."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.channels import health
from pipeline.errors import TidakDitemukan
from pipeline.notices.words import TOMBOL
from pipeline.queries.pemberitahuan import (
    HITUNG_PALING_BANYAK,
    count_unread,
    read_kotak_surat,
    read_lonceng,
    read_tak_sampai,
)
from pipeline.services.lonceng import mark_all_read, open_notice
from pipeline.services.notice_sending import resend, resend_failed
from pipeline.settings import settings
from web.auth import akun, operator, pengguna_kini, publik, saya
from web.forms import teks

bp = Blueprint("pemberitahuan", __name__)
HALAMAN_TERBESAR = 10_000


@bp.app_context_processor
def _lonceng() -> dict[str, object]:
    return {"belum_dibaca": belum_dibaca}


def belum_dibaca() -> str:
    """The number on the bell: "", "3" or "99+". Asked for by the page's header, so that other answers do not pay."""
    pengguna = pengguna_kini()
    try:
        jumlah = count_unread(pengguna.orang_id) if pengguna else 0
    except SQLAlchemyError:  # the page that says so has this header too
        return ""
    return f"{HITUNG_PALING_BANYAK}+" if jumlah > HITUNG_PALING_BANYAK else str(jumlah or "")


@bp.get("/pemberitahuan")
@akun
def lonceng() -> str:
    """What I was told, newest first."""
    halaman = _halaman()
    dering, lagi = read_lonceng(saya().orang_id, halaman=halaman)
    return render_template("pemberitahuan/lonceng.html", dering=dering, lagi=lagi, halaman=halaman)


@bp.post("/pemberitahuan/<uuid:pemberitahuan_id>/buka")
@akun
def buka(pemberitahuan_id: UUID) -> Response:
    """Mark one as read and go where it leads."""
    return redirect(open_notice(pemberitahuan_id, oleh=saya().orang_id, now=clock.now()), 303)


@bp.post("/pemberitahuan/dibaca")
@akun
def dibaca() -> Response:
    """Mark as read all that had come when the page was opened."""
    jumlah = mark_all_read(oleh=saya().orang_id, sampai=_sampai(), now=clock.now())
    flash(f"{jumlah} pemberitahuan ditandai sudah dibaca." if jumlah else "Semua pemberitahuan sudah dibaca.")
    return redirect(url_for("pemberitahuan.lonceng"), 303)


@bp.get("/operator/pemberitahuan")
@operator
def tak_sampai() -> str:
    """The channels, and what failed or is uncertain."""
    halaman = _halaman()
    daftar, lagi = read_tak_sampai(halaman=halaman)
    saluran = health(settings())
    return render_template("pemberitahuan/tak_sampai.html", daftar=daftar, lagi=lagi, halaman=halaman, saluran=saluran)


@bp.post("/operator/pemberitahuan/<uuid:pemberitahuan_id>/kirim-ulang")
@operator
def kirim_ulang(pemberitahuan_id: UUID) -> Response:
    """Send one again."""
    if not resend(pemberitahuan_id, now=clock.now()):
        raise TidakDitemukan
    flash("Pemberitahuan dikirim ulang. Bila gagal lagi, ia kembali ke daftar ini.")
    return redirect(url_for("pemberitahuan.tak_sampai"), 303)


@bp.post("/operator/pemberitahuan/kirim-ulang")
@operator
def kirim_ulang_semua() -> Response:
    """Send again all that surely failed; the uncertain ones are for a person to judge one by one."""
    jumlah = resend_failed(now=clock.now())
    flash(f"{jumlah} pemberitahuan dikirim ulang." if jumlah else "Tidak ada yang gagal.")
    return redirect(url_for("pemberitahuan.tak_sampai"), 303)


@bp.get("/kotak-surat")
@publik
def kotak_surat() -> str:
    """The demo's letters; in production there is no such page."""
    if not settings().demo:
        abort(404)
    halaman = _halaman()
    surat, lagi = read_kotak_surat(halaman=halaman)
    tombol = {str(jenis): teks_tombol for jenis, teks_tombol in TOMBOL.items()}
    return render_template("pemberitahuan/kotak_surat.html", surat=surat, lagi=lagi, halaman=halaman, tombol=tombol)


def _halaman() -> int:
    return min(max(request.args.get("halaman", 1, type=int), 1), HALAMAN_TERBESAR)


def _sampai() -> datetime:
    """The newest notice on the page that was shown, as its form tells."""
    try:
        sampai = datetime.fromisoformat(teks("sampai"))
    except ValueError:
        abort(400)
    return sampai if sampai.tzinfo else abort(400)
