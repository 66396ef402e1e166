"""The pages for people, wired: the desk, uploads, what hospitals read. Loaded after the first answers (bot/late.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.address import local
from bot.web.app import build
from bot.web.desk.frame import Frame
from bot.web.desk.pages import Pages
from bot.web.fhir.door import Door
from bot.web.fhir.pages import FhirPages
from bot.web.upload_page import UploadPage

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from bot.app import Careline


def site(program: Careline) -> ASGIApp:
    """Everything that the program serves but webhooks."""
    upload = UploadPage(uploading=program.uploading, catalogues=program.house.catalogues)
    routers = [_desk(program).router(), upload.router(), _hospitals(program).router()]
    return build(healthy=program.healthy, routers=routers)


def _desk(program: Careline) -> Pages:
    settings, house = program.settings, program.house
    framed = settings.api_url if local(settings.api_url) else ""  # a stand-in shows our pages as Telegram does
    frame = Frame(database=program.database, house=house, door=program.door, secure=settings.secure, framed=framed)
    return Pages(frame=frame, do=program.casework.on_page, making=program.making, previews=program.previews)


def _hospitals(program: Careline) -> FhirPages:
    door = Door(database=program.database, house=program.house)
    return FhirPages(door=door, vault=program.making.vault, base=lambda: program.address.base)
