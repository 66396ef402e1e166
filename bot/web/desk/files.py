"""Files of a case: originals as they came, a look into them, the dossier, the packet, exports. Nothing is kept that is made here.

An original leaves byte by byte as it came, under a name of ours, as an attachment that no browser opens in our place.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from bot import exports
from bot.dossier.making import Making, Order, TooLarge
from bot.dossier.material import NotShared
from bot.dossier.printing import NotPrinted
from bot.dossier.sending import why_not
from bot.exports import FORMATS, NotExported
from bot.inspection import Unreadable
from bot.naming import file_name
from bot.previews import NoPreview, Previews
from bot.web.desk import reading, showing
from bot.web.desk.frame import APART
from bot.wording.visible import visible
from flows.staff import roles
from storage import consents
from storage.sealed.keyring import Tampered
from storage.vault import UnknownBlob

if TYPE_CHECKING:
    from bot.exports import Format, Gathered
    from bot.web.desk.frame import Frame
    from bot.web.desk.reading import Opens, Stored
    from storage.rows import Case, Coordinator, Part
    from storage.transaction import Transaction

BYTES = "application/octet-stream"
LOST = (UnknownBlob, Tampered)


@dataclass(frozen=True, kw_only=True, slots=True)
class Files:
    frame: Frame
    making: Making
    previews: Previews

    def add_to(self, router: APIRouter) -> None:
        visitors = self.frame.for_visitors
        router.add_api_route("/cases/{number}/files/{part}", visitors(self._original), methods=["GET"])
        router.add_api_route("/cases/{number}/files/{part}/look", visitors(self._look), methods=["GET"])
        router.add_api_route("/cases/{number}/dossier", visitors(self._dossier), methods=["GET"])
        router.add_api_route("/cases/{number}/packet", visitors(self._packet), methods=["GET"])
        router.add_api_route("/cases/{number}/export/{format}", visitors(self._export), methods=["GET"])

    async def _original(self, request: Request, visitor: Coordinator) -> Response:
        found = await self._found(request, visitor, "document.web", lambda one, _, case: _may_open(visitor, one, case))
        if found is None:
            return self.frame.missing(self.frame.words(visitor))
        stored, part, case = found
        try:
            first, rest = await asyncio.to_thread(_begun, self.making.opened(part))
        except LOST:
            return self.frame.missing(self.frame.words(visitor))
        name = file_name(f"{case.number}-{stored.document.record or 'document'}-{part.id}", part.content_type or BYTES)
        return self._attached(name, BYTES, itertools.chain(first, rest))

    async def _look(self, request: Request, visitor: Coordinator) -> Response:
        """One page as a picture, or the words of a text; drawn in the limited process."""
        found = await self._found(request, visitor, "document.previewed", lambda one, part, _: bool(showing.preview(one, part)))
        if found is None:
            return self.frame.missing(self.frame.words(visitor))
        page = request.query_params.get("page", "0")
        number = min(int(page), 9999) if page.isascii() and page.isdigit() else 0
        try:
            made = await self.previews.of_file(found[1], number)
        except (NoPreview, Unreadable, *LOST):
            return self.frame.missing(self.frame.words(visitor))
        if not made.png:
            return self._text(visible(made.words)[0])
        return Response(made.png, media_type="image/png", headers=self.frame.headers)

    async def _dossier(self, request: Request, visitor: Coordinator) -> Response:
        return await self._made(request, visitor, packed=False)

    async def _packet(self, request: Request, visitor: Coordinator) -> Response:
        return await self._made(request, visitor, packed=True)

    async def _made(self, request: Request, visitor: Coordinator, *, packed: bool) -> Response:
        frame, words = self.frame, self.frame.words(visitor)
        number, language = request.path_params["number"], request.query_params.get("language", "en")
        action = "case.packet" if packed else "case.dossier"
        case = await frame.database.transact(lambda tx: reading.opened(tx, visitor, number, action=action))
        if case is None or language not in frame.house.catalogues.for_dossiers.languages:
            return frame.missing(words)
        order = Order(case_id=case.id, language=language, by=visitor.telegram_id)
        name = f"{case.number}-{language}"
        try:
            if packed:
                _, pieces = await self.making.packet(order)
                return self._attached(f"{name}.zip", "application/zip", pieces)
            made = await self.making.dossier(order)
        except (NotShared, NotPrinted, TooLarge, NotExported, *LOST) as error:
            return frame.page("told.html", words, number=case.number, told=why_not(words, error), status=HTTPStatus.CONFLICT)
        return self._attached(f"{name}.pdf", "application/pdf", [made.printed.pdf])

    async def _export(self, request: Request, visitor: Coordinator) -> Response:
        frame, words = self.frame, self.frame.words(visitor)
        format_, number = request.path_params["format"], request.path_params["number"]
        case = await frame.database.transact(lambda tx: reading.opened(tx, visitor, number, action="case.export"))
        if case is None or format_ not in FORMATS:
            return frame.missing(words)
        try:
            found = await frame.database.read(lambda tx: self._gathered(tx, case))
            made = await asyncio.to_thread(
                exports.make, found, self.making.vault, frame.house.definition, cast("Format", format_)
            )
        except (NotShared, NotExported) as error:
            return frame.page("told.html", words, number=case.number, told=why_not(words, error), status=HTTPStatus.CONFLICT)
        return self._attached(made.name, made.content_type, [made.data])

    def _gathered(self, tx: Transaction, case: Case) -> Gathered:
        """It is made to be given to a hospital, so it waits for the family's yes to that."""
        if not consents.shares(tx, case.chat_id):
            raise NotShared(NotShared.__doc__)
        return exports.gather(tx, self.frame.house.definition, case)

    async def _found(
        self, request: Request, visitor: Coordinator, action: str, opens: Opens
    ) -> tuple[Stored, Part, Case] | None:
        number, part = request.path_params["number"], request.path_params["part"]
        if not (part.isascii() and part.isdigit() and len(part) < 17):  # noqa: PLR2004 - below 2**63
            return None
        return await self.frame.database.transact(
            lambda tx: reading.file(tx, self.frame.house, visitor, number, int(part), action=action, opens=opens)
        )

    def _attached(self, name: str, kind: str, pieces: Iterable[bytes]) -> Response:
        apart = {"Content-Security-Policy": APART, "Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(pieces, media_type=kind, headers=self.frame.headers | apart)

    def _text(self, text: str) -> Response:
        return Response(text, media_type="text/plain; charset=utf-8", headers=self.frame.headers)


def _may_open(visitor: Coordinator, stored: Stored, case: Case) -> bool:
    """What is kept apart opens for whoever holds the case, and for a lead."""
    holds = roles.may(visitor.role, "act") and case.holder == visitor.telegram_id
    return not stored.guarded or holds or roles.may(visitor.role, "reassign")


def _begun(pieces: Iterable[bytes]) -> tuple[list[bytes], Iterator[bytes]]:
    """The first piece, so that what is lost is known before an answer begins."""
    rest = iter(pieces)
    return list(itertools.islice(rest, 1)), rest
