"""Looking into files that strangers made, in a process that can be lost: little memory, little time, no files, no network needed.

Every parser (PDF, pictures, zip, Word, DICOM) runs over there. It never has a path or a key: it asks for the bytes it wants, piece by
piece, and what comes back is JSON or a picture that we draw from. `Inspector` is the only door:

    await inspector.look(source, name)              -> Look, or the Reason why the file may not be kept
    await inspector.picture(source, type, page=0)   -> PNG bytes of one page, raises Unreadable
    await inspector.words(source, type)             -> the text of a document, raises Unreadable
"""

from bot.inspection.apart import Inspector, Look, Unreadable
from bot.inspection.sources import InMemory, Source

__all__ = ["InMemory", "Inspector", "Look", "Source", "Unreadable"]
