"""The ledger: which evidence was used for what, who is heard from, and what was never used and why."""
