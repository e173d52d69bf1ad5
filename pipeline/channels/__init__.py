"""The ways out of the house. Each delivers a notice or says how it failed; whoever calls it keeps the account."""

from pipeline.channels.base import Ditolak, GagalKirim, Kirim, Kiriman, TidakPasti
from pipeline.channels.choose import KeadaanSaluran, alive, channel, health

__all__ = [
    "Ditolak",
    "GagalKirim",
    "KeadaanSaluran",
    "Kirim",
    "Kiriman",
    "TidakPasti",
    "alive",
    "channel",
    "health",
]
