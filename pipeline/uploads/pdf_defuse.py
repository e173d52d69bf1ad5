"""What is taken out of a PDF before it is kept: whatever may act, or tells more than the pages do."""

from collections.abc import Callable, Iterator
from typing import Final

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

_ROOT: Final = {
    "/Type", "/Version", "/Pages", "/PageLabels", "/Outlines", "/Names", "/Dests", "/AcroForm", "/OCProperties",
    "/StructTreeRoot", "/MarkInfo", "/Lang", "/OutputIntents",
}  # fmt: skip
_NAMES: Final = {"/Dests"}
_FORM: Final = {"/Fields", "/DR", "/DA", "/Q", "/NeedAppearances"}
#: Of any dictionary: actions tied to an event, what an editor left, transitions that turn pages by themselves.
_ANYWHERE: Final = {"/AA", "/PA", "/PieceInfo", "/PresSteps", "/Trans", "/Dur", "/AF", "/Metadata"}
_ACTIONS: Final = {"/GoTo", "/URI", "/Named"}  # at a press of the reader's, and nothing after it
_ADDRESSES: Final = ("http://", "https://", "mailto:", "tel:")


def defuse(pdf: pikepdf.Pdf) -> bool:
    """Take it out. Returns whether something was there that acts by itself."""
    acted = _opens_with_action(pdf)
    for key in [k for k in pdf.trailer.keys() if k not in {"/Root", "/Size", "/ID", "/Prev", "/XRefStm"}]:  # noqa: SIM118 - pikepdf's
        del pdf.trailer[key]
    _keep_only(pdf.Root, _ROOT)
    for key, allowed in (("/Names", _NAMES), ("/AcroForm", _FORM)):
        if isinstance(part := pdf.Root.get(key), Dictionary):
            _keep_only(part, allowed)
    for subject in pdf.objects:
        for container in containers(subject):
            acted |= not isinstance(container, Array) and _defuse(container)
    return acted


def containers(subject: Object, count: Callable[[int], None] = lambda _: None) -> Iterator[Object]:
    """The object and the containers written inside it; those it refers to get their own turn.

    ``count`` hears how many values each holds, and may put an end to it.
    """
    waiting = [subject]
    while waiting:
        container = waiting.pop()
        if isinstance(container, Array):
            values = list(container)
        elif isinstance(container, Dictionary | Stream):
            values = [v for _, v in container.items()]
        else:
            continue
        yield container
        count(len(values))
        waiting.extend(v for v in values if isinstance(v, Dictionary | Array) and not v.is_indirect)


def _opens_with_action(pdf: pikepdf.Pdf) -> bool:
    """A view to open with (a destination) is no action."""
    return isinstance(pdf.Root.get("/OpenAction"), Dictionary)


def _defuse(container: Object) -> bool:
    acted = "/AA" in container
    for key in _ANYWHERE & set(container.keys()):
        del container[key]
    action = container.get("/A")
    if isinstance(action, Dictionary) and isinstance(action.get("/S"), Name):
        if "/Next" in action:
            acted = True
            del action["/Next"]
        if not _harmless(action):
            acted = True
            del container["/A"]
    return acted


def _harmless(action: Object) -> bool:
    kind = str(action.get("/S"))
    if kind != "/URI":
        return kind in _ACTIONS
    return str(action.get("/URI", "")).strip().lower().startswith(_ADDRESSES)


def _keep_only(container: Object, allowed: set[str]) -> None:
    for key in set(container.keys()) - allowed:
        del container[key]
