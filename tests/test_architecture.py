"""The house holds: every module keeps every rule, and every rule can fail."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest

from tests import architecture_rules as rules
from tests.architecture_rules import Module

ROOT = Path(__file__).parents[1]
FILES = [*sorted((ROOT / "risiko").rglob("*.py")), *ROOT.glob("app.py")]
MODULES = [Module(f.relative_to(ROOT).as_posix(), f.read_text(encoding="utf-8")) for f in FILES]
HEAVY = {"altair", "pandas", "pandera", "scipy", "sklearn", "streamlit"}


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.path)
def test_module_keeps_every_rule(module):
    assert [breach for rule in rules.RULES for breach in rule(module)] == []


def test_no_import_cycles():
    assert rules.cycles(MODULES) == []


def test_sizes_are_small_and_even():
    files = [m.lines for m in MODULES if m.parts and m.lines > 3]
    functions = rules.function_lengths(MODULES)
    assert median(files) <= 130
    assert median(functions) <= 12
    assert functions[int(0.95 * len(functions))] <= 45


def test_tests_use_no_mocks():
    using = [f.name for f in (ROOT / "tests").rglob("*.py") if "unittest" + ".mock" in f.read_text(encoding="utf-8")]
    assert using == []


def test_command_line_starts_without_heavy_imports():
    program = "import json, sys, risiko.cli; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    assert HEAVY & set(json.loads(answer.stdout)) == set()


# --- Each rule can fail: a planted source, and whether the rule must find a breach in it. ---

GOOD = '"""A job."""\n'
PLANTED = [
    # rule, path, source, breaches
    (rules.stands_on_a_step, "risiko/attic.py", GOOD, 1),
    (rules.stands_on_a_step, "risiko/attic/box.py", GOOD, 1),
    (rules.stands_on_a_step, "risiko/store/base.py", GOOD, 0),
    (rules.stands_on_a_step, "app.py", GOOD, 0),
    (rules.imports_only_downwards, "risiko/store/base.py", "from risiko import scoring", 1),
    (rules.imports_only_downwards, "risiko/store/base.py", "def f():\n    import risiko.pipeline", 1),
    (rules.imports_only_downwards, "risiko/store/base.py", "from risiko.ingest import read", 1),
    (rules.imports_only_downwards, "risiko/store/base.py", "from ..scoring import points", 1),
    (rules.imports_only_downwards, "risiko/store/base.py", "from .memory import MemoryStore", 0),
    (rules.imports_only_downwards, "risiko/store/base.py", "from risiko.attic import box", 1),
    (rules.imports_only_downwards, "risiko/store/base.py", "from risiko.contracts import CONTRACTS", 0),
    (rules.imports_only_downwards, "risiko/contracts.py", "from risiko import asof", 1),
    (rules.imports_only_downwards, "risiko/asof.py", "from risiko.contracts import Tables", 0),
    (rules.imports_only_downwards, "risiko/cli.py", "from risiko import __version__, pipeline", 0),
    (rules.imports_only_downwards, "risiko/cli.py", "def f():\n    from risiko.app.serve import command", 0),
    (rules.imports_only_downwards, "risiko/app/serve.py", "from risiko import cli", 1),
    (rules.imports_only_downwards, "risiko/__init__.py", "from risiko.api import open", 0),
    (rules.imports_only_downwards, "risiko/__init__.py", "from risiko.store import open", 1),
    (rules.imports_only_downwards, "app.py", "from risiko.app import views", 0),
    (rules.imports_only_downwards, "app.py", "from risiko import pipeline", 1),
    (rules.packages_have_owners, "risiko/pipeline.py", "import streamlit as st", 1),
    (rules.packages_have_owners, "risiko/app/state.py", "import streamlit as st", 0),
    (rules.packages_have_owners, "app.py", "import streamlit as st", 0),
    (rules.packages_have_owners, "risiko/app/state.py", "import altair as alt", 1),
    (rules.packages_have_owners, "risiko/charts/bars.py", "import altair as alt", 0),
    (rules.packages_have_owners, "risiko/pipeline.py", "from sqlalchemy import select", 1),
    (rules.packages_have_owners, "risiko/store/sql.py", "from sqlalchemy import select", 0),
    (rules.packages_have_owners, "risiko/scoring/learned.py", "def f():\n    import pickle", 1),
    (rules.no_clock, "risiko/asof.py", "from datetime import date\nnow = date.today()", 1),
    (rules.no_clock, "risiko/asof.py", "import datetime\nx = datetime.datetime.now()", 1),
    (rules.no_clock, "risiko/batch.py", "f = field(default_factory=datetime.now)", 1),
    (rules.no_clock, "risiko/asof.py", "import pandas as pd\nx = pd.Timestamp.now()", 1),
    (rules.no_clock, "risiko/asof.py", "import time\nx = time.time()", 1),
    (rules.no_clock, "risiko/asof.py", "from time import time", 1),
    (rules.no_clock, "risiko/asof.py", "def f(today): return today", 0),
    (rules.no_clock, "risiko/asof.py", "import time\nx = time.perf_counter()", 0),
    (rules.no_clock, "risiko/cli.py", "from datetime import date\nnow = date.today()", 0),
    (rules.no_clock, "risiko/api/authority.py", "from datetime import date\nnow = date.today()", 0),
    (rules.no_file_writes, "risiko/pipeline.py", "open('x', 'w')", 1),
    (rules.no_file_writes, "risiko/pipeline.py", "open('x', mode='ab')", 1),
    (rules.no_file_writes, "risiko/pipeline.py", "path.open('x')", 1),
    (rules.no_file_writes, "risiko/pipeline.py", "open('x')\nopen('x', 'rb')\npath.open()\nrisiko.open('db')", 0),
    (rules.no_file_writes, "risiko/pipeline.py", "frame.to_csv(path)", 1),
    (rules.no_file_writes, "risiko/pipeline.py", "frame.to_parquet(path=p)", 1),
    (rules.no_file_writes, "risiko/pipeline.py", "text = frame.to_csv(index=False)", 0),
    (rules.no_file_writes, "risiko/cli.py", "path.write_text('x')", 1),
    (rules.no_file_writes, "risiko/cli.py", "path.unlink()", 1),
    (rules.no_file_writes, "risiko/pipeline.py", "path.unlink()", 0),
    (rules.no_file_writes, "risiko/reports/export.py", "path.write_text('x')", 0),
    (rules.nothing_is_unpickled, "risiko/pipeline.py", "import joblib\nm = joblib.load(p)", 1),
    (rules.nothing_is_unpickled, "risiko/pipeline.py", "from joblib import load", 1),
    (rules.nothing_is_unpickled, "risiko/pipeline.py", "import pandas as pd\nm = pd.read_pickle(p)", 1),
    (rules.nothing_is_unpickled, "risiko/pipeline.py", "from joblib import Parallel", 0),
    (rules.nothing_is_unpickled, "risiko/registry.py", "import joblib\nm = joblib.load(p)", 0),
    (rules.has_a_telling_name, "risiko/store/utils.py", GOOD, 1),
    (rules.has_a_telling_name, "risiko/common/dates.py", GOOD, 1),
    (rules.has_a_telling_name, "risiko/store/sql.py", GOOD, 0),
    (rules.keeps_the_line_limits, "risiko/asof.py", "x = 1\n" * 501, 1),
    (rules.keeps_the_line_limits, "risiko/asof.py", "x = 1\n" * 500, 0),
    (rules.keeps_the_line_limits, "risiko/app/views/page.py", "x = 1\n" * 121, 1),
    (rules.keeps_the_line_limits, "risiko/app/views/page.py", "x = 1\n" * 120, 0),
    (rules.keeps_the_line_limits, "risiko/asof.py", "def f():\n" + "    x = 1\n" * 80, 1),
    (rules.keeps_the_line_limits, "risiko/asof.py", "def f():\n" + "    x = 1\n" * 79, 0),
    (rules.says_its_one_job, "risiko/asof.py", "x = 1", 1),
    (rules.says_its_one_job, "risiko/asof.py", '"""time stuff"""', 1),
    (rules.says_its_one_job, "risiko/asof.py", GOOD, 0),
    (rules.public_functions_are_documented, "risiko/asof.py", "def f(): return 1", 1),
    (rules.public_functions_are_documented, "risiko/asof.py", "def f():\n    'One.'\ndef _g(): return 1", 0),
    (rules.views_only_show, "risiko/app/views/page.py", "import pandas as pd\nx = pd.concat([a, b])", 1),
    (rules.views_only_show, "risiko/app/views/page.py", "import pandas as pd\ndef f(x: pd.DataFrame): return x", 0),
    (rules.views_only_show, "risiko/app/filtering.py", "import pandas as pd\nx = pd.concat([a, b])", 0),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "path", "source", "breaches"), PLANTED)
def test_rule_finds_what_is_planted(rule, path, source, breaches):
    assert len(rule(Module(path, source))) == breaches


def test_every_rule_has_a_planted_breach_and_a_planted_pass():
    failing = {rule for rule, _, _, breaches in PLANTED if breaches}
    passing = {rule for rule, _, _, breaches in PLANTED if not breaches}
    assert failing == passing == set(rules.RULES)


def test_a_planted_cycle_is_found_and_the_lazy_door_is_not_one():
    door = Module("risiko/__init__.py", "from risiko.api import open")
    api = Module("risiko/api.py", "import risiko\nfrom risiko.store import base")
    base = Module("risiko/store/base.py", "from risiko.store import memory")
    straight = Module("risiko/store/memory.py", "x = 1")
    round_about = Module("risiko/store/memory.py", "def f():\n    from risiko.store.base import Store")
    assert rules.cycles([door, api, base, straight]) == []
    assert set(rules.cycles([door, api, base, round_about])) == {"risiko.store.base", "risiko.store.memory"}
