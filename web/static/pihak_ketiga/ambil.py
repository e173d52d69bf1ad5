"""Take the browser libraries out of npm, without a build chain: `python web/static/pihak_ketiga/ambil.py`.

govuk-frontend's licence covers its code, not the GDS Transport font nor the crest: both are cut out of the CSS here.
"""

import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

SINI = Path(__file__).parent
PAKET = {
    "govuk-frontend@6.6.0": ("dist/govuk/govuk-frontend.min.css", "dist/govuk/govuk-frontend.min.js"),
    "tus-js-client@4.3.1": ("dist/tus.min.js", "LICENSE"),
}
HURUF_GDS = re.compile(r"GDS Transport,\s*arial,\s*sans-serif")
HURUF = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif'
CREST = re.compile(r"[^{}]*\{[^{}]*govuk-crest[^{}]*\}")


def ambil(paket: str, berkas: tuple[str, ...]) -> None:
    """Download one npm package and keep the named files of it."""
    with tempfile.TemporaryDirectory() as tmp:
        subprocess.run(["npm", "pack", "--silent", paket], cwd=tmp, check=True)  # noqa: S607 - npm is looked up
        with tarfile.open(next(Path(tmp).glob("*.tgz"))) as tar:
            for nama in berkas:
                if anggota := tar.extractfile(f"package/{nama}"):
                    simpan(paket.partition("@")[0], Path(nama).name, anggota.read().decode())


def simpan(paket: str, nama: str, teks: str) -> None:
    """Write a file, without source maps, fonts and crest."""
    teks = re.sub(r"(/\*# sourceMappingURL.*?\*/|//# sourceMappingURL.*)", "", teks)
    if nama.endswith(".css"):
        teks = HURUF_GDS.sub(HURUF, re.sub(r"@font-face\{[^}]*\}", "", teks))
        teks = CREST.sub("", teks)
    tujuan = f"LICENSE-{paket}.txt" if nama == "LICENSE" else nama
    (SINI / tujuan).write_text(teks.strip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    for paket, berkas in PAKET.items():
        ambil(paket, berkas)
