"""Spots in a definition file: typed reading of JSON whose every complaint names the file and the path."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


class BadDefinitionError(ValueError):
    """A definition file that cannot be used: file, JSON path, and what is wrong there in words."""

    def __init__(self, file: str, path: str, message: str) -> None:
        super().__init__(f"{file}: {path or '(top)'}: {message}")
        self.file, self.path, self.message = file, path, message


@dataclass(frozen=True, slots=True)
class Spot:
    """One JSON value and where it stands. Paths look like `criteria[2].expression`."""

    file: str
    path: str
    value: Any

    def wrong(self, message: str) -> BadDefinitionError:
        return BadDefinitionError(self.file, self.path, message)

    def has(self, name: str) -> bool:
        """Whether the object has this field and it is not null."""
        return self.typed(dict, "an object").get(name) is not None

    def get(self, name: str) -> Spot:
        value = self.typed(dict, "an object")
        if name not in value:
            raise self.wrong(f"the field {name} is missing")
        return Spot(self.file, f"{self.path}.{name}" if self.path else name, value[name])

    def only(self, *names: str) -> Spot:
        """Refuse fields that nothing reads: most often a spelling mistake."""
        strange = sorted(set(self.typed(dict, "an object")) - set(names))
        if strange:
            raise self.wrong(f"unknown field {', '.join(strange)}")
        return self

    def items(self) -> Iterator[Spot]:
        for index, value in enumerate(self.typed(list, "a list")):
            yield Spot(self.file, f"{self.path}[{index}]", value)

    def fields(self) -> Iterator[tuple[str, Spot]]:
        for name in self.typed(dict, "an object"):
            yield name, self.get(name)

    def text(self, name: str) -> str:
        text: str = self.get(name).typed(str, "a text")
        if not text.strip():
            raise self.get(name).wrong("is empty")
        return text

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; a missing field is an empty list."""
        return tuple(item.word() for item in self.get(name).items()) if self.has(name) else ()

    def word(self) -> str:
        word: str = self.typed(str, "a text")
        return word

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        if default is not None and not self.has(name):
            return default
        flag: bool = self.get(name).typed(bool, "true or false")
        return flag

    def whole(self, name: str) -> int:
        spot = self.get(name)
        if isinstance(spot.value, bool):
            raise spot.wrong("must be a whole number")
        whole: int = spot.typed(int, "a whole number")
        return whole

    def number(self) -> Decimal:
        if isinstance(self.value, bool) or not isinstance(self.value, int | Decimal):
            raise self.wrong("must be a number")
        return Decimal(self.value)

    def day(self, name: str) -> date:
        return self.get(name).as_day()

    def one_of(self, name: str, known: tuple[str, ...]) -> str:
        return self.get(name).one_of_words(known)

    def one_of_words(self, known: tuple[str, ...]) -> str:
        """The value itself, which must be one of these."""
        word = self.word()
        if word not in known:
            raise self.wrong(f"{word!r} is none of {', '.join(known)}")
        return word

    def as_day(self) -> date:
        try:
            return date.fromisoformat(self.word())
        except ValueError as error:
            raise self.wrong("must be a date like 2026-05-15") from error

    def typed(self, kind: type, name: str) -> Any:
        """The value, which must be of this kind; `name` is what to call the kind in the message."""
        if not isinstance(self.value, kind):
            raise self.wrong(f"must be {name}")
        return self.value


def unique(spots: Iterator[Spot], name: str = "id") -> tuple[Spot, ...]:
    """The spots, none of which shares its id with another."""
    seen: set[str] = set()
    kept = []
    for spot in spots:
        word = spot.text(name)
        if word in seen:
            raise spot.wrong(f"{name} {word!r} is there twice")
        seen.add(word)
        kept.append(spot)
    return tuple(kept)
