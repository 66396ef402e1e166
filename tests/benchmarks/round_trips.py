"""Forms with translations, taken apart, through .po files, and put together again.

python -m tests.benchmarks.round_trips FOLDER

"the same form": every value in its place; "but for the order": apart from the order of the extensions beside one text, which means nothing.
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.authoring import po
from flows.authoring.translations import TRANSLATION, merge, split


def unordered(value: Any) -> Any:
    """The same with extensions in one order."""
    if isinstance(value, list):
        return [unordered(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {name: unordered(one) for name, one in value.items()}
    if "extension" in made:
        made["extension"] = sorted(made["extension"], key=lambda one: json.dumps(one, default=str))
    return made


def main() -> int:
    forms = same = alike = 0
    for file in sorted(Path(sys.argv[1]).rglob("*.json")):
        if TRANSLATION not in (text := file.read_text("utf-8")):
            continue
        form = json.loads(text, parse_float=Decimal)
        plain, found = split(form)
        again = merge(plain, {language: po.read(po.write(messages, language)) for language, messages in found.items()})
        forms, same, alike = forms + 1, same + (again == form), alike + (unordered(again) == unordered(form))
        if again != form:
            print(f"not the same: {file.name}")
    print(f"{forms} forms with translations: {same} are the same form, {alike} but for the order")
    return 0


if __name__ == "__main__":
    sys.exit(main())
