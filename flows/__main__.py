"""python -m flows play [FILE] [--lang xx] [--fhir]: talk to a form in a terminal, the same turns as the bot.
python -m flows check [FILE...]: whether forms can be used; without a file every definition. Exit code 2 when one cannot.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from flows import engine, library, terminal
from flows.inputs import Attachment, Input, Sent, Words
from flows.questionnaire import Invalid, Questionnaire
from flows.reading import BadDefinitionError
from flows.response_fhir import dumps, to_fhir

if TYPE_CHECKING:
    from flows.tongue import Translate
    from flows.turns import Turn

UNUSABLE = 2  # exit code
LOCALES = Path(__file__).parent.parent / "locales"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return check(options.files) if options.command == "check" else play(options.file, options.lang, fhir=options.fhir)
    except (BadDefinitionError, Invalid, OSError) as error:
        print(error)
        return UNUSABLE
    except (KeyboardInterrupt, BrokenPipeError):
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m flows")
    commands = parser.add_subparsers(dest="command", required=True)
    playing = commands.add_parser("play", help="talk to a form in a terminal")
    playing.add_argument("file", nargs="?", type=Path, help="a FHIR R4 Questionnaire; without it the intake")
    playing.add_argument("--lang", default="en", help="the language to talk in")
    playing.add_argument("--fhir", action="store_true", help="print the QuestionnaireResponse at the end")
    checking = commands.add_parser("check", help="say whether forms can be used, and what the chat does in a simpler way")
    checking.add_argument("files", nargs="*", type=Path, help="FHIR R4 Questionnaires; without any, all definitions")
    return parser


def check(files: list[Path]) -> int:
    """Print a verdict on each form."""
    verdicts = (
        [_check_file(file) for file in files] if files else [_check_definition(folder) for folder in library.definitions()]
    )
    return 0 if all(verdicts) else UNUSABLE


def _check_file(file: Path) -> bool:
    try:
        questionnaire = library.questionnaire(file)
    except OSError as error:
        print(f"{file}: refused\n  cannot be read: {error.strerror}")
        return False
    except Invalid as error:
        print(f"{file}: refused")
        print("\n".join(f"  {problem}" for problem in error.problems))
        return False
    print(f"{file}: supported with degradations" if questionnaire.degraded else f"{file}: supported")
    print("".join(f"  {problem}\n" for problem in questionnaire.degraded), end="")
    return True


def _check_definition(folder: Path) -> bool:
    try:
        library.load(folder)
    except BadDefinitionError as error:
        print(f"{folder.name}: refused\n  {error}")
        return False
    print(f"{folder.name}: supported")
    return True


def play(file: Path | None, language: str, *, fhir: bool) -> int:
    """Hold a conversation: what is typed is said, `:3` presses the third button, `:file x.pdf` sends a file; end of input ends it."""
    definition = library.load()
    questionnaire = library.questionnaire(file) if file else definition.questionnaire
    translate = _translations(language)
    turn = engine.start(questionnaire, id=str(uuid4()), now=datetime.now(UTC))
    while (said := _exchange(turn, questionnaire, translate)) is not None:
        now = datetime.now(UTC)
        turn = engine.advance(
            questionnaire,
            turn.response,
            said,
            now=now,
            today=now.date(),
            language=language,
            translate=translate,
            lexicon=definition.lexicon,
        )
    if fhir:
        print(dumps(to_fhir(questionnaire, turn.response, language=language)))
    return 0


def _exchange(turn: Turn, questionnaire: Questionnaire, translate: Translate) -> Input | None:
    """Show a turn and read what is said to it; None when it is the end."""
    for line in terminal.lines(turn, questionnaire, translate):
        print(line)
    buttons = terminal.buttons(turn, translate)
    for number, (label, _) in enumerate(buttons, start=1):
        print(f"  :{number} {label}")
    if turn.response.cursor.mode == "done":
        return None
    print("> ", end="", flush=True)
    line = sys.stdin.readline()
    return _heard(line.rstrip("\n"), buttons) if line else None


def _heard(line: str, buttons: terminal.Buttons) -> Input:
    if line.startswith(":file"):
        kind = "application/pdf" if line.endswith(".pdf") else "image/jpeg"
        return Sent(attachment=Attachment(document_id=str(uuid4()), content_type=kind))
    number = line[1:]
    pressed = line.startswith(":") and number.isascii() and number.isdigit() and len(number) < 4  # noqa: PLR2004
    return buttons[int(number) - 1][1] if pressed and 0 < int(number) <= len(buttons) else Words(text=line)


def _translations(language: str) -> Translate:
    """The texts of a definition in one language, as in bot/catalogues.py, which `flows` does not know."""
    file = LOCALES / language / "LC_MESSAGES" / "messages.po"
    found = _catalogue(file) if file.is_file() else {}
    return lambda context, english: found.get((context, english)) or found.get(("", english)) or english


def _catalogue(file: Path) -> dict[tuple[str, str], str]:
    from babel.messages.pofile import read_po

    with file.open("rb") as opened:
        catalogue = read_po(opened)
    return {
        (message.context or "", message.id): message.string
        for message in catalogue
        if isinstance(message.id, str) and isinstance(message.string, str) and message.string
    }


if __name__ == "__main__":
    sys.exit(main())
