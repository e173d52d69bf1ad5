"""Sample institutions carried through the running system over HTTP, as its people would: ``alurizin contoh``."""
