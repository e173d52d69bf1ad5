"""What is owed to a queue: the relay's half, the worker's half, and the work of automatic steps."""
