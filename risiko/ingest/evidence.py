"""Doubts about experience evidence: kept, and told to whoever imports it."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from risiko.ingest import faults
from risiko.ingest.mapping import Table
from risiko.organisations import spelling

_FEWEST = 5  # as settings.experience.survey_minimum, unless told otherwise: of fewer people many means are alike
HIGHEST_OF_TEN = 10  # scores that never pass it are most likely on a scale of 1 to 5 or 1 to 10
_SURVEY = ["service_id", "service_type", "area", "event_date", "dimension", "n", "score"]
TOLD = [*_SURVEY, "method", "organisation"]


def doubts(good: pd.DataFrame, table: Table, earlier: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Warnings about the good rows of a block (`row` is their index label), in the light of the import's earlier ones.

    A survey without n; a survey that stands in an earlier row, most often in another organisation's name; an
    organisation spelled in two ways, once for each spelling; scores that all look like 1-5 or 1-10 where the mapping
    declares no scale, once.
    """
    before = pd.concat([frame[TOLD] for frame in earlier], ignore_index=True) if earlier else good[TOLD].iloc[:0]
    survey = good["method"] == "survey"
    unsaid = survey & good["n"].isna() & good["score"].notna()
    found = [faults.at(good["n"], unsaid, "n", "survey_without_n")]
    found += [_delivered_twice(good, before), _spelled(good, before)]
    rule, scored = table.columns.get("score"), good["score"].notna()
    low = good["score"].max() <= HIGHEST_OF_TEN and good["score"].max() > 0
    if low and not (rule is not None and rule.rescales):
        first = pd.Series(good.index == good.index[scored.to_numpy()][0], index=good.index)
        found.append(faults.at(good["score"], first, "score", "narrow_scale"))
    return faults.together(found)


def _delivered_twice(good: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Rows that tell the survey of an earlier row again. Small groups may well be alike, and are left alone."""
    both = pd.concat([before, good[TOLD]], ignore_index=True)
    several = (both["n"] >= _FEWEST).fillna(False).astype(bool)
    told = both[(both["method"] == "survey") & several & both["score"].notna()]
    again = told.duplicated(_SURVEY).reindex(both.index, fill_value=False).iloc[len(before) :].set_axis(good.index)
    return faults.at(good["organisation"], again, "organisation", "same_survey")


def _spelled(good: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """The first row of every spelling that is another way to write an organisation of an earlier row."""
    names = pd.concat([before["organisation"], good["organisation"]], ignore_index=True)
    distinct = names.dropna().drop_duplicates()
    first = distinct.groupby(spelling(distinct)).transform("first")
    other = (distinct != first).reindex(names.index, fill_value=False).iloc[len(before) :].set_axis(good.index)
    lines = faults.at(good["organisation"], other, "organisation", "spelled_otherwise")
    known = first.reindex(names.index).iloc[len(before) :].set_axis(good.index)
    return lines.assign(message=lines["message"] + "; there it is " + faults.told(known.loc[lines["row"]]).to_numpy())
