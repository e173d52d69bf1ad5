"""An SOP as the office's own table, printed as it hangs on the wall. Pure."""

import textwrap
from collections.abc import Iterator, Sequence

from pipeline.calendar.due import Limit
from pipeline.errors import DefinitionError
from pipeline.sop.values import Langkah, Sop

#: Columns at their narrowest; what the terminal has beyond that goes to the four columns of words.
_FIXED = {"No": 2, "Pelaksana": 10, "Waktu": 8}
_FLEXIBLE = {"Kegiatan": 26, "Kelengkapan": 17, "Output": 18, "Keterangan": 18}
_COLUMN = ("No", "Kegiatan", "Pelaksana", "Kelengkapan", "Waktu", "Output", "Keterangan")
_WIDTH_AT_LEAST, _WIDTH_AT_MOST = 100, 180


def table_text(sop: Sop, width: int = _WIDTH_AT_LEAST) -> str:
    """The SOP as the office's table, at least 100 columns wide; every row begins with its number."""
    size = _widths(min(max(width, _WIDTH_AT_LEAST), _WIDTH_AT_MOST))
    stroke = "-" * (sum(size.values()) + 2 * (len(_COLUMN) - 2) + 1)
    content = [line for langkah in sop.langkah for line in _wrapped(_words(langkah), size)]
    return "\n".join([*_wrapped(_COLUMN, size), stroke, *content, stroke])


def _widths(width: int) -> dict[str, int]:
    remaining = width - sum(_FIXED.values()) - 2 * (len(_COLUMN) - 2) - 1
    flexible = {name: remaining * share // sum(_FLEXIBLE.values()) for name, share in _FLEXIBLE.items()}
    return _FIXED | flexible


def _words(t: Langkah) -> tuple[str, ...]:
    return str(t.no), t.activity, t.peran.name, t.inputs, t.time, t.output, t.remarks or "-"


def _wrapped(cell: Sequence[str], size: dict[str, int]) -> Iterator[str]:
    """One row of cells as terminal lines."""
    lane = [textwrap.wrap(content, size[name]) for content, name in zip(cell, _COLUMN, strict=True)]
    for i in range(max(len(line) for line in lane)):
        cut = ((line[i] if i < len(line) else "", name) for line, name in zip(lane, _COLUMN, strict=True))
        nomor, *word = (word.ljust(size[name]) for word, name in cut)
        yield f"{nomor} {'  '.join(word)}".rstrip()


def time_sentence(sop: Sop) -> str:
    """The sum of the steps beside the printed total: "4 hari …; tercetak 4 hari …: selisih 5 menit"."""
    total = sop.total_time
    try:
        printed = Limit.parse(sop.printed_time)
    except DefinitionError:
        return f'{total}; tercetak "{sop.printed_time}", yang tidak terbaca sebagai waktu'
    hari, minutes = total.hari - printed.hari, total.minutes - printed.minutes
    if not (hari or minutes):
        return f"{total}; tercetak sama"
    same_way = hari * minutes >= 0
    difference = str(Limit(abs(hari), abs(minutes))) if same_way else f"{hari:+d} hari dan {minutes:+d} menit"
    return f"{total}; tercetak {printed}: selisih {difference}"


def remarks(sop: Sop) -> tuple[str, ...]:
    """What the office should look at in its table; none of it stops the SOP from running."""
    note = []
    own = [str(t.no) for t in sop.approval if _names_own_approval(t)]
    if own:
        note.append(
            f"Langkah {_listed(own)}: kelengkapannya menyebut persetujuan langkah itu sendiri, "
            "padahal persetujuan baru ada sesudahnya. Maksudnya barangkali persetujuan langkah sebelumnya."
        )
    if (sop.total_time.hari, sop.total_time.minutes) > (sop.janji.hari, sop.janji.minutes):
        note.append(f"Jumlah waktu langkah ({sop.total_time}) melebihi janji kepada masyarakat ({sop.janji}).")
    return tuple(note)


def _listed(word: Sequence[str]) -> str:
    return " dan ".join(part for part in (", ".join(word[:-1]), word[-1]) if part)


def _names_own_approval(langkah: Langkah) -> bool:
    """Whether the input is the very approval this step gives, as in "Draf yang telah disetujui Kepala Bidang"."""
    inputs = langkah.inputs.lower()
    return "setuju" in inputs and langkah.peran.name.split()[0].lower() in inputs
