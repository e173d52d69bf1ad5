"""The checks of ``alurizin doctor``: what this machine and this office have, and what is lacking with its remedy."""

from collections.abc import Iterator, Mapping

from ops.doctor import machine, office, opening, servers
from ops.doctor.result import Check, Result
from ops.told import file_problem
from pipeline.errors import AlurIzinError

__all__ = ["CHECKS", "Result", "examine"]

CHECKS: Mapping[str, Check] = {
    "Python": machine.python,
    "Pengaturan": servers.configuration,
    "PostgreSQL": servers.postgres,
    "Broker": servers.broker,
    "BSrE": servers.signer,
    "Mesin PDF": machine.pdf_engine,
    "Kotak unggahan": machine.upload_walls,
    "Huruf": machine.letters,
    "Folder data": machine.folder,
    "Port": machine.port,
    "Data kantor": office.kantor_file,
    "SOP": office.sop,
    "Templat": office.templat,
    "Meja kantor": office.desk,  # from here on: these point this process at the running instance
    "Kepala harian": office.daily_head,
    "Pencarian": office.search,
    "Kunci kantor": office.office_key,
    "Hak basis data": office.rights,
    "Persiapan": opening.steps,
    "Perhatian": opening.findings,
}


def examine(env: Mapping[str, str]) -> Iterator[Result]:
    """Every check; one that cannot even begin says why, and the others go on."""
    for subject, check in CHECKS.items():
        try:
            yield from check(env)
        except AlurIzinError as error:
            yield Result(subject, "tidak dapat diperiksa", str(error))
        except OSError as error:
            yield Result(subject, "tidak dapat diperiksa", file_problem(error) if error.filename else str(error))
