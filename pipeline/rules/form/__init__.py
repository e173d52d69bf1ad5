"""What is typed: fields, answers and spellings, and what they say of a holder."""
