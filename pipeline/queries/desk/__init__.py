"""What an officer and a leader see: queues, files, times, histories."""
