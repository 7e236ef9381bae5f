"""Shared statistics: limits, over-dispersion, shrinkage, pooling and change over time, vectorised over services."""
