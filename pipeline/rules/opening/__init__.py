"""Whether this office is ready: what it still lacks before it opens, and what somebody should look at. Pure."""
