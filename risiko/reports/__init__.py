"""Reports: what leaves the tool as a file."""
