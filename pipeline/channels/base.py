"""What a channel is given and what it may answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

#: Seconds a channel waits for each answer from the other side.
TIME_LIMIT = 10.0


class SendingFailed(Exception):
    """Surely not delivered; another try may help. The message is for the operator and names nobody."""


class Refused(SendingFailed):
    """Surely not delivered, and another try will not help: the address or the message itself is refused."""


class Uncertain(Exception):
    """Nobody knows whether it was delivered: it left, and the answer did not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One notice on its way."""

    id: UUID  # of the notice: the same however often it is tried
    recipient: str = field(repr=False)  # e-mail address, or phone number with the country code
    title: str
    text: str = field(repr=False)
    html: str = field(repr=False)


#: Deliver, or raise SendingFailed, Ditolak or Uncertain.
Send = Callable[[Delivery], None]
