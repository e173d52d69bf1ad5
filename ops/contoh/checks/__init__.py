"""What the pages and tables say, against what the story should tell."""
