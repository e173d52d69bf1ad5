"""Records, numbers and daily heads, as verify and the pages about them read them."""
