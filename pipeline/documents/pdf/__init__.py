"""docx -> PDF, by LibreOffice or without it."""
