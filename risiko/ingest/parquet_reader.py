"""Reading Parquet: the file's own types, made plain."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pandas as pd

from risiko.contracts import LIST_SEPARATOR
from risiko.errors import InputError
from risiko.ingest.raw import Layout, Raw, no_malformed, plain_names, unique_names


def read_parquet(path: Path, layout: Layout, wanted: Collection[str]) -> Raw:
    """The rows of a Parquet file. Row numbers start at 2, as if the column names were row 1 of a sheet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(path)
        names = plain_names(file.schema_arrow.names, wanted)
        unique_names(names, wanted, path)
        take = {raw: name for raw, name in zip(file.schema_arrow.names, names, strict=True) if name in wanted}
        table = file.read(columns=list(take))
        length = file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        first = str(error).splitlines()[0] if str(error) else "unknown fault"
        raise InputError(f"The Parquet file is broken: {first}.", where=str(path), hint="export it again") from None
    integers = {
        t: pd.Int64Dtype()
        for t in (pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32())
    }
    columns = {name: _plain(table.column(raw)).to_pandas(types_mapper=integers.get) for raw, name in take.items()}
    frame = pd.DataFrame(columns, index=range(length))
    frame.index = pd.RangeIndex(2, length + 2, name="row")
    return Raw(frame, no_malformed(), tuple(names))


def _plain(column: Any) -> Any:
    """Dictionaries as their values, decimals as floats, dates as timestamps, lists as one text."""
    import pyarrow as pa
    import pyarrow.compute as compute

    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(column.cast(kind.value_type))
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    if pa.types.is_date(kind):
        return column.cast(pa.timestamp("us"))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return compute.binary_join(column.cast(pa.list_(pa.string())), LIST_SEPARATOR)
    return column
