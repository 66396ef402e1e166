"""Who exists: people, bots, groups, members, topics."""

from __future__ import annotations

from fastapi import APIRouter

from bot.sandbox import tokens, topics
from bot.sandbox.errors import Unable
from bot.sandbox.http import bodies, shapes
from bot.sandbox.http.context import Here, Json
from bot.sandbox.people import gathering, writing
from bot.sandbox.world import Person

router = APIRouter(tags=["world"])
FIRST_PERSON = 7001
CREATED = 201


@router.get("/people", response_model=shapes.People)
async def people(here: Here) -> Json:
    """Everybody."""
    return Json({"people": here.views.any(list(here.state.people.values()))})


@router.post("/people", status_code=CREATED, response_model=shapes.Person)
async def add_person(here: Here, body: bodies.NewPerson) -> Json:
    """A new person, who has a chat with every bot and has started none."""
    number = body.id or max([FIRST_PERSON - 1, *here.state.people]) + 1
    if number in here.state.people or number in here.state.bots:
        raise Unable("there is such a person already")
    person = here.state.add_person(Person(**{**body.model_dump(), "id": number}))
    return Json(here.views.any(person), status_code=CREATED)


@router.patch("/people/{number}", response_model=shapes.Person)
async def change_person(here: Here, number: int, body: bodies.PersonChange) -> Json:
    """Name, language, role, or that the account is gone."""
    person = here.state.person(number)
    for name, value in body.model_dump(exclude_none=True).items():
        setattr(person, name, value)
    here.state.save_person(person)
    for chat in here.state.chats.values():
        if chat.person == number:
            here.state.save_chat(chat)
    return Json(here.views.any(person))


@router.get("/bots", response_model=shapes.Bots)
async def bots(here: Here) -> Json:
    """All bots."""
    return Json({"bots": here.views.any(list(here.state.bots.values()))})


@router.post("/bots", status_code=CREATED, response_model=shapes.Bot)
async def add_bot(here: Here, body: bodies.NewBot) -> Json:
    """A new bot; a token that looks like BotFather's is refused."""
    tokens.check(body.token)
    if tokens.bot_id(body.token) in here.state.bots:
        raise Unable("there is such a bot already")
    return Json(here.views.any(here.state.add_bot(body.token, body.username, body.name)), status_code=CREATED)


@router.post("/groups", status_code=CREATED, response_model=shapes.Chat)
async def add_group(here: Here, body: bodies.NewGroup) -> Json:
    """A new group; its bots hear that they were added."""
    fields = body.model_dump() | {"id": body.id or 0}
    chat = gathering.found(here.state, gathering.Group(**fields))
    return Json(here.views.any(chat), status_code=CREATED)


@router.post("/chats/{chat}/members", response_model=shapes.Chat)
async def membership(here: Here, chat: str, body: bodies.Membership) -> Json:
    """Gives a person or bot a status in a group; `left` and `kicked` take them out."""
    group = here.state.chat(chat)
    return Json(here.views.any(gathering.join(here.state, group, body.member, body.status, body.by or 0)))


@router.post("/chats/{chat}/migrate", response_model=shapes.Migrated)
async def migrate(here: Here, chat: str) -> Json:
    """Makes a group a supergroup, which has another id."""
    return Json({"chat": here.views.any(gathering.migrate(here.state, here.state.chat(chat)))})


@router.post("/chats/{chat}/topics", status_code=CREATED, response_model=shapes.Topic)
async def add_topic(here: Here, chat: str, body: bodies.NewTopic) -> Json:
    """A person opens a topic in a forum."""
    group = here.state.chat(chat)
    person = writing.writer(here.state, group, body.from_)
    if not group.forum:
        raise Unable("this group has no topics")
    topic = topics.create(here.state, group, body.name, by=("person", person.id))
    return Json(here.views.any(topic), status_code=CREATED)


@router.patch("/chats/{chat}/topics/{thread}", response_model=shapes.Topic)
async def change_topic(here: Here, chat: str, thread: int, body: bodies.TopicChange) -> Json:
    """A person renames, closes or reopens a topic."""
    group = here.state.chat(chat)
    topic = group.topics.get(thread)
    if topic is None:
        raise Unable("no such topic", 404)
    doer = body.from_ or next(member.id for member in group.members.values() if member.kind == "person")
    if body.name and body.name != topic.name:
        topics.edit(here.state, group, topic, by=("person", doer), name=body.name, emoji=topic.icon_custom_emoji_id)
    if body.closed is not None and body.closed != topic.closed:
        topics.set_closed(here.state, group, topic, by=("person", doer), closed=body.closed)
    return Json(here.views.any(topic))


@router.delete("/chats/{chat}/topics/{thread}", response_model=shapes.Done)
async def delete_topic(here: Here, chat: str, thread: int) -> Json:
    """The topic goes with all its messages; bots are not told, as in Telegram."""
    group = here.state.chat(chat)
    if thread not in group.topics:
        raise Unable("no such topic", 404)
    topics.delete(here.state, group, group.topics[thread])
    return Json({"ok": True})
