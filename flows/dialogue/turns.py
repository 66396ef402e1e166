"""Turn: what one exchange with the engine gives."""

from __future__ import annotations

from dataclasses import dataclass

from flows.events import Answered, Asked, Completed, Drafted, Explained, Outdated, Parked, Refused, Reviewed
from flows.response import QuestionnaireResponse

Told = Answered | Refused | Explained | Parked
Shown = Asked | Drafted | Reviewed | Completed


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """The response after an exchange, and what happened: what is told first, then what is shown; Outdated stands alone."""

    response: QuestionnaireResponse
    events: tuple[Told | Shown | Outdated, ...]
