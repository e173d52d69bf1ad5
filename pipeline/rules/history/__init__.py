"""What peristiwa tell: their chain, the state they add up to, and the daily head over all of them."""
