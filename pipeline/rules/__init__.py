"""What the office decides by, apart from any database or clock. Pure."""
