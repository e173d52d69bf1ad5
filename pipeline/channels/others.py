"""Every other messaging service, through apprise.

Apprise answers yes or no, and its no may be a message that arrived after all; so a no is never tried again by itself.
"""

import logging
from dataclasses import dataclass

from pipeline.channels.base import TIME_LIMIT, Delivery, SendingFailed, Uncertain


@dataclass(frozen=True, slots=True)
class OtherChannel:
    """Sends through the service of an apprise address with ``{telepon}`` where the recipient goes."""

    url: str
    time_limit: float = TIME_LIMIT

    def __call__(self, delivery: Delivery) -> None:
        from apprise import Apprise  # slow to import, and most offices never need it

        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its lines carry addresses and tokens
        courier = Apprise()
        if not courier.add(self.url.replace("{telepon}", delivery.recipient)):
            raise SendingFailed("ALURIZIN_PESAN_URL tidak dikenal apprise.")
        if not courier.notify(body=delivery.text, timeout=3 * self.time_limit):
            raise Uncertain("Layanan pesan tidak memastikan pengiriman.")
