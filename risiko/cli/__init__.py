"""The command line: import records, score a date, learn from supervisions, open the app."""

from risiko.cli.main import app, main

__all__ = ["app", "main"]
