"""Documents made ahead of time."""

from tasks.base import carries_outbox

pratinjau = carries_outbox("dokumen.pratinjau", "Page images of a draft, before the leaders open it.")
