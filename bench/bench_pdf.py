"""What an SK costs as a PDF: cold soffice, warm soffice, and a signature in the middle of a crowd of previews.

    .venv/bin/python bench/bench_pdf.py [documents]

Wall seconds depend on what else the machine does; the CPU seconds and the ratios of one run are what counts.
"""

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pipeline.documents.pdf import libreoffice as pdf_libreoffice
from pipeline.documents.pdf import soffice, soffice_warm
from pipeline.documents.pdf.engine import convert
from pipeline.documents.pdf.turns import private_folder
from pipeline.documents.qr import qr_png
from pipeline.documents.template.render import render
from pipeline.documents.template.sample import URL, sample_contexts
from pipeline.documents.template.templates import templat
from pipeline.kantor import kantor
from pipeline.settings import PdfEngine
from pipeline.sop.registry import get_sop

CROWD = 12


def main() -> None:
    documents = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    if not pdf_libreoffice.available():
        sys.exit("LibreOffice tidak terpasang.")
    docx = sample_sk()
    cold = measure("dingin", lambda: pdf_libreoffice.convert(docx, 60), documents, warm=False)
    if not soffice_warm._has_uno():
        print("python3-uno tidak terpasang: tidak ada soffice hangat.")
    else:
        pdf_libreoffice.convert(docx, 60)
        warm = measure("hangat", lambda: pdf_libreoffice.convert(docx, 60), documents, warm=True)
        print(f"dingin / hangat: {cold[0] / warm[0]:.1f}x waktu, {cold[1] / warm[1]:.1f}x CPU")
    in_a_crowd(docx)


def sample_sk() -> bytes:
    sop = get_sop("td_lks")
    return render(templat(sop.naskah.templat["sk"]).payload, sample_contexts(kantor(), sop)["sk"], qr=qr_png(URL))


def measure(name: str, work: Callable[[], object], n: int, *, warm: bool) -> tuple[float, float]:
    """Median wall and CPU seconds of one document."""
    soffice_warm._rests = {} if warm else {str(soffice.program()): float("inf")}
    times, cpu = [], cpu_seconds()
    for _ in range(n):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    result = statistics.median(times), (cpu_seconds() - cpu) / n
    print(f"{name:8} {result[0]:6.3f} s   CPU {result[1]:6.3f} s")
    soffice_warm._rests = {}
    return result


def cpu_seconds() -> float:
    """Of every soffice and of its helpers on this machine, ended children of ours included."""
    gone = resource.getrusage(resource.RUSAGE_CHILDREN)
    return gone.ru_utime + gone.ru_stime + sum(map(_cpu_of, _running()))


def _running() -> list[int]:
    ours = str(private_folder()).encode()
    return [int(p.parent.name) for p in Path("/proc").glob("[0-9]*/cmdline") if ours in p.read_bytes()]


def _cpu_of(pid: int) -> float:
    try:
        words = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except FileNotFoundError:
        return 0.0
    return (int(words[11]) + int(words[12])) / 100


def in_a_crowd(docx: bytes) -> None:
    """How long a signature waits when CROWD previews were there before it."""

    def timed(preview: bool) -> float:
        start = time.perf_counter()
        convert(docx, PdfEngine.LIBREOFFICE, preview=preview)
        return time.perf_counter() - start

    with ThreadPoolExecutor(CROWD + 1) as pool:
        previews = [pool.submit(timed, True) for _ in range(CROWD)]
        time.sleep(0.2)
        signature = pool.submit(timed, False).result()
        longest = max(p.result() for p in previews)
    print(
        f"tanda tangan {signature:.2f} s, pratinjau terakhir dari {CROWD}: {longest:.2f} s ({longest / signature:.1f}x)"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        tempfile.tempdir = name  # places and soffices of its own
        main()
