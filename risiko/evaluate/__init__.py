"""How good a list is: splits, measures, backtests, what selection hides, equal treatment, simulators."""
