"""Taking over what the office did on paper: its register of decrees, and where its numbers end."""
