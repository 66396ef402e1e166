"""python -m flows play [FILE] [--lang xx] [--name NAME] [--fhir]: talk to a form in a terminal, the same turns as the bot.
python -m flows check [FILE...]: whether forms can be used; without a file every definition. Exit code 2 when one cannot.
python -m flows split FILE FOLDER: take a form's translations out into catalogues for translators.
python -m flows merge FILE [--locales FOLDER] [--out FILE]: put the catalogues' translations into a form, to publish it.
python -m flows graph: every criterion with its questions, records and reminders.
python -m flows stages [--write]: the legal moves of a case as a diagram; with --write into definitions/STAGES.md.
python -m flows protocols import SNAPSHOT [--as-of DAY] [--approve NAME]: what a snapshot of ClinicalTrials.gov changes in the protocols.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from flows import engine, library
from flows.authoring import publishing, terminal, translations
from flows.authoring.commands import offer
from flows.fhir.launch import Known, Writer, launch
from flows.fhir.responses import dumps, to_fhir
from flows.inputs import Attachment, Input, Sent, Words
from flows.questionnaire import Invalid, Questionnaire
from flows.reading import BadDefinitionError

if TYPE_CHECKING:
    from flows.dialogue.turns import Turn
    from flows.words.tongue import Translate

UNUSABLE = 2  # exit code
LOCALES = Path(__file__).parent.parent / "locales"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except Invalid as error:
        print("\n".join(map(str, error.problems)))
        return UNUSABLE
    except (KeyboardInterrupt, BrokenPipeError):
        return 0
    except (BadDefinitionError, OSError, ValueError) as error:
        print(error)
        return UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m flows")
    commands = parser.add_subparsers(dest="command", required=True)
    playing = commands.add_parser("play", help="talk to a form in a terminal")
    playing.add_argument("file", nargs="?", type=Path, help="a FHIR R4 Questionnaire; without it the intake")
    playing.add_argument("--lang", default="en", help="the language to talk in")
    playing.add_argument(
        "--name", default="", help="the patient, who writes, for forms that know people by name (%%patient, %%user)"
    )
    playing.add_argument("--fhir", action="store_true", help="print the QuestionnaireResponse at the end")
    playing.set_defaults(run=lambda options: play(options.file, options.lang, options.name, fhir=options.fhir))
    checking = commands.add_parser("check", help="say whether forms can be used, and what the chat does in a simpler way")
    checking.add_argument("files", nargs="*", type=Path, help="FHIR R4 Questionnaires; without any, all definitions")
    checking.set_defaults(run=lambda options: check(options.files))
    splitting = commands.add_parser("split", help="a form's translations into catalogues for translators")
    splitting.add_argument("file", type=Path, help="a FHIR R4 Questionnaire")
    splitting.add_argument("folder", type=Path, help="where the form, messages.pot and one catalogue a language are written")
    splitting.set_defaults(run=split)
    merging = commands.add_parser("merge", help="the catalogues' translations into a form, to publish it")
    merging.add_argument("file", type=Path, help="a FHIR R4 Questionnaire; translations that it has are replaced")
    merging.add_argument(
        "--locales", type=Path, default=LOCALES, help="a folder of catalogues (default: those of this project)"
    )
    merging.add_argument("--out", type=Path, help="a file that is not there yet (default: standard output)")
    merging.set_defaults(run=merge)
    offer(commands)
    return parser


def split(options: argparse.Namespace) -> int:
    """Print the names of the files that were written."""
    print("\n".join(publishing.split(options.file, options.folder)))
    return 0


def merge(options: argparse.Namespace) -> int:
    """Write the published form."""
    data = publishing.merge(options.file, options.locales)
    if options.out is None:
        print(data.decode(), end="")
        return 0
    with options.out.open("xb") as file:
        file.write(data)
    return 0


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


def play(file: Path | None, language: str, name: str = "", *, fhir: bool) -> int:
    """Hold a conversation: what is typed is said, `:3` presses the third button, `:file x.pdf` sends a file; end of input ends it."""
    definition = library.load()
    questionnaire = library.questionnaire(file) if file else definition.questionnaire
    translate = _speaker(questionnaire, language)
    screen = terminal.Terminal(form=questionnaire, translate=translate, refusals=definition.refusals)
    id_, given, _, family = str(uuid4()), *name.strip().partition(" ")
    people = launch(questionnaire, id_, Writer(given=given, family=family.strip(), language=language), Known(writes=True))
    turn = engine.start(questionnaire, id=id_, now=datetime.now(UTC), launch=people)
    while (said := _exchange(turn, screen)) is not None:
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


def _exchange(turn: Turn, screen: terminal.Terminal) -> Input | None:
    """Show a turn and read what is said to it; None when it is the end."""
    for line in screen.lines(turn):
        print(line)
    buttons = terminal.buttons(turn, screen.translate)
    for number, (label, _) in enumerate(buttons, start=1):
        print(f"  :{number} {label}")
    if turn.response.cursor.mode == "done":
        return None
    return _read(buttons)


def _read(buttons: terminal.Buttons) -> Input | None:
    """What is typed next; None at the end of the input."""
    while True:
        print("> ", end="", flush=True)
        line = sys.stdin.readline()
        heard = _heard(line.rstrip("\n"), buttons)
        if heard or not line:
            return heard if line else None
        print(f"  There is no button {line.strip()}")


def _heard(line: str, buttons: terminal.Buttons) -> Input | None:
    """None: a button that is not there."""
    if line.startswith(":file"):
        kind = "application/pdf" if line.endswith(".pdf") else "image/jpeg"
        return Sent(attachment=Attachment(document_id=str(uuid4()), content_type=kind))
    number = line[1:]
    if not (line.startswith(":") and number.isascii() and number.isdigit() and len(number) < 4):  # noqa: PLR2004
        return Words(text=line)
    return buttons[int(number) - 1][1] if 0 < int(number) <= len(buttons) else None


def _speaker(questionnaire: Questionnaire, language: str) -> Translate:
    """The form's own translations, else those of the catalogues, else English, which is said."""
    found = publishing.catalogues(LOCALES).get(language, {})
    offered = translations.languages(dict(questionnaire.raw))
    if not found and translations.nearest(language, offered) is None:
        print(f"There are no texts in {language!r}; the form has: {', '.join(offered)}.", file=sys.stderr)
    return translations.speaker(
        dict(questionnaire.raw),
        language,
        lambda context, english: found.get((context, english)) or found.get(("", english)) or english,
    )


if __name__ == "__main__":
    sys.exit(main())
