# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # 1 · Data and signals
# From an authority's records to a list with its reasons, and to what the records do not say.
#
# Build the demo authority first: `python run.py demo`. **Its services are invented and its records synthetic**: what is
# found here says how the tool works, and nothing about real services.

# %%
import os

import risiko

authority = risiko.open(os.environ.get("RISIKO_STORE", "data/demo/risiko.db"))
authority

# %% [markdown]
# ## The signals
# A signal is one indicator for every service, compared with services of the same type.

# %%
catalogue = authority.signals()
catalogue

# %% [markdown]
# What each of them reads on a date, by what was known then. `standing` is 0 for a service like others of its type and
# above 0 for one that is worse, drawn towards 0 the less it rests on.

# %%
DAY = "2025-06-30"
read = authority.signals(DAY)
readings = read.frame()
read

# %% [markdown]
# ## What is missing
# Missing is not zero: a signal without a value adds nothing to a score and widens its interval. Why is it missing?

# %%
group = readings["signal"].map(catalogue.frame().set_index("signal")["group"])
readings.groupby(group)["missing"].value_counts(normalize=True, dropna=False).unstack().round(2)

# %% [markdown]
# ## The list
# Every place has a 90 % interval. Where bars overlap, the order is not settled.

# %%
result = authority.score(DAY)
ranking = result.ranking()
result

# %%
result.plot_intervals(15)

# %%
width = (ranking["rank_high"] - ranking["rank_low"]).median()
print(f"Half of the {len(ranking)} services have intervals of {width:.0f} places or more.")

# %% [markdown]
# ## Why this service?
# Contributions add up to the log-odds of the likelihood, exactly.

# %%
first = ranking["service_id"].iloc[0]
why = authority.explain(result, first)
why

# %%
why.plot_steps()

# %% [markdown]
# ## What if experience counted for more?
# Weights of one's own go to the points score and change nothing in the store.

# %%
other = authority.score(DAY, weights={"experience_mean": 1.0})
moved = risiko.compare(result, other)
moved

# %%
moved.plot_moves(10)

# %% [markdown]
# ## What complaints are about
# Type of service × ground: n against what type and ground alone explain, shrunk. `eb05` above 1 stands out.

# %%
from risiko.signals.ground_table import ground_table

features = result.run.prepared.features
ground_table(features.context).head(10).round(2)

# %% [markdown]
# ## One signal over time
# Complaints of the service with most of them, with the limits of its own ordinary variation (XmR). `cause` 0 is ordinary.

# %%
from risiko.pipeline import over_time

heard = readings[readings["signal"] == "complaint_rate_long"].set_index("service_id")
series = over_time(result.run, "complaint_rate_long", heard["n"].idxmax())
series.points.set_index("period_end")[["value", "expected", "lower", "upper", "cause"]].tail(12).round(2)

# %% [markdown]
# ## What is not said
# Few complaints are no proof of safety. Quiet services with dependent users, most to learn first: a list to call or
# visit for dialogue. No score rests on it.

# %%
from risiko.signals.silence import dialogue_list

quiet = dialogue_list(features.silence)
quiet[["expected_voice", "heard", "tail", "rank_best", "rank_worst"]].head(10).round(3)
