"""Files that have come in and are not what they are for yet, as pages tell of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from pipeline.rules.sentences import Sentence, read_sentence
from pipeline.uploads.refusals import RefusalReason

#: Most files are examined within a second; what takes longer than this is said so.
USUAL: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """One file that was received: it waits to be examined, or is refused."""

    id: UUID
    name: str
    late: bool  # it waits longer than usual
    refusal: Sentence | None


def read_refusal(kept: Mapping[str, object] | None) -> Sentence | None:
    """Why a file is refused, as it is kept."""
    return read_sentence(kept, (RefusalReason,)) if kept else None
