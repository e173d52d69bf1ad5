"""Whether the office is ready for applicants, and what should not stay as it is: the lists that its pages show."""

from collections.abc import Iterator, Mapping

from ops.doctor.result import Result, of_office
from pipeline.settings import settings


def checklist(_: Mapping[str, str]) -> Iterator[Result]:
    """The steps of /admin/mulai, but for the papers, which have a check of their own."""
    return of_office("Persiapan", _checklist)


def findings(_: Mapping[str, str]) -> Iterator[Result]:
    """The list of the operator's page."""
    return of_office("Perhatian", _findings)


def _checklist() -> Iterator[Result]:
    from pipeline.clock import now  # reads the settings, which attach() has just set
    from pipeline.queries.opening import read_facts
    from pipeline.rules.opening.checklist import missing

    facts = read_facts(now())
    lacking = missing(facts)
    if facts.machine.demo:
        yield Result("Persiapan", f"mode demo, {len(lacking)} langkah menunggu bila dipakai sungguhan (/admin/mulai)")
    elif not lacking:
        yield Result("Persiapan", "siap menerima permohonan")
    else:
        for item in lacking:
            where = f" ({item.address})" if item.address else " (/admin/mulai)"
            yield Result("Persiapan", f"{item.title}: {' '.join(item.state)}", f"{item.remedy}{where}")


def _findings() -> Iterator[Result]:
    from pipeline.clock import real_now  # reads the settings, which attach() has just set
    from pipeline.queries.opening import read_findings

    found = read_findings(real_now())
    if settings().demo:
        yield Result("Perhatian", f"mode demo, {len(found)} hal perlu diatur bila dipakai sungguhan (/operator)")
    elif not found:
        yield Result("Perhatian", "tidak ada")
    else:
        yield from (Result(one.subject, one.sentence, one.remedy) for one in found)
