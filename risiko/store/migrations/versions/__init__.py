"""The steps from one version of a store to the next, in alembic's form; one that has been released never changes."""
