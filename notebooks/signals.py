# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # What the signals say
# From the catalogue of signals to one service's readings, the months behind one of them, and what is not said.
# Build the demo authority first: `python run.py demo`. Its services are invented and its records synthetic.

# %%
import os

import risiko
from risiko.pipeline.service import over_time
from risiko.signals.ground_table import ground_table
from risiko.signals.silence import dialogue_list

authority = risiko.open(os.environ.get("RISIKO_STORE", "data/demo/risiko.db"))
catalogue = authority.signals()
catalogue.groupby("group").size()

# %% [markdown]
# ## One service, signal by signal
# z is the distance from similar services in standard errors; standing is shrunk, and above 0 is worse. A signal without
# a value says why.

# %%
result = authority.score("2025-06-30")
ranking = result.ranking()
first = ranking.loc[0, "service_id"]
readings = result.signals()
own = readings[readings["service_id"] == first].set_index("signal")
shown = ["value", "n", "expected", "ratio", "z_adjusted", "standing", "standing_sd", "freshness"]
own.loc[own["missing"].isna(), shown]

# %%
own["missing"].dropna().value_counts()

# %% [markdown]
# ## What complaints are about
# Type of service × ground: n against what type and ground alone explain, shrunk. eb05 above 1 stands out.

# %%
features = result.run.prepared.features
ground_table(features.context).head(10).round(2)

# %% [markdown]
# ## One signal over time
# Complaints of the service with most of them, year by year or month by month, with XmR limits. cause 0 is ordinary
# variation; provisional limits rest on few points and may move.

# %%
heard = readings[readings["signal"] == "complaint_rate_long"].set_index("service_id")
chart = over_time(result.run, "complaint_rate_long", heard["n"].idxmax())
chart.points[["period_end", "value", "expected", "lower", "upper", "cause"]].tail(12).round(2)

# %% [markdown]
# ## What is not said
# Few complaints are no proof of safety. Quiet services with dependent users, most to learn first: a list to call or
# visit for dialogue. No score rests on it.

# %%
silence = features.silence
silence["flag"].value_counts()

# %%
dialogue_list(silence)[["expected_voice", "heard", "tail", "rank_best", "rank_worst", "second_lists"]].head(10).round(3)
