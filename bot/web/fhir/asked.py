"""What a search asks for. A parameter that is not known is refused: to pass over it would tell more than was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from bot.web.fhir.capability import SEARCHES
from bot.web.fhir.outcome import wrong
from bot.web.fhir.shelf import patient
from flows.fhir.resources import IDENTIFIERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.desk.shared_cases import Shared

USUAL, MOST = 20, 50  # cases on a page
COMMON = {"_count", "_after", "_format"}
CASE = f"{IDENTIFIERS}case"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One search. `given`: its own parameters, without how the answer is to be cut; `after`: the case before this page."""

    kind: str
    given: Mapping[str, str]
    count: int
    after: int

    @classmethod
    def of(cls, kind: str, pairs: Sequence[tuple[str, str]]) -> Asked:
        """Raises Refused."""
        given = dict(pairs)
        strange = {name for name, _ in pairs} - COMMON - set(SEARCHES[kind])
        if strange or len(given) != len(pairs):
            raise wrong(f"{kind} is searched by {', '.join(SEARCHES[kind])}, each once.")
        if kind != "Patient" and not set(given) & set(SEARCHES[kind]):
            raise wrong(f"A search of {kind} needs one of {', '.join(SEARCHES[kind])}.")
        count, after = (_whole(given.pop(name, str(usual))) for name, usual in (("_count", USUAL), ("_after", 0)))
        given.pop("_format", None)
        return cls(kind=kind, given=given, count=min(count, MOST), after=after)

    def cases(self, shown: Sequence[Shared]) -> list[Shared]:
        """The cases in which it looks, those of every page."""
        wanted = [one for name in ("patient", "subject") if (one := self.given.get(name)) is not None]
        found = [one for one in shown if all(each.removeprefix("Patient/") == patient(one) for each in wanted)]
        if "identifier" in self.given:
            system, bar, value = self.given["identifier"].rpartition("|")
            found = [one for one in found if value == one.case.number and (not bar or system == CASE)]
        if self.kind == "Patient" and "_id" in self.given:
            found = [one for one in found if patient(one) == self.given["_id"]]
        return found

    def page(self, found: Sequence[Shared]) -> list[Shared]:
        return [one for one in found if one.case.id > self.after][: self.count]

    def address(self, base: str, after: int) -> str:
        """Of one page of it."""
        more = {"_count": str(self.count)} | ({"_after": str(after)} if after else {})
        return f"{base}/{self.kind}?{urlencode(dict(self.given) | more)}"


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 17):  # noqa: PLR2004 - below 2**63
        raise wrong("_count and _after are whole numbers.")
    return int(text)
