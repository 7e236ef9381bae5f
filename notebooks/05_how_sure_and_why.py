# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # 5 · How sure, and why?
# A bare rank says too little: how sure is the place, which services cannot be told apart, why does one stand where it
# does, and what would change it?
#
# **The demo's services are invented and its records synthetic.** What is found here says how the tool works, and nothing
# about real services.

# %%
import os

import risiko

authority = risiko.open(os.environ.get("RISIKO_STORE", "data/demo/risiko.db"))
scores = authority.score("2025-06-30", model="points")

# %% [markdown]
# ## The list with chance and tier
# `p_top`: the chance of being among those that there is capacity for, if all were known; the list is ordered by it. Services
# of one tier cannot be told from the first of them. `expected_rank`: the mean place.

# %%
ranking = scores.ranking()
top = scores.run.table.top
ranking[["rank", "name", "p_top", "tier", "rank_low", "rank_high", "expected_rank"]].head(10).round(2)

# %%
places = ranking.head(top)
width = (places["rank_high"] - places["rank_low"]).median()
print(f"There is capacity for {top} of {len(ranking)}. If all were known, about {places['p_top'].sum():.0f} of these {top} would stay.")
print(f"Tiers among them: {places['tier'].nunique()}. Half of them have intervals of {width:.0f} places or more.")

# %% [markdown]
# The first sixty, with the line where capacity ends. Where bars overlap, the order is not settled.

# %%
scores.plot_intervals()

# %% [markdown]
# ## Why this service?
# At most three reasons, what is missing, and how sure the place is. The contributions under them add up, exactly.

# %%
first = ranking["service_id"].iloc[0]
why = risiko.explain(scores, first)
why

# %%
why.plot_steps()

# %%
print(f"{why.detail.base + why.frame()['contribution'].sum() - why.detail.log_odds:.0e}: what is left over, in log-odds")
why.by_group().round(3)

# %% [markdown]
# The same for a reader of nynorsk:

# %%
print("\n".join(risiko.explain(scores, first, "nn").sentences()))

# %% [markdown]
# ## Whose voice moved it?
# The service is placed anew without each source and each organisation. That a source moves it does not say that the source
# is right, or wrong.

# %%
why.without()

# %% [markdown]
# ## What would change it?
# For a service near the capacity line: one more piece of evidence, which nobody has delivered, and where it would take it.
# `crosses` says whether it would change side of the line; most to learn from stands first.

# %%
near = risiko.explain(scores, ranking["service_id"].iloc[top - 1])
changes = near.what_if()
changes

# %%
changes.frame()[["kind", "outcome", "rank", "rank_low", "rank_high", "p_top", "crosses", "narrower", "chance"]].round(2)

# %% [markdown]
# ## How far does the list hang on the weights?
# Every weight of the points score is moved at once, each by up to a fifth of itself, two hundred times: how many of the
# first stay?

# %%
import numpy as np

from risiko.evaluate.stability import stability, weight_stability

table = scores.run.table
line = float(table.places.bar[top - 1])  # the priority, as a logarithm, that the last of them reaches
shaken = weight_stability(table.law, line, table.contributions, top, rng=np.random.default_rng(5))
print(f"Of the first {top}, {shaken.mean:.0%} stay on average, and {shaken.least:.0%} where fewest do.")

# %%
ranking.set_index("service_id")[["name", "rank"]].assign(stays=shaken.stays).query("0.05 < stays < 0.95").head(10).round(2)

# %% [markdown]
# And with experience counting for much more? A saved set of weights goes by its name: `authority.weight_sets()`.

# %%
other = authority.score("2025-06-30", weights={"experience_mean": 1.0})
apart = stability(table.scores["rank"], other.run.table.scores["rank"], top)
print(f"The lists share {apart.shared} of their first {top}; rank correlation {apart.spearman:.2f} over all.")
risiko.compare(scores, other)
