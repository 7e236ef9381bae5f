# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # 3 · Backtest and calibration
# Would the list have found more than what it wants to replace? Are its probabilities right?
#
# **The demo's services are invented and its records synthetic**: the numbers show how to read a backtest, not what the score
# is worth on real services.

# %%
import os

import risiko

authority = risiko.open(os.environ.get("RISIKO_STORE", "data/demo/risiko.db"))

# %% [markdown]
# ## On several dates
# For each date a score is trained on what could be known then, and ranks the services; then supervisions of the year after
# are looked at. One date is luck, so several are tried. The folder beside the store keeps every date: an interrupted run goes
# on, and a second one is quick.

# %%
tried = authority.backtest()
tried

# %%
ranking = tried.brief()
tried.plot_gain()

# %% [markdown]
# ## Against everything it wants to replace
# A bar that reaches over 0 shows nothing.

# %%
tried.plot_differences()

# %%
against = {other: tried.against(other) for other in ("random", "time_since_last", "complaint_count", "last_outcome", "points")}
for other, rows in against.items():
    auc = rows.set_index("metric").loc["auc"]
    print(f"{other:16} AUC {auc['value']:+.3f} ({auc['low']:+.3f} to {auc['high']:+.3f}): {auc['told'].replace('_', ' ')}")

# %% [markdown]
# ## Does it work every year?
# A date whose bar reaches over 0.5 is not shown better than drawing lots. Dates half a year apart share supervisions and are
# no independent trials.

# %%
by_date = tried.by_date()
shown = int((by_date["low"] > 0.5).sum())
print(f"Shown better than drawing lots on {shown} of {len(by_date)} dates.")
tried.plot_by_date()

# %% [markdown]
# ## Can the probabilities be trusted?
# Bands of services by promised probability. On the dashed line exactly as many were found as promised; above it more.

# %%
tried.plot_calibration()

# %%
rows = tried.backtest.mean()
own = rows[(rows["method"] == "learned") & (rows["against"] == "")].set_index("metric")
for metric, best in {"observed_over_expected": 1, "calibration_slope": 1}.items():
    value, low, high = own.loc[metric, ["value", "low", "high"]]
    verdict = "no deviation shown" if low <= best <= high else "a deviation is shown"
    print(f"{metric}: {value:.2f} ({low:.2f} to {high:.2f}), best {best}: {verdict}")

# %% [markdown]
# ## Only the supervised are judged
# All of this is about services that somebody chose to visit. What would have been found at the others is not known. Numbers
# corrected for that are in notebook 4.
