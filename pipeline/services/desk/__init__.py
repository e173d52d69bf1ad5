"""What an officer does with a file: take, decide, draft, sign, hand on."""
