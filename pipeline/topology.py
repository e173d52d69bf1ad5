"""Which queues exist: read from the roles and the SOPs, so that no list of them is typed twice."""

from pipeline.kantor.office import desks
from pipeline.roles import Peran
from pipeline.sop.registry import every_version
from pipeline.sop.values import Langkah

#: One queue per post of the office, named as operators know it, and the applicants'.
PERAN_QUEUES = tuple(p.antrean for p in (Peran.PEMOHON, *desks()))
#: The system's own work: documents, notices, sweeps.
SERVICE_QUEUES = ("dokumen", "pemberitahuan", "sistem")


def step_tasks() -> dict[str, Langkah]:
    """Every Celery task of a langkah, by name, over all SOPs. SOPs may share a code; then they share the task."""
    return {langkah.task_name: langkah for sop in every_version() for langkah in sop.langkah}


def desk_tasks() -> frozenset[str]:
    """Those of langkah that persons alone work on, in every SOP: the desk is ready, and nobody waits for its task."""
    automatic = {t.task_name for sop in every_version() for t in sop.langkah if t.automatic is not None}
    return frozenset(step_tasks()) - automatic
