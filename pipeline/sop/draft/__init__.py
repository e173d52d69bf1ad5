"""From the office's table to a permit to complete: its words kept, proposals with reasons, the rest asked. Pure."""
