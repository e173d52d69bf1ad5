"""Real processes are killed, frozen, filled, slowed down and lied to; what was seen becomes a table (`make chaos`)."""
