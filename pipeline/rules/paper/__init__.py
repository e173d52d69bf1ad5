"""The register of decrees that were issued on paper, as an office keeps it in a table. Pure."""
