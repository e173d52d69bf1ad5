"""P11: from a warm ``alurizin run`` to its first page, and ``alurizin contoh`` once through."""

from statistics import median

from bench.goals import Line, at_most
from bench.instance import instance


def measure(rounds: int) -> list[Line]:
    """The first start makes the data folder; the next ones are warm."""
    with instance() as office:
        first = office.start()
        office.stop()
        warm = []
        for _ in range(rounds):
            warm.append(office.start())
            office.stop()
        office.start()
        contoh = office.contoh()
    return [
        at_most("P11", "seconds from a warm start to the first page", median(warm), 4, rounds, first_ever=first),
        at_most("P11", "seconds of alurizin contoh, once through", contoh, 12, 1),
    ]
