"""Whose words stand in what is approved: forms of desks and the additions to a draft, as the history tells. Pure."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from pipeline.rules.history.kinds import PeristiwaKind, form_told
from pipeline.sop.words import KeputusanKind

_SENT = {KeputusanKind.KIRIM, KeputusanKind.SETUJUI, KeputusanKind.TOLAK}


class Act(NamedTuple):
    """What a peristiwa tells of: what was done, by whom."""

    kind: str
    actor: str | None
    data: Mapping[str, object]


def writers(acts: Iterable[Act], recommending: Collection[str], free: Collection[str] = ()) -> set[str]:
    """Everybody who filled in the form of the file or of a desk, sent that, or wrote additions that a redraft keeps.

    ``recommending``: the langkah whose decision sends such a form; ``free``: the forms whose writers may approve. Who
    refuses without one decides, and writes nothing: the letter that carries the reason is drafted and approved like any
    other. One who acted for another wrote for both. Additions have no author any more once a person has emptied them.
    """
    field, additions = set[str](), set[str]()
    for e in acts:
        who = {str(p) for p in (e.actor, e.data.get("on_behalf")) if p}
        match e.kind:
            case PeristiwaKind.ISI if form_told(e.data) not in free:
                field |= who
            case PeristiwaKind.KEPUTUSAN if e.data["dari"] in recommending and e.data["keputusan"] in _SENT:
                field |= who
            case PeristiwaKind.NASKAH if e.actor:
                additions = additions | who if e.data["additions"] else set()
    return field | additions
