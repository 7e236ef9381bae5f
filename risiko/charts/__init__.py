"""Charts: frame in, altair chart out, no data work."""
