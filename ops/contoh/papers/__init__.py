"""What the sample applicants and officers hand in, drawn on the spot."""
