"""The command line: import records, score a date, learn from supervisions, open the app."""

from risiko.cli.main import FAULT_OF_OURS, app, main

__all__ = ["FAULT_OF_OURS", "app", "main"]
