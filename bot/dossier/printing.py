"""A sheet becomes a PDF: typst, in a process of its own that is ended when it takes too long.

The words go in as JSON, so none of them is ever read as markup. PDF/A-2b is for archives, and strict: a sign without a glyph is an error
there, never a box. Such signs are then printed as their code, and told of.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bot.dossier import fonts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SECONDS = 20.0  # one dossier takes about half a second
ROUNDS = 4  # typst names at most a handful of signs without a glyph at once
TEMPLATE = Path(__file__).parent / "dossier.typ"
STANDARD: Literal["a-2b"] = "a-2b"
GLYPH = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
WORDS = "t"  # the field of a text that holds its words
_KEPT = ("PATH", "HOME", "LANG", "SYSTEMROOT")


class NotPrinted(Exception):
    """No PDF was made. `scripts`: those without a font; empty: it took too long or typst failed."""

    def __init__(self, scripts: tuple[str, ...] = ()) -> None:
        super().__init__(NotPrinted.__doc__)
        self.scripts = scripts


@dataclass(frozen=True, kw_only=True, slots=True)
class Printed:
    """`unprintable`: signs that stand there as their code, such as 🙏."""

    pdf: bytes
    unprintable: tuple[str, ...]


async def printed(sheet: Mapping[str, Any], *, folder: Path | None, languages: tuple[str, ...], made: int) -> Printed:
    """Raises NotPrinted. `made`: seconds since the epoch, the only time in the file, so the same sheet gives the same bytes."""
    job = {"sheet": sheet, "folder": str(folder) if folder else None, "languages": languages, "made": made}
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot.dossier.printing",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=Path(__file__).parents[2],
        env={name: os.environ[name] for name in _KEPT if name in os.environ},
    )
    try:
        async with asyncio.timeout(SECONDS):
            said, _ = await child.communicate(json.dumps(job).encode())
    except TimeoutError as error:
        raise NotPrinted from error
    finally:
        if child.returncode is None:
            child.kill()
    head, _, pdf = said.partition(b"\n")
    if child.returncode or not pdf:
        raise NotPrinted(tuple(json.loads(head)["scripts"]) if head else ())
    return Printed(pdf=pdf, unprintable=tuple(json.loads(head)["unprintable"]))


def compiled(sheet: Mapping[str, Any], folder: Path | None, made: int) -> Printed:
    """The PDF, and the signs that have no glyph. Raises typst's own error when something else is wrong."""
    import typst

    compiler, template = typst.Compiler(font_paths=fonts.load(folder)), TEMPLATE.read_bytes()
    unknown: set[str] = set()
    for _ in range(ROUNDS):
        codes = " ".join(f"U+{ord(sign):04X}" for sign in sorted(unknown))
        data = {**sheet, "fonts": fonts.families(folder), "unprintable": codes}
        try:
            words = json.dumps(_coded(data, unknown))
            pdf = compiler.compile(template, format="pdf", sys_inputs={"data": words}, pdf_standards=[STANDARD], timestamp=made)
        except typst.TypstError as error:
            found = {sign for text in GLYPH.findall(str(error)) for sign in text} - unknown
            if not found:
                raise
            unknown |= found
        else:
            assert isinstance(pdf, bytes)  # one file, given back because no place was named
            return Printed(pdf=pdf, unprintable=tuple(sorted(unknown)))
    raise NotPrinted(tuple(sorted({fonts.script_of(sign) for sign in unknown})))


def _coded(data: Any, unknown: set[str]) -> Any:
    """Signs without a glyph as [U+1F64F], in the words only."""
    match data:
        case dict():
            return {name: code(one, unknown) if name == WORDS else _coded(one, unknown) for name, one in data.items()}
        case list() | tuple():
            return [_coded(one, unknown) for one in data]
    return data


def code(text: str, unknown: set[str]) -> str:
    return "".join(f"[U+{ord(sign):04X}]" if sign in unknown else sign for sign in text) if unknown else text


def main(read: Callable[[], bytes], write: Callable[[bytes], object]) -> int:
    """One job from standard input; a line of JSON and the PDF to standard output."""
    job = json.loads(read())
    folder = Path(job["folder"]) if job["folder"] else None
    scripts = fonts.lacking(folder, job["languages"])
    if scripts:
        write(json.dumps({"scripts": scripts}).encode())
        return 1
    try:
        made = compiled(job["sheet"], folder, job["made"])
    except NotPrinted as error:
        write(json.dumps({"scripts": error.scripts}).encode())
        return 1
    write(json.dumps({"unprintable": made.unprintable}).encode() + b"\n" + made.pdf)
    return 0


if __name__ == "__main__":
    sys.exit(main(partial(sys.stdin.buffer.read), partial(sys.stdout.buffer.write)))
