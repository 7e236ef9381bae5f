"""Checks of the inputs: RK004 drift, RK013 inputs that say nothing, RK014 words never seen in training."""

from __future__ import annotations

import numpy as np
import pandas as pd

from risiko.evaluate.checks.limits import Limits
from risiko.evaluate.checks.outcome import Outcome, judged, not_applicable
from risiko.evaluate.checks.registry import check
from risiko.evaluate.checks.shift import Column, stability_index


@check("RK004", severity="warning")
def inputs_stay_alike(inputs_then: pd.DataFrame, inputs_now: pd.DataFrame, limits: Limits) -> Outcome:
    """The inputs of services now are spread as they were in training: no stability index is above `shift`.

    Inputs that stand on one side only are not compared; the model's own schema refuses those. details: signal, shift,
    fails; worst first.
    """
    names = [name for name in inputs_now if name in inputs_then]
    if not names or min(len(inputs_then), len(inputs_now)) < limits.shift_minimum:
        return not_applicable("too_few")
    shift = [_shift(inputs_then[name], inputs_now[name], limits.no_difference) for name in names]
    found = pd.DataFrame({"signal": names, "shift": shift}).sort_values("shift", ascending=False, kind="stable")
    found["fails"] = found["shift"] > limits.shift
    worst, moved = found.iloc[0], int(found["fails"].sum())
    return judged(moved > 0, found, moved=moved, n=len(names), signal=str(worst["signal"]), shift=float(worst["shift"]))


def _shift(then: pd.Series, now: pd.Series, step: float) -> float:
    both = Column.of(pd.concat([then, now]))
    return stability_index(both.values[: len(then)], both.values[len(then) :], is_number=both.is_number, step=step)


@check("RK013", severity="note")
def inputs_say_something(inputs_now: pd.DataFrame, limits: Limits) -> Outcome:
    """No input is missing for all services, or the same for all. details: signal,
    values (how many different), fails."""
    if inputs_now.empty:
        return not_applicable("no_rows")
    values = inputs_now.replace([np.inf, -np.inf], np.nan).nunique(dropna=False)
    found = pd.DataFrame({"signal": values.index, "values": values.to_numpy()})
    found["fails"] = found["values"] <= 1
    dead = tuple(str(name) for name in found.loc[found["fails"], "signal"])
    return judged(bool(dead), found, dead=len(dead), n=len(found), names=dead)


@check("RK014", severity="note")
def words_seen_in_training(levels_then: pd.DataFrame, levels_now: pd.DataFrame, limits: Limits) -> Outcome:
    """Every value of a declared category was seen in training. details: column, level, services, fails.

    A column that training did not have is new with all its values.
    """
    now = levels_now.astype("str").melt(var_name="column", value_name="level").dropna()
    if now.empty:
        return not_applicable("no_rows")
    then = levels_then.astype("str").melt(var_name="column", value_name="level").dropna().drop_duplicates()
    found = now.value_counts().rename("services").reset_index().merge(then.assign(fails=False), "left")
    found["fails"] = found["fails"].isna()
    found = found.sort_values("fails", ascending=False, kind="stable").reset_index(drop=True)
    new = found[found["fails"]]
    named = tuple(f"{column}: {level}" for column, level in zip(new["column"], new["level"], strict=True))
    return judged(len(new) > 0, found, new=len(new), services=int(new["services"].sum()), names=named)
