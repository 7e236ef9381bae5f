"""A mapping file is held against the language and the contracts before any row is read, and every fault has its key."""

import tomllib
from pathlib import Path

import pytest

from risiko.errors import MappingError
from risiko.ingest import load_mapping, shipped_mappings
from tests.imports import block, complaints, services, write

META = '[table.metadata.{name}]\nfrom = "x"\nkind = "{kind}"\nsentence = "What it is."\n'
# Formats that write dates somehow, but cannot read them.
UNREADABLE = ("%Y-%Q", "%Y-%", "%Y%Y", "%-d.%m.%Y", "%G-%V-%u %Y", "%Y-%d", "%Y-%m-%d %z")
FINDINGS = {"finding_id": '"id"', "supervision_id": '"v"', "known_date": '"k"', "severity": '{ const = "none" }'}


def faults(folder: Path, mapping: str, defaults: str = "") -> MappingError:
    with pytest.raises(MappingError) as told:
        load_mapping(write(folder, mapping, defaults) / "mapping.toml")
    assert told.value.hint
    return told.value


def test_a_good_mapping_loads(tmp_path: Path) -> None:
    mapping = load_mapping(write(tmp_path, complaints() + services()) / "mapping.toml")
    assert (mapping.name, mapping.title, [t.block for t in mapping.table]) == (
        "drawn",
        "drawn",
        ["complaints", "services"],
    )


@pytest.mark.parametrize(("mapping", "key", "says"), [
    (complaints("wher = {}"), "table[1].wher", "unknown key; did you mean 'where'?"),
    (complaints(severity='{ fom = "x" }'), "table[1].columns.severity.fom", "unknown key"),
    (complaints(severity='{ from = "x", const = 1 }'), "table[1].columns.severity", "exactly one of const, from"),
    (complaints(severity="{ scale = 2 }"), "table[1].columns.severity", "exactly one of const, from"),
    (complaints(severity="3"), "table[1].columns.severity", "valid dictionary"),
    (complaints(sevrity='"x"'), "table[1].columns.sevrity", "did you mean 'severity'?"),
    (complaints(outcome=""), "table[1].columns.outcome", "complaints needs this column"),
    (complaints(outcome='{ const = "won" }'), "table[1].columns.outcome.const", "cannot be 'won'"),
    (complaints(outcome='{ from = "x", values = { a = "upheld", b = "won" } }'), "table[1].columns.outcome.values", "cannot be 'won'"),
    (complaints(outcome='{ from = "x", values = { a = "upheld" }, other = "won" }'), "table[1].columns.outcome.other", "cannot be 'won'"),
    (complaints(outcome='{ from = "x", default = "won" }'), "table[1].columns.outcome.default", "cannot be 'won'"),
    (complaints(severity='{ from = "x", values = { a = 4 } }'), "table[1].columns.severity.values", "0 to 3"),
    (complaints(severity='{ from = "x", values = { a = 1.5 } }'), "table[1].columns.severity.values", "cannot be '1.5'"),
    (complaints(severity='{ from = "x", values = { a = [1] } }'), "table[1].columns.severity.values.a", "must be one text, number"),
    (complaints(severity='{ first = ["x", { from = "y", values = { a = 9 } }] }'), "table[1].columns.severity.first[2].values", "'9'"),
    (complaints(event_date='{ const = "soon" }'), "table[1].columns.event_date.const", "yyyy-mm-dd"),
    (complaints(event_date='{ from = "x", date_format = "%d.%m.%y" }'), "table[1].columns.event_date.date_format", "two-digit years"),
    (complaints(event_date='{ from = "x", date_format = "ymd" }'), "table[1].columns.event_date.date_format", "neither iso, dmy"),
    (complaints(stream='{ from = "x", scale = 2 }'), "table[1].columns.stream", "are for numbers"),
    (complaints(stream='{ from = "x", plus_days = 2 }'), "table[1].columns.stream", "are for dates"),
    (complaints(stream='{ from = "x", split = "," }'), "table[1].columns.stream", "are for lists"),
    (complaints(stream='{ from = "x", other = "y" }'), "table[1].columns.stream", "other and keep_others go with values"),
    (complaints(stream='{ from = "x", allowed = ["y"] }'), "table[1].columns.stream.allowed", "may not be blank"),
    (complaints(stream='{ format = "{a}-{b" }'), "table[1].columns.stream", "no other braces"),
    (complaints(stream='{ format = "{source}" }', source='{ format = "{x}" }'), "table[1].columns.stream.format", "made later"),
    (complaints('where = { x = { unlike = "a" } }'), "table[1].where.x.unlike", "unknown key"),
    (complaints("where = { x = {} }"), "table[1].where.x", "a condition is"),
    (complaints('join = [{ file = "b.csv", take = ["x"] }]'), "table[1].join[1]", "a join needs on"),
    (complaints('join = [{ file = "b.csv", on = "x", take = [] }]'), "table[1].join[1].take", "at least 1 item"),
    (complaints('versions = [{ known_date = "x" }]'), "table[1].columns.known_date", "remove one of the two"),
    (complaints('versions = [{ known_date = "x", blank = ["outcome"] }]', known_date=""), "table[1].versions[1].blank", "use set"),
    (complaints('versions = [{ known_date = "x", set = { outcome = "won" } }]', known_date=""), "table[1].versions[1].set.outcome", "'won'"),
    (complaints("complete_lists = true"), "table[1].complete_lists", "only services"),
    (complaints(file="../complaints.csv"), "table[1].file", "inside the source folder"),
    (complaints(file="."), "table[1].file", "inside the source folder"),
    (complaints(file="./"), "table[1].file", "inside the source folder"),
    (complaints(file="**c.csv"), "table[1].file", "inside the source folder"),
    (complaints(event_date='{ from = "x", plus_days = 99999999999 }'), "table[1].columns.event_date.plus_days", "less than or equal to 36525"),
    (services(tail=META.format(name="part_id", kind="number")), "table[1].metadata.part_id", "the program's own use"),
    (services(tail=META.format(name="row_no", kind="number")), "table[1].metadata.row_no", "the program's own use"),
    (services(tail=META.format(name="position", kind="number")), "table[1].metadata.position", "the program's own use"),
    (services(tail=META.format(name="coercion_declared", kind="boolean")), "table[1].metadata.coercion_declared", "the program's own use"),
    (services(tail=META.format(name="b" * 61, kind="number")), f"table[1].metadata.{'b' * 61}", "at most 60 letters"),
    (complaints(file="/tmp/complaints.csv"), "table[1].file", "inside the source folder"),
    (complaints() + complaints(), "table[2].block", "already the name of table[1]"),
    (block("complants", "c.csv", {"n": '"n"'}), "table[1].table", "did you mean 'complaints'?"),
    (block("metadata_columns", "c.csv", {"name": '"n"'}), "table[1].table", "no contract table"),
    (block("findings", "f.csv", FINDINGS, '[table.unpivot]\ninto = "dimension"\ncolumns = { a = "safety" }'), "table[1].unpivot.columns", "'safety'"),
    (block("findings", "f.csv", FINDINGS, '[table.unpivot]\ninto = "dimention"\ncolumns = ["a"]'), "table[1].unpivot.into", "did you mean 'dimension'?"),
    (block("findings", "f.csv", {**FINDINGS, "dimension": '"d"'}, '[table.unpivot]\ninto = "dimension"\ncolumns = ["a"]'), "table[1].columns.dimension", "remove one"),
    (services(tail=META.format(name="users", kind="number")), "table[1].metadata.users", "contract column already"),
    (services(tail=META.format(name="Beds", kind="number")), "table[1].metadata.Beds", "small letters"),
    (services(tail=META.format(name="beds", kind="amount")), "table[1].metadata.beds.kind", "'number', 'category' or 'boolean'"),
    (complaints() + META.format(name="beds", kind="number"), "table[1].metadata.beds", "only services"),
    (services(tail=META.format(name="b", kind="number")) + services('block = "more"', META.format(name="b", kind="category")), "table[2].metadata.b", "differently"),
])  # fmt: skip
def test_each_fault_names_its_key(tmp_path: Path, mapping: str, key: str, says: str) -> None:
    told = faults(tmp_path, mapping)
    assert told.where == f"{tmp_path / 'mapping.toml'}, key {key}", told
    assert says in told.what


