# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # From records to a list
# Open a store, score it at a date, and look at the frames behind every page.
# Build the demo authority first: `python run.py demo`. Its services are invented and its records synthetic.

# %%
import os

import risiko

authority = risiko.open(os.environ.get("RISIKO_STORE", "data/demo/risiko.db"))
{name: len(frame) for name, frame in authority.tables().items()}

# %% [markdown]
# ## The list as of a date
# Only what was known by that date is used. Every rank has its 90 % interval: where intervals overlap, the order is not settled.

# %%
result = authority.score("2025-06-30")
ranking = result.ranking()
ranking[["rank", "rank_low", "rank_high", "name", "likelihood", "consequence", "evidence", "raising"]].head(10)

# %% [markdown]
# ## Why this service?
# Contributions add up to the log-odds of the likelihood, exactly.

# %%
first = ranking.loc[0, "service_id"]
result.why(first)[["signal", "group", "value", "expected", "n", "standing", "weight", "contribution", "missing"]]

# %% [markdown]
# ## What if experience counted for more?

# %%
other = authority.score("2025-06-30", weights={"experience_mean": 1.0})
result.moved_to(other).head(10)

# %% [markdown]
# ## What is missing
# Missing is not zero: a signal without a value adds nothing and widens the interval.

# %%
readings = result.signals()
readings.groupby("signal")["missing"].value_counts(dropna=False, normalize=True).round(3)
