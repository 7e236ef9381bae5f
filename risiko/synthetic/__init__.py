"""Invented authorities with planted truth, to try everything on before real records are at hand."""

from __future__ import annotations

from risiko.synthetic.latent import WORLDS
from risiko.synthetic.world import World, build

__all__ = ["WORLDS", "World", "build"]