@pytest.mark.parametrize(("defaults", "key"), [
    ('decimal = ";"', "defaults.decimal"),
    ('encoding = "utf-9"', "defaults.encoding"),
    ('delimiter = "::"', "defaults.delimiter"),
    ('date_format = ["iso", "%d%m%y"]', "defaults.date_format"),
    ('dates = "iso"', "defaults.dates"),
    *((f'date_format = "{item}"', "defaults.date_format") for item in UNREADABLE),
    *((f'encoding = "{name}"', "defaults.encoding") for name in ("hex", "rot13", "base64", "undefined")),
    *((f'delimiter = {char}', "defaults.delimiter") for char in ('"§"', r'"\n"', r'"\r"', "'\"'")),
])  # fmt: skip
def test_faulty_defaults(tmp_path: Path, defaults: str, key: str) -> None:
    assert faults(tmp_path, complaints(), defaults).where.endswith(f"key {key}")


@pytest.mark.parametrize(
    "item", ["iso", "dmy", "%m/%d/%Y", "%Y%m%d", "list_%Y-%m.csv", "%Y", "%d %B %Y %H:%M", "%Y-%j"]
)
def test_date_formats_that_read_what_they_write(tmp_path: Path, item: str) -> None:
    assert load_mapping(
        write(tmp_path, complaints(), f'date_format = "{item}"') / "mapping.toml"
    ).defaults.date_format == [item]


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    told = faults(
        tmp_path, complaints(sevrity='"x"', outcome='{ const = "won" }') + services("hedder = 1"), 'decimal = ";"'
    )
    for key in ("defaults.decimal", "table[1].columns.sevrity", "table[1].columns.outcome.const", "table[2].hedder"):
        assert key in told.where
        assert key in told.what
    assert "4 faults" in told.what


@pytest.mark.parametrize(("text", "says"), [
    ("[mapping\n", "not valid TOML"),
    ("", "faults"),
    ('[mapping]\nname = "x"\n', "at least one"),
    ('[mapping]\nname = "X y"\n[[table]]\n', "faults"),
])  # fmt: skip
def test_a_file_that_is_no_mapping(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "m.toml"
    path.write_text(text)
    with pytest.raises(MappingError, match=says):
        load_mapping(path)


def test_a_mapping_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="does not exist"):
        load_mapping(tmp_path / "none.toml")
    with pytest.raises(MappingError, match="no mapping of this name") as told:
        load_mapping(Path("atlantis"))
    assert "scotland_care" in told.value.hint
    with pytest.raises(MappingError, match="cannot be read"):
        load_mapping(tmp_path)


@pytest.mark.parametrize("name", shipped_mappings())
def test_every_shipped_mapping_loads_by_its_name(name: str) -> None:
    assert load_mapping(Path(name)).name == name
    assert tomllib.loads(shipped_mappings()[name].read_text(encoding="utf-8"))["mapping"]["title"]
