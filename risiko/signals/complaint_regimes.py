"""Registration regimes: which one a type of service in a county is in, month by month, and rates within it."""

from __future__ import annotations

import numpy as np

from risiko.asof import FloatArray

IntArray = np.ndarray[tuple[int, ...], np.dtype[np.int64]]


def regime_of(votes: FloatArray, kind: IntArray) -> IntArray:
    """The regime label of every stream, group and month, from how often each was seen there; newest month first.

    votes: streams × groups × months × labels, complaints seen under each label. kind: the type each group belongs to.
    A month takes the label most complaints in it bear. Where none was seen, labels are carried forward, and back
    before the first: between two labels the change is dated as the type's own, and a group that bore its type's label
    when last (or first) seen goes on as its type does. A group never seen is as its type, and an unseen type as 0.
    """
    votes = votes[:, :, ::-1]  # oldest first, as labels are carried forward
    members = np.equal.outer(np.arange(int(kind.max(initial=-1)) + 1), kind).astype(float)
    whole = np.einsum("kg,sgml->skml", members, votes)
    last, following = _nearest(whole)
    label = whole.argmax(axis=-1)
    of_type = np.where(last >= 0, _at(label, last), np.where(following >= 0, _at(label, following), 0))[:, kind]

    last, following = _nearest(votes)
    label = votes.argmax(axis=-1)
    before, after = _at(label, last), _at(label, following)
    as_type_before, as_type_after = _at(of_type, last) == before, _at(of_type, following) == after
    between = (of_type == before) | (of_type == after)
    found = np.select(
        [(last < 0) & (following < 0), (last >= 0) & (following >= 0), last >= 0],
        [of_type, np.where((before != after) & between, of_type, before), np.where(as_type_before, of_type, before)],
        np.where(as_type_after, of_type, after),
    )
    return np.asarray(found[:, :, ::-1], dtype=np.int64)


def _nearest(votes: FloatArray) -> tuple[IntArray, IntArray]:
    """The latest month up to each with a label, and the earliest from it on; -1 where there is none."""
    months = np.arange(votes.shape[2])
    seen = votes.sum(axis=-1) > 0
    last = np.maximum.accumulate(np.where(seen, months, -1), axis=-1)
    none = len(months)
    following = np.minimum.accumulate(np.where(seen, months, none)[..., ::-1], axis=-1)[..., ::-1]
    return last, np.where(following == none, -1, following)


def _at(label: IntArray, month: IntArray) -> IntArray:
    return np.take_along_axis(label, np.maximum(month, 0), axis=-1)


def rates_within(cell: IntArray, count: FloatArray, exposure: FloatArray) -> FloatArray:
    """Events per unit of exposure among all that share a cell, at each place of it; 0 where nothing was exposed."""
    size = int(cell.max(initial=-1)) + 1
    top = np.bincount(cell.ravel(), count.ravel(), size)
    bottom = np.bincount(cell.ravel(), exposure.ravel(), size)
    return np.divide(top, bottom, out=np.zeros(size), where=bottom > 0)[cell]
