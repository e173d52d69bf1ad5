"""Every other messaging service, through apprise.

Apprise answers yes or no, and its no may be a message that arrived after all; so a no is never tried again by itself.
"""

import logging
from dataclasses import dataclass

from pipeline.channels.base import BATAS_WAKTU, GagalKirim, Kiriman, TidakPasti


@dataclass(frozen=True, slots=True)
class SaluranLain:
    """Sends through the service of an apprise address with ``{telepon}`` where the recipient goes."""

    url: str
    batas_waktu: float = BATAS_WAKTU

    def __call__(self, kiriman: Kiriman) -> None:
        from apprise import Apprise  # slow to import, and most offices never need it

        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its lines carry addresses and tokens
        kurir = Apprise()
        if not kurir.add(self.url.replace("{telepon}", kiriman.tujuan)):
            raise GagalKirim("ALURIZIN_PESAN_URL tidak dikenal apprise.")
        if not kurir.notify(body=kiriman.teks, timeout=3 * self.batas_waktu):
            raise TidakPasti("Layanan pesan tidak memastikan pengiriman.")
