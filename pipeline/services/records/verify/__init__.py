"""Whether the tables, papers and heads are what the histories say: one part each, ``whole`` calls them."""
