"""What is told to whom: written with the act, sent later, read at the bell."""
