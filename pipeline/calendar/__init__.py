"""Office time: hours, holidays, and when something is due. Pure."""
