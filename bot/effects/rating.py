"""Effects of the one question after the end: the first mark counts, words may follow once, and the desk reads both in the case's topic."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.effects.group import Group
from bot.wording import rating as wording
from flows.support_events import Rated, RatingOpened, RatingWorded
from storage import audit, cases
from storage.desk import ratings

if TYPE_CHECKING:
    from bot.effects.registry import Effect
    from bot.effects.scene import Scene
    from storage.rows import Case

LOW = 2  # after marks up to this one somebody is told that we are sorry
LISTENING = timedelta(hours=1)  # after the tap, for words; later ones are meant for a person


def rated(scene: Scene, event: Rated) -> None:
    """Only for a closed case of this chat."""
    case = _closed(scene, event.case)
    if case is None or not ratings.add(scene.tx, case.id, event.mark):
        scene.toast(wording.known(scene.words))
        return
    audit.write(scene.tx, actor="patient", action="case.rated", object=f"case:{case.id}")
    scene.rewrite(wording.thanks(scene.words, case.id, event.mark, low=event.mark <= LOW), kind="rated")
    Group(tx=scene.tx, house=scene.house).line(case.id, wording.given(scene.house.desk_words, event.mark), kind="rated")


def opened(scene: Scene, event: RatingOpened) -> None:
    case = _closed(scene, event.case)
    known = ratings.get(scene.tx, case.id) if case else None
    if case is None or known is None or known.body is not None:
        scene.toast(wording.known(scene.words))
        return
    ratings.listen(scene.tx, case.id, until=scene.tx.now + LISTENING)
    scene.say(wording.ask(scene.words), kind="rating_opened")


def worded(scene: Scene, event: RatingWorded) -> None:
    ratings.word(scene.tx, event.case, event.text)
    scene.say(wording.kept(scene.words), kind="rating_worded")
    group = Group(tx=scene.tx, house=scene.house)
    group.topic(event.case, wording.worded(scene.house.desk_words, event.text), kind="rating_worded")


def _closed(scene: Scene, case_id: int) -> Case | None:
    return next((one for one in cases.of_chat(scene.tx, scene.chat.id) if one.id == case_id and one.closed_at), None)


EFFECTS: dict[type, Effect] = {Rated: rated, RatingOpened: opened, RatingWorded: worded}
