"""An appointment as it is kept in its reminders: when, on the clock of which place, and what it is."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime

KIND = "appointment"  # of its reminders


@dataclass(frozen=True, kw_only=True, slots=True)
class Appointment:
    """`at`: aware; `zone`: IANA; `place`: a city of the questions, or empty: the patient's own. `context`: where its name is translated."""

    at: datetime
    zone: str
    place: str
    what: str
    context: str = ""

    def dumps(self) -> str:
        return json.dumps({**asdict(self), "at": self.at.isoformat()})

    @classmethod
    def loads(cls, text: str) -> Appointment:
        kept = json.loads(text)
        return cls(**{**kept, "at": datetime.fromisoformat(kept["at"])})
