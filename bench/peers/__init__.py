"""The floors and the peers: the same work without us."""
