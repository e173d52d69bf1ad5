"""Documents made ahead of time."""

from tasks.base import carries_outbox

preview = carries_outbox("dokumen.pratinjau", "What a file has to show: page images, PDFs of its letters.")
