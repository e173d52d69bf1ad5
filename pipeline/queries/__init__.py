"""The read side: plain values for pages, one file per family of pages; no ORM object leaves."""
