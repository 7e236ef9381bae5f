"""The rules of the house as functions: a module's source in, its breaches out as sentences."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import PurePosixPath

# The staircase (docs/explanation/architecture.md). A room may import rooms on lower lines, and its own folder.
# Where rooms on one step build on each other they stand on lines of their own: contracts, pipeline, and the app,
# which the command line starts.
STAIRCASE: tuple[tuple[str, ...], ...] = (
    ("errors", "vocabulary"),  # 0
    ("contracts",),  # 1
    ("asof", "settings", "masking", "i18n", "batch", "checks", "organisations", "access"),  # 1
    ("statistics", "aggregate", "narratives", "disclosure"),  # 2: pure rooms that the others on this step may use
    ("ingest", "store", "synthetic", "intake"),  # 2
    ("cohorts", "signals"),  # 3
    ("features",),  # 4
    ("scoring",),  # 5
    ("reasons", "plan"),  # 6
    ("evaluate", "ledger"),  # 7
    ("registry", "charts"),  # 8
    ("reports",),  # 9
    ("pipeline",),  # 10
    ("api",),  # 10
    ("app",),  # 11
    ("cli",),  # 11
)
STEP = {room: step for step, rooms in enumerate(STAIRCASE) for room in rooms}
DOOR, ROUTER = "", "app.py"  # risiko/__init__.py opens api on demand; app.py at the top routes to the views

# package -> the only rooms that may import it
OWNERS = {
    "streamlit": {"app", ROUTER},
    "altair": {"charts"},
    "sqlalchemy": {"store"}, "psycopg": {"store"}, "sqlite3": {"store"}, "alembic": {"store"},
    "duckdb": {"store"},
    "pickle": {"registry"}, "cloudpickle": {"registry"}, "dill": {"registry"}, "skops": {"registry"},
}  # fmt: skip
CLOCK_ROOMS = {"cli", "app", "api", ROUTER}  # where a person acts; a notebook user brings no clock
WRITING_ROOMS = {"ingest", "intake", "store", "synthetic", "registry", "charts", "reports"}  # steps 2, 8 and 9
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "tools"}
MAX_FILE, MAX_FUNCTION, MAX_VIEW = 500, 80, 120

CLOCKS = {"today", "now", "utcnow"}
TIME_FUNCTIONS = {"time", "time_ns", "localtime", "gmtime", "strftime", "ctime"}
FRAME_WRITERS = {"to_csv", "to_parquet", "to_excel", "to_json", "to_pickle", "to_feather"}
PATH_WRITERS = {"write_text", "write_bytes", "mkdir", "touch", "unlink", "rmdir"}
TOLERATED_WRITES = {"pipeline": {"mkdir", "unlink"}}  # the demo store is built beside its place and moved there whole


@dataclass(frozen=True)
class Module:
    """One source file: its path below the checkout and its text."""

    path: str
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def parts(self) -> tuple[str, ...]:
        """risiko/app/views/x.py -> (app, views, x); risiko/app/__init__.py -> (app,); risiko/__init__.py -> ()."""
        parts = PurePosixPath(self.path).with_suffix("").parts
        return parts[1:-1] if parts[-1] == "__init__" else parts[1:]

    @property
    def name(self) -> str:
        return ".".join(("risiko", *self.parts)) if self.path.startswith("risiko/") else self.path

    @property
    def room(self) -> str:
        if not self.path.startswith("risiko/"):
            return self.path
        return self.parts[0] if self.parts else DOOR

    @property
    def lines(self) -> int:
        return len(self.source.splitlines())

    @property
    def functions(self) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
        return [n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]

    def imports(self) -> Iterator[tuple[int, str]]:
        """(line, dotted name) of everything imported, lazily or not; `from a import b` gives a.b."""
        package = ["risiko", *self.parts] if self.path.endswith("__init__.py") else ["risiko", *self.parts[:-1]]
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node.lineno, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
                source = ".".join(filter(None, (base, node.module)))
                yield from ((node.lineno, f"{source}.{alias.name}") for alias in node.names)

    def calls(self) -> Iterator[ast.Call]:
        yield from (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))


Rule = Callable[[Module], list[str]]
RULES: list[Rule] = []


def rule(function: Rule) -> Rule:
    """Register a rule, so that it runs over every module."""
    RULES.append(function)
    return function


@rule
def stands_on_a_step(module: Module) -> list[str]:
    known = module.room in STEP or module.room in (DOOR, ROUTER)
    return [] if known else [f"{module.name} stands on no step: put {module.room!r} into STAIRCASE, on purpose"]


@rule
def imports_only_downwards(module: Module) -> list[str]:
    if module.room not in STEP:  # the door may open api, the router the views; strangers are told of elsewhere
        allowed = {DOOR: {"api"}, ROUTER: {"app", "i18n", "errors"}}.get(module.room, set())
        return [f"line {line}: {module.name} imports {name}" for line, name in module.imports()
                if _room_of(name) and _room_of(name) not in allowed]  # fmt: skip
    return [
        f"line {line}: {module.name} imports {name}, which is not on a lower step"
        for line, name in module.imports()
        if (room := _room_of(name)) and room != module.room and STEP.get(room, len(STAIRCASE)) >= STEP[module.room]
    ]


@rule
def packages_have_owners(module: Module) -> list[str]:
    return [
        f"line {line}: {name} is imported outside {', '.join(sorted(OWNERS[top]))}"
        for line, name in module.imports()
        if (top := name.split(".")[0]) in OWNERS and module.room not in OWNERS[top]
    ]


@rule
def no_clock(module: Module) -> list[str]:
    if module.room in CLOCK_ROOMS:
        return []
    called = {id(call.func) for call in module.calls()}
    owners = {"date", "datetime", "Timestamp"}
    found = [f"line {line}: {name} is a clock" for line, name in module.imports()
             if name in {f"time.{function}" for function in TIME_FUNCTIONS}]  # fmt: skip
    for node in (n for n in ast.walk(module.tree) if isinstance(n, ast.Attribute)):
        asked = node.attr in CLOCKS and (id(node) in called or _last_name(node.value) in owners)
        if asked or (node.attr in TIME_FUNCTIONS and isinstance(node.value, ast.Name) and node.value.id == "time"):
            found.append(f"line {node.lineno}: {ast.unparse(node)} is a clock; let cli, app or api pass the time in")
    return found


@rule
def no_file_writes(module: Module) -> list[str]:
    if module.room in WRITING_ROOMS:
        return []
    tolerated = TOLERATED_WRITES.get(module.room, set())
    return [f"line {call.lineno}: {ast.unparse(call.func)} writes a file" for call in module.calls()
            if _writes(call) and _last_name(call.func) not in tolerated]  # fmt: skip


@rule
def nothing_is_unpickled(module: Module) -> list[str]:
    if module.room == "registry":
        return []
    imported = [f"line {line}: {name}" for line, name in module.imports() if name in ("joblib.load", "joblib.dump")]
    loaded = {"joblib.load", "joblib.dump", "pd.read_pickle", "pandas.read_pickle"}
    return imported + [f"line {call.lineno}: {ast.unparse(call.func)} runs code from a file"
                       for call in module.calls() if ast.unparse(call.func) in loaded]  # fmt: skip


@rule
def has_a_telling_name(module: Module) -> list[str]:
    return [f"{module.name}: {part!r} says nothing about its job" for part in module.parts if part in NAMELESS]


@rule
def keeps_the_line_limits(module: Module) -> list[str]:
    view = "/app/views/" in module.path
    limit = MAX_VIEW if view else MAX_FILE
    found = [f"{module.path} has {module.lines} lines, more than {limit}"] if module.lines > limit else []
    return found + [f"line {f.lineno}: {f.name} has {length} lines, more than {MAX_FUNCTION}"
                    for f in module.functions if (length := _length(f)) > MAX_FUNCTION]  # fmt: skip


@rule
def says_its_one_job(module: Module) -> list[str]:
    first = (ast.get_docstring(module.tree) or "").split("\n")[0]
    return [] if first.endswith((".", "?")) else [f"{module.path}: its first docstring line must be one whole sentence"]


@rule
def public_functions_are_documented(module: Module) -> list[str]:
    top = [n for n in module.tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [f"line {f.lineno}: {f.name} has no docstring" for f in top
            if not f.name.startswith("_") and not ast.get_docstring(f)]  # fmt: skip


@rule
def views_only_show(module: Module) -> list[str]:
    if "/app/views/" not in module.path:
        return []
    makers = ("pd", "pandas", "np", "numpy", "pa", "pyarrow")  # naming a frame's type is fine, making one is not
    return [f"line {call.lineno}: a view calls {ast.unparse(call.func)}; frames are made below"
            for call in module.calls() if ast.unparse(call.func).split(".")[0] in makers]  # fmt: skip


def cycles(modules: list[Module]) -> list[str]:
    """The modules of one import cycle, or nothing. Lazy imports count; the door's does not, it opens on demand."""
    names = {m.name for m in modules}
    graph: dict[str, set[str]] = {}
    for module in (m for m in modules if m.room != DOOR):
        targets = (name if name in names else name.rpartition(".")[0] for _, name in module.imports())
        graph[module.name] = {target for target in targets if target in names} - {module.name}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []


def function_lengths(modules: list[Module]) -> list[int]:
    """Lines of every function, shortest first."""
    return sorted(_length(function) for module in modules for function in module.functions)


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def _room_of(name: str) -> str | None:
    """The room a dotted name lies in: risiko.store.base.Store -> store. None for what is not ours or is the door."""
    top, _, rest = name.partition(".")
    room = rest.split(".")[0]
    return room if top == "risiko" and room and not room.startswith("__") else None


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _writes(call: ast.Call) -> bool:
    name = _last_name(call.func)
    if name in FRAME_WRITERS:
        return bool(call.args) or any(k.arg in ("path_or_buf", "path", "excel_writer") for k in call.keywords)
    if name == "open":
        place = 1 if isinstance(call.func, ast.Name) else 0
        mode = next((k.value for k in call.keywords if k.arg == "mode"), None) or (call.args[place:] or [None])[0]
        return isinstance(mode, ast.Constant) and isinstance(mode.value, str) and bool(set(mode.value) & set("wax+"))
    return name in PATH_WRITERS
