"""Take the browser libraries out of npm, without a build chain: `python web/static/third_party/fetch.py`.

govuk-frontend's licence covers its code, not the GDS Transport font nor the crest: both are cut out of the CSS here.
"""

import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
BUNDLE = {
    "govuk-frontend@6.6.0": ("dist/govuk/govuk-frontend.min.css", "dist/govuk/govuk-frontend.min.js"),
    "tus-js-client@4.3.1": ("dist/tus.min.js", "LICENSE"),
}
GLYPHS_GDS = re.compile(r"GDS Transport,\s*arial,\s*sans-serif")
GLYPHS = 'system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",Arial,sans-serif'
CREST = re.compile(r"[^{}]*\{[^{}]*govuk-crest[^{}]*\}")


def take(bundle: str, berkas: tuple[str, ...]) -> None:
    """Download one npm package and keep the named files of it."""
    with tempfile.TemporaryDirectory() as tmp:
        subprocess.run(["npm", "pack", "--silent", bundle], cwd=tmp, check=True)  # noqa: S607 - npm is looked up
        with tarfile.open(next(Path(tmp).glob("*.tgz"))) as tar:
            for name in berkas:
                if member := tar.extractfile(f"package/{name}"):
                    save(bundle.partition("@")[0], Path(name).name, member.read().decode())


def save(bundle: str, name: str, text: str) -> None:
    """Write a file, without source maps, fonts and crest."""
    text = re.sub(r"(/\*# sourceMappingURL.*?\*/|//# sourceMappingURL.*)", "", text)
    if name.endswith(".css"):
        text = GLYPHS_GDS.sub(GLYPHS, re.sub(r"@font-face\{[^}]*\}", "", text))
        text = CREST.sub("", text)
    target = f"LICENSE-{bundle}.txt" if name == "LICENSE" else name
    (HERE / target).write_text(text.strip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    for bundle, berkas in BUNDLE.items():
        take(bundle, berkas)
