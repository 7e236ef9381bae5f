"""The notebook door: open an authority, score, explain, learn, try it on earlier dates, compare; answers are frames."""

from risiko.api.authority import Authority, open
from risiko.api.comparing import Differences, Moved, compare
from risiko.api.explained import Explained, explain
from risiko.api.groups import Groups
from risiko.api.learned import Models, Trained
from risiko.api.result import Result, Table
from risiko.api.scored import Readings, Scored
from risiko.api.tried import Tried

__all__ = [
    "Authority", "Differences", "Explained", "Groups", "Models", "Moved", "Readings", "Result", "Scored", "Table",
    "Trained", "Tried", "compare", "explain", "open",
]  # fmt: skip
