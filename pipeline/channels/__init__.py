"""The ways out of the house. Each delivers a notice or says how it failed; whoever calls it keeps the account."""

from pipeline.channels.base import Delivery, Refused, Send, SendingFailed, Uncertain
from pipeline.channels.choose import ChannelState, alive, channel, health

__all__ = [
    "ChannelState",
    "Delivery",
    "Refused",
    "Send",
    "SendingFailed",
    "Uncertain",
    "alive",
    "channel",
    "health",
]
