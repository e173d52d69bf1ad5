"""What a form asks, of an applicant or of a desk: fields, checklists, photos; read from the TOML and checked."""
