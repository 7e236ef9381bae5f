"""Kept frames: what can be computed again at any time but takes long, in Parquet files beside the store."""

from __future__ import annotations

import contextlib
import hashlib
import os
from functools import lru_cache
from pathlib import Path

import pandas as pd

SHOWS_ONLY = {"app", "charts", "cli", "i18n", "reports", "masking", "ingest", "synthetic"}  # no score rests on them
KEEP_AT_MOST = 200  # files; the ones longest unused go first


class Kept:
    """Frames by key. A key must name everything that the frame depends on; see `fingerprint`.

    Nothing is lost with the folder: a frame that is not there is computed again. Where there is no folder (a store in
    memory, a folder that may not be written) nothing is kept.
    """

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    @classmethod
    def beside(cls, address: str) -> Kept:
        """The folder beside a store in a file; nothing for a database server or a store in memory."""
        path = Path(address)
        return cls(path.with_name(path.name + ".cache") if "://" not in address and path.is_file() else None)

    def get(self, key: str) -> pd.DataFrame | None:
        """The frame under the key; None where there is none, or what is there cannot be read."""
        if self.folder is None or not self._path(key).is_file():
            return None
        with contextlib.suppress(OSError, ValueError):
            frame = pd.read_parquet(self._path(key))
            self._path(key).touch()
            return frame
        return None

    def put(self, key: str, frame: pd.DataFrame) -> None:
        """Keep the frame; whole or not at all. A folder that cannot be written keeps nothing, and says nothing."""
        if self.folder is None:
            return
        with contextlib.suppress(OSError):
            self.folder.mkdir(exist_ok=True)
            half = self._path(key).with_suffix(f".{os.getpid()}.half")
            frame.to_parquet(half)
            half.replace(self._path(key))
            kept = sorted(self.folder.glob("*.parquet"), key=lambda path: path.stat().st_mtime)
            for old in kept[:-KEEP_AT_MOST]:
                old.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return Path(self.folder or "") / f"{key}.parquet"


def fingerprint(*parts: str) -> str:
    """A short key for everything named, and for the code that computes: another version of risiko computes anew."""
    return hashlib.sha256("\x1f".join((*parts, _code())).encode()).hexdigest()[:24]


@lru_cache(maxsize=1)
def _code() -> str:
    root = Path(__file__).parents[1]
    whole = hashlib.sha256()
    for path in sorted([*root.rglob("*.py"), *root.rglob("*.csv")]):
        if path.relative_to(root).parts[0] not in SHOWS_ONLY:
            whole.update(path.read_bytes())
    return whole.hexdigest()
