"""How every soffice of ours is started: with a profile of its own that runs nothing and fetches nothing."""

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

FILTER: Final = "writer_pdf_Export"
FILTER_OPTIONS: Final = '{"UseTaggedPDF":{"type":"boolean","value":"true"}}'
_SETTINGS = (
    ("Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Writer/Content/Update", "Link", "2"),  # never fetch a linked picture: it may be an address inside the office
)
_PROFILE = (
    '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    + "".join(
        f'<item oor:path="/org.openoffice.Office.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value>'
        "</prop></item>"
        for path, name, value in _SETTINGS
    )
    + "</oor:items>"
)


def program() -> str | None:
    """LibreOffice's start program on this machine."""
    return shutil.which("soffice") or shutil.which("libreoffice")


@cache
def without_network() -> tuple[str, ...]:
    """Words before a command that leave it no network; none where we may not take it away."""
    words = ("unshare", "--net")
    if os.geteuid() != 0 or shutil.which(words[0]) is None:
        return ()
    return words if subprocess.run([*words, "true"], capture_output=True, check=False).returncode == 0 else ()


def command(program: str, home: Path) -> list[str]:
    """Start ``program`` with the profile under ``home``, which is written here."""
    profile = home / "profil"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
    return [
        *without_network(),
        program,
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--nodefault",
        "--nofirststartwizard",
        f"-env:UserInstallation={profile.as_uri()}",
    ]


def environment(home: Path) -> dict[str, str]:
    """Nothing of ours: no address, no key."""
    return {k: v for k, v in os.environ.items() if k in {"PATH", "LANG", "TZ"}} | {"HOME": str(home)}
