"""The SOP table an office already has, in whatever it was typed with: read whole, no row of it lost. Pure."""
