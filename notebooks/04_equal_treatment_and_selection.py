# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # 4 · Equal treatment and selection
# Does the list fall differently on groups of services? And what can be known of services that nobody visited?
#
# **The demo's services are invented and its records synthetic.** Nothing here is about a real county or office.

# %%
import os

import numpy as np
import pandas as pd

import risiko

authority = risiko.open(os.environ.get("RISIKO_STORE", "data/demo/risiko.db"))
result = authority.score("2025-06-30")
ranking = result.ranking()

# %% [markdown]
# ## The list by groups
# A difference is not in itself unequal treatment: groups may differ in risk. And where none is shown, equality is not shown
# either. Intervals hold for all groups of a picture together, and services of one provider count together.

# %%
groups = result.by_group("county")
groups

# %%
groups.plot_groups()

# %%
told = pd.Series({by: result.by_group(by).brief()["told"].isin(["higher", "lower"]).sum() for by in groups.choices})
told.rename("groups that stand out above the capacity line").to_frame()

# %% [markdown]
# Services of alike profile in different offices: do they get the same place?

# %%
pairs = groups.pairs()
pairs[(pairs["measure"] == "rank_share") & (pairs["basis"] == "everything")].round(3)

# %% [markdown]
# ## Whose voice moves the list?
# The share of all movement of the score that each source makes in each group.

# %%
groups.voices().pivot(index="group", columns="measure", values="share").round(2)

# %% [markdown]
# ## What of those that nobody visited?
# Hits among the services that were visited say nothing certain about the rest: they were chosen. Weighting by how likely a
# visit was can correct that, if every service on the list had a chance. Where one had none, the answer is refused, with the
# reason, rather than guessed.

# %%
tried = authority.backtest()
estimates = tried.corrected()
estimates[estimates["method"] == "learned"].set_index(["as_of", "estimate"]).round(3)

# %%
refused = estimates[estimates["estimate"] != "naive"]
share = refused["refused_because"].notna().mean()
print(f"{share:.0%} of the corrected numbers are refused. Reasons: {refused['refused_because'].value_counts().to_dict()}")

# %% [markdown]
# ## Ten years of learning from one's own selections
# A simulated authority that visits the top of its list and retrains on what it finds there. Beside it the same authority
# gives a fifth of its visits to chance. Both are run in five invented worlds, in parallel: `parallel_config` says where, and
# another backend (dask, ray) takes the same line to more machines.

# %%
from joblib import Parallel, delayed, parallel_config

from risiko.evaluate.loop import Practice, World, simulate

practices = {"none": Practice(explore=0.0), "a fifth": Practice(explore=0.2)}
jobs = [(name, seed) for name in practices for seed in range(5)]
with parallel_config(backend="loky", n_jobs=2, inner_max_num_threads=1):
    runs = Parallel()(delayed(simulate)(World(services=500), practices[name], np.random.default_rng(seed)) for name, seed in jobs)
years = pd.concat(dict(zip(jobs, runs, strict=True)), names=["by chance", "world"])
last = years.xs(10, level="year")[["hit_rate", "failing", "naive", "corrected", "covered", "unseen", "gap"]]
last.groupby("by chance").mean().round(3)

# %% [markdown]
# hit_rate: found among the visited. failing: what a visit to everyone would have found. naive: the hit rate taken for that.
# corrected: the same from both arms, weighted (blank without a random arm). covered: ever visited. unseen: of the worst
# tenth, never visited. gap: mean prediction less the truth.
#
# What the random share changes, world by world (mean over the five, and the least and most):

# %%
change = last.xs("a fifth", level="by chance") - last.xs("none", level="by chance")
summary = change.drop(columns=["failing", "corrected"]).agg(["mean", "min", "max"]).T.round(3)
summary

# %%
for name, row in summary.iterrows():
    clear = "the same way in all five worlds" if row["min"] * row["max"] > 0 else "not the same way in all worlds: nothing is shown"
    print(f"{name}: {row['mean']:+.3f}, {clear}")

# %% [markdown]
# What it is for: how far is the share failing among *all* services told wrong, year by year, by those who visit by chance too?

# %%
drawn = years.xs("a fifth", level="by chance")
error = drawn[["naive", "corrected"]].sub(drawn["failing"], axis=0)
told_wrong = pd.DataFrame({"mean error": error.mean(), "mean size of error": error.abs().mean()}).round(3)
inside = ((drawn["low"] <= drawn["failing"]) & (drawn["failing"] <= drawn["high"])).mean()
print(f"The interval of the corrected share holds the truth in {inside:.0%} of the years; without visits by chance there is none.")
told_wrong
