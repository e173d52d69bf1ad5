"""What the office can do. One use case = one function = one transaction; values in, values out."""
