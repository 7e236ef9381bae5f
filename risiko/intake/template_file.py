"""Writing a template to a file, and never over a filled one."""

from __future__ import annotations

from pathlib import Path

from risiko.errors import InputError


def write_template(path: Path, made: bytes) -> None:
    """Write the workbook where there is no file yet: one that lies there may be a filled template. Makes the folder.

    Raises InputError where there is one, and where the file cannot be written.
    """
    if path.exists():
        what = "There is a file already; it may be a filled one, and is left as it is."
        raise InputError(what, where=str(path), hint="choose another name with --out")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as file:  # never over one that came to lie there in between
            file.write(made)
    except OSError as error:
        what = f"The file cannot be written: {error.strerror}."
        raise InputError(what, where=str(path), hint="name a file in a folder you may write to") from None
