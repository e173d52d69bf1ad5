"""Whether the office is ready for applicants, and what should not stay as it is: the lists that its pages show."""

from collections.abc import Iterator, Mapping

from ops.doctor.result import Result, of_office
from pipeline.settings import settings


def steps(_: Mapping[str, str]) -> Iterator[Result]:
    """The steps of /admin/mulai, but for the papers, which have a check of their own."""
    return of_office("Persiapan", _steps)


def findings(_: Mapping[str, str]) -> Iterator[Result]:
    """The list of the operator's page."""
    return of_office("Perhatian", _findings)


def _steps() -> Iterator[Result]:
    from pipeline.clock import now  # reads the settings, which attach() has just set
    from pipeline.queries.opening import read_facts
    from pipeline.rules.opening.checklist import checklist, missing

    facts = read_facts(now())
    lacking, warned = missing(facts), [item for item in checklist(facts) if not item.must and not item.done]
    if facts.machine.demo:
        yield Result("Persiapan", f"mode demo, {len(lacking)} langkah menunggu bila dipakai sungguhan (/admin/mulai)")
        return
    if not lacking:
        yield Result("Persiapan", "siap menerima permohonan")
    for item in (*lacking, *warned):
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
