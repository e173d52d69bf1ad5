"""What an applicant does: fill in, hand in, send, answer, receive, take back."""
