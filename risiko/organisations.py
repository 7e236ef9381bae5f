"""Organisations' names: which spellings are of one and the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

BoolArray = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def spelling(names: pd.Series) -> pd.Series:
    """Names without case, spaces and punctuation: two with the same spelling are one. Missing stays missing."""
    code, distinct = pd.factorize(names)  # many rows, few names
    known = pd.Series(distinct, dtype="str")
    bare = known.str.normalize("NFKC").str.casefold().str.replace(r"[\W_]+", "", regex=True)
    # A name of nothing but signs is left as it is: it must not become one with all others of that kind.
    bare = bare.where(bare != "", known)
    return bare.reindex(code).set_axis(names.index).astype("str")


def one_name(names: pd.Series, aliases: Mapping[str, Sequence[str]]) -> pd.Series:
    """Every name as one of its organisation's (a category): the declared one, else the first in the alphabet.

    aliases: name -> other names it goes by (settings.organisations). Missing stays missing.
    """
    code, distinct = pd.factorize(names, sort=True)
    found = _chosen(pd.Series(distinct, dtype="str"), aliases)
    kinds = pd.Index(found.unique()).sort_values()
    at = np.append(kinds.get_indexer(found), -1)  # a missing name has code -1, and so the last place
    return pd.Series(pd.Categorical.from_codes(at[code], kinds), index=names.index)


def _chosen(names: pd.Series, aliases: Mapping[str, Sequence[str]]) -> pd.Series:
    bare = spelling(names)
    declared = pd.DataFrame([(name, other) for name, others in aliases.items() for other in (name, *others)],
                            columns=["name", "other"], dtype="str")  # fmt: skip
    pairs = pd.DataFrame({"bare": bare, "name": names})
    chosen = dict(zip(pairs["bare"][::-1], pairs["name"][::-1], strict=True))
    chosen |= dict(zip(spelling(declared["other"]), declared["name"], strict=True))
    return bare.map(chosen).astype("str")


def is_of(names: pd.Series, organisation: str, aliases: Mapping[str, Sequence[str]]) -> BoolArray:
    """Which of these names are the organisation's, in whatever spelling or alias; missing is nobody's."""
    asked = pd.concat([pd.Series([organisation], dtype="str"), names.astype("str")], ignore_index=True)
    bare = spelling(one_name(asked, aliases).astype("str"))
    return np.asarray((bare.iloc[1:] == bare.iloc[0]).to_numpy(dtype=bool, na_value=False) & bool(organisation.strip()))
