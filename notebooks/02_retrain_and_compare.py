# ---
# jupyter:
#   jupytext:
#     formats: py:percent
#   kernelspec:
#     name: python3
#     display_name: Python 3
# ---

# %% [markdown]
# # 2 · Retrain and compare
# A score learns from what supervisions have found. It comes into force only where later dates show that it is better
# than the score it replaces.
#
# **The demo's services are invented and its records synthetic.** Whether learning helps here says little about whether it
# helps on your records: run this notebook on them (RISIKO_STORE).

# %%
import os
import shutil
import tempfile
from pathlib import Path

import risiko
from risiko.errors import RisikoError

# Training and putting in force are recorded in the store for good, so this is tried on a copy, with what was kept
# beside it.
store = Path(os.environ.get("RISIKO_STORE", "data/demo/risiko.db"))
copy = Path(tempfile.mkdtemp())
for path in store.parent.glob(f"{store.name}*"):
    (shutil.copytree if path.is_dir() else shutil.copy)(path, copy / path.name)
authority = risiko.open(copy / store.name, models=copy / "models")
authority.models()

# %% [markdown]
# ## Train
# For today, from every supervision whose outcome is known by now. To know what that is worth, the same is done for earlier
# dates, each with what could be known then, and held against what supervisions found afterwards. The first time this takes
# a while; a bar shows the time left, and an interrupted run goes on where it was.

# %%
made = authority.train()
made

# %% [markdown]
# ## Is it better than what it would replace?
# Each mark is its AUC less that of another ranking, each bar a 95 % interval. A bar that reaches over 0 shows no difference,
# either way: *not shown* is neither *worse* nor *equal*.

# %%
made.plot_differences()

# %%
gain = made.against("points").set_index("metric").loc["auc"]
{
    "better": "On later dates the learned score is shown better than the points score.",
    "worse": "On later dates the learned score is shown WORSE than the points score.",
    "not_shown": "On later dates the learned score is NOT shown better than the points score.",
    "unknown": "There were too few outcomes to tell.",
}[gain["told"]] + f" AUC {gain['value']:+.3f} ({gain['low']:+.3f} to {gain['high']:+.3f}), {gain['events']:.0f} hits."

# %% [markdown]
# ## Who would move?
# Both lists at the same date. For a date before a model was trained there is no honest list by it, and it is refused.

# %%
points, learned = authority.score(model="points"), authority.score(model=made)
ranking = learned.ranking()
moved = risiko.compare(points, learned)
moved

# %%
line = max(1, round(0.05 * len(ranking)))
both = set(points.ranking()["service_id"].head(line)) & set(ranking["service_id"].head(line))
print(f"Of the first {line} services {len(both)} stand on both lists.")

# %%
authority.explain(learned, ranking["service_id"].iloc[0])

# %% [markdown]
# ## A challenger
# Boosted trees may find what a glass box cannot. Both are tried on the newest date, and only the difference is looked
# at: the same services, the same draws.

# %%
newest = authority.backtest().backtest.dates[-1:]
usual, boosted = authority.backtest(newest), authority.backtest(newest, models=("boosting",))
difference = risiko.compare(usual, boosted)
difference

# %%
difference.plot_differences()

# %% [markdown]
# One date is luck, and the interval says so: judge on several.
#
# ## Put it in force?
# With a written reason, which stays on record. Where the gain on later dates is not shown, it is refused, and the score in
# force stays.

# %%
try:
    decided = authority.promote(made, "Tried in the notebook on the demo authority", by="notebook")
except RisikoError as refusal:
    decided = authority.models()
    print(refusal)
decided

# %% [markdown]
# The model's card: what it is for and not for, what it learned from, how it does, and what it cannot do.

# %%
print(made.card()[:1500])
