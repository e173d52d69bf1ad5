"""P9: an SK drafted, printed and signed, beside the bare library calls of these three; and ten of them together."""

import os
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from bench.goals import Line, at_most, not_measured, ratio, told

PAPERS, BATCH = 5, 10
_PASSPHRASE = "frasa-sandi-bench-2026"  # noqa: S105 - of a certificate that lives as long as the bench
_OFFICIAL = "bench"
_WHAT = "an SK drafted, printed and signed beside the bare library calls"


def measure(rounds: int) -> list[Line]:
    """In turn: an SK of ours, a bare one."""
    with tempfile.TemporaryDirectory(prefix="bench-sk-") as name:
        _settings(Path(name))
        from pipeline.documents.pdf import libreoffice

        if not libreoffice.available():
            return [not_measured("P9", _WHAT, "<= 1.15", "LibreOffice is not installed")]
        work = Letters(Path(name))
        ours, bare, batch = [], [], []
        work.ours()
        for _ in range(rounds):
            pairs = [(_seconds(work.ours), _seconds(work.bare)) for _ in range(PAPERS)]
            ours.append(median(pair[0] for pair in pairs))
            bare.append(median(pair[1] for pair in pairs))
            batch.append(_seconds(work.batch))
        cold = _seconds(work.cold)
    counts = {"ours_s": median(ours), "bare_s": median(bare)}
    return [
        at_most("P9", _WHAT, ratio(ours, bare), 1.15, rounds, **counts),
        at_most("P9", f"{BATCH} SKs together beside one", ratio(batch, ours), 6, rounds, batch_s=median(batch)),
        told("P9", "a PDF by an office program that has to start, beside one SK", cold / median(ours), 1),
    ]


def _settings(data: Path) -> None:
    """No database is asked: a data folder is all this needs."""
    tempfile.tempdir = str(data)  # places and office programs of its own
    nowhere = {"CELERY_BROKER_URL": "redis://", "DATABASE_URL": "postgresql://"}
    os.environ.update(ALURIZIN_DATA=str(data), ALURIZIN_MODE="demo", **nowhere)


def _seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


class Letters:
    """One sample SK, made again and again."""

    def __init__(self, data: Path) -> None:
        from pipeline.documents.pdf import soffice
        from pipeline.documents.qr import qr_png
        from pipeline.documents.signing import Secret, signing_service
        from pipeline.documents.signing.local import create_certificate
        from pipeline.documents.template.sample import URL, sample_answers, sample_variables
        from pipeline.documents.template.templates import templat
        from pipeline.kantor.office import kantor
        from pipeline.settings import settings
        from pipeline.sop.registry import get_sop

        sop = get_sop("td_lks")
        paper = sop.paper("sk")
        self._templat = templat(paper.templat).payload
        self._context = sample_variables(kantor(), sop, paper, sample_answers(sop, {}))
        self._url, self._qr, self._program = URL, qr_png(URL), str(soffice.program())
        self._folder, self._container = data, data / "tte" / f"{_OFFICIAL}.p12"
        self._passphrase = Secret(_PASSPHRASE)
        create_certificate(data / "tte", _OFFICIAL, "Kepala Dinas", self._passphrase)
        self._signer = signing_service(settings())

    def ours(self) -> bytes:
        """With everything that is checked on the way."""
        from pipeline.documents.pdf.engine import convert
        from pipeline.documents.signing import TteRequest
        from pipeline.settings import PdfEngine

        pdf = convert(self._draft(), PdfEngine.LIBREOFFICE, must_contain=(self._url,)).payload
        asked = TteRequest(id="bench", pdf=pdf, official=_OFFICIAL, verification_url=self._url)
        return self._signer.sign(asked, self._passphrase).pdf

    def bare(self) -> bytes:
        """The same three calls, and nothing else."""
        from bench.peers import letter
        from pipeline.documents.pdf.soffice_warm import convert_warm

        docx = letter.draft(self._templat, self._context, self._qr)
        pdf = letter.convert(lambda folder: convert_warm(self._program, folder), self._folder, docx)
        from pipeline.documents.signing.local import opens

        return letter.sign(pdf, self._container, opens(self._container, self._passphrase).decode())

    def batch(self) -> None:
        """So many that wait for one another."""
        with ThreadPoolExecutor(BATCH) as pool:
            for made in [pool.submit(self.ours) for _ in range(BATCH)]:
                made.result()

    def cold(self) -> bytes:
        """A PDF when no office program is warm."""
        from pipeline.documents.pdf import libreoffice, soffice_warm

        soffice_warm._rests = {self._program: float("inf")}
        return libreoffice.convert(self._draft(), 60)

    def _draft(self) -> bytes:
        from pipeline.documents.template.render import render

        return render(self._templat, self._context, qr=self._qr)
