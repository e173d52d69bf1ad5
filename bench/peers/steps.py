"""The peers' case in their own words: ten fields, six documents, nine steps of which the machine does two."""

from typing import NamedTuple


class Step(NamedTuple):
    """A row of the table."""

    number: int
    role: str
    automatic: bool
    minutes: int


STEPS = (
    Step(1, "sistem", True, 30),
    Step(2, "front_office", False, 10),
    Step(3, "back_office", False, 10),
    Step(4, "dinas_teknis", False, 5760),
    Step(5, "back_office", False, 10),
    Step(6, "kabid", False, 5),
    Step(7, "sekretaris", False, 5),
    Step(8, "kepala_dinas", False, 5),
    Step(9, "sistem", True, 3),
)
FIELDS = (
    "name",
    "leader",
    "number",
    "address",
    "village",
    "district",
    "telephone",
    "mail",
    "service",
    "served",
)
FORM = {name: f"value of {name} 123" for name in FIELDS}
DOCUMENTS = tuple((f"document {n}", f"file{n}.pdf", 120_000 + n, "ab" * 32) for n in range(6))
