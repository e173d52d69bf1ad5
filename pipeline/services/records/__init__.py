"""Taking hold of a file: its lock, its history, the only writer of it, and the proof that it is true."""
