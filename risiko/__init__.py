"""risiko: where should a supervision authority look next, why, and how sure are we?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from risiko.api import Authority, compare, explain, open

__version__ = "0.1.0"
__all__ = ["Authority", "compare", "explain", "open"]


def __getattr__(name: str) -> Any:
    """Load the notebook door on first use, so that `import risiko` stays cheap."""
    if name in __all__:
        from risiko import api

        return getattr(api, name)
    raise AttributeError(f"module 'risiko' has no attribute {name!r}")


def __dir__() -> list[str]:
    """What completion offers: the door before the rooms are loaded."""
    return sorted({*globals(), *__all__})
