"""Documents that come in, and what is made of them ahead of time."""

from tasks.base import carries_outbox

examine = carries_outbox("dokumen.periksa", "One upload: examined, cleaned, and kept or refused.")
preview = carries_outbox("dokumen.pratinjau", "What a file has to show: page images, PDFs of its letters.")
