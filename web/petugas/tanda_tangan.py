"""The Kepala Dinas signs. The frasa sandi goes from the form into one call and is never kept, shown again or logged."""

from uuid import UUID

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pipeline import clock
from pipeline.documents.signing import HasilTidakPasti, Rahasia, SandiSalah
from pipeline.errors import DokumenGagal, GagalTandaTangan, TidakDitemukan
from pipeline.queries.tugas import Lembar
from pipeline.roles import Peran
from pipeline.services.sign import declare_unsigned, sign
from web.auth import petugas
from web.forms import Formulir, apa_adanya
from web.petugas import bp
from web.petugas.keputusan import BERUBAH, baca_seen, konflik
from web.petugas.meja import lembar_saya, sebagai
from web.petugas.tugas import konteks_lembar


@bp.get("/tugas/<uuid:tugas_id>/tanda-tangan")
@petugas(Peran.KEPALA_DINAS)
def tanda_tangan(tugas_id: UUID) -> str:
    """What is to be signed on one screen, and the frasa sandi."""
    return _halaman(_lembar(tugas_id), Formulir())


@bp.post("/tugas/<uuid:tugas_id>/tanda-tangan")
@petugas(Peran.KEPALA_DINAS)
def tanda_tangani(tugas_id: UUID) -> Response:
    """Sign, and go on to the queue. A failure stays on this page: nothing is issued."""
    lembar, sandi = lembar_saya(tugas_id), Rahasia(apa_adanya("frasa_sandi"))
    if not sandi.reveal():
        return make_response(_halaman(lembar, Formulir({}, {"frasa_sandi": "Isi frasa sandi Anda."})), 422)
    try:
        sign(tugas_id, sandi, oleh=sebagai(lembar), seen=baca_seen(), now=clock.now())
    except (GagalTandaTangan, DokumenGagal) as galat:
        return _gagal(lembar, galat)
    except BERUBAH as galat:
        return konflik(lembar, str(galat))
    flash(f"{lembar.permohonan.nomor} ditandatangani dan terbit.")
    return redirect(url_for("petugas.antrean", peran=lembar.peran), 303)


@bp.post("/tugas/<uuid:tugas_id>/tanda-tangan/belum")
@petugas(Peran.KEPALA_DINAS)
def belum_ditandatangani(tugas_id: UUID) -> Response:
    """The signer has checked an unknown attempt with the provider: it made no signature, so another may be made."""
    declare_unsigned(tugas_id, oleh=sebagai(_lembar(tugas_id)), now=clock.now())
    flash("Dicatat: percobaan sebelumnya tidak menghasilkan tanda tangan. Anda dapat mencoba lagi.")
    return redirect(url_for("petugas.tanda_tangan", tugas_id=tugas_id), 303)


def _gagal(lembar: Lembar, galat: GagalTandaTangan | DokumenGagal) -> Response:
    """A wrong frasa sandi is the person's to put right; anything else is the service's failure."""
    if isinstance(galat, SandiSalah):
        return make_response(_halaman(lembar, Formulir({}, {"frasa_sandi": str(galat)})), 422)
    judul = "Hasilnya belum diketahui" if isinstance(galat, HasilTidakPasti) else "Belum ditandatangani"
    return make_response(_halaman(lembar, Formulir(), gagal=(judul, str(galat))), 503)


def _lembar(tugas_id: UUID) -> Lembar:
    """The file, on the desk that signs."""
    lembar = lembar_saya(tugas_id)
    if not lembar.langkah.tanda_tangan or not lembar.terbuka:
        raise TidakDitemukan
    return lembar


def _halaman(lembar: Lembar, formulir: Formulir, *, gagal: tuple[str, str] | None = None) -> str:
    return render_template("petugas/tanda_tangan.html", formulir=formulir, gagal=gagal, **konteks_lembar(lembar))
