"""What a page shows, small enough to keep and to compare: made in the sandbox, compared outside of it."""
