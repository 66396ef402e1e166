"""Every transcript on both stages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.dossier import fonts
from tests.stages import HttpStage, SeamStage
from tests.steps import CATALOGUES, Play, Transcript, transcripts

ALL = transcripts()


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpStage]:
    stage = HttpStage(folder=tmp_path_factory.mktemp("http")).start().at_noon()
    yield stage
    stage.stop()


@pytest.fixture
def seam(tmp_path: Path) -> Iterator[SeamStage]:
    loop = asyncio.new_event_loop()
    stage = SeamStage(folder=tmp_path, loop=loop)
    yield stage
    stage.stop()
    loop.close()


def test_there_are_enough() -> None:
    assert len(ALL) >= 30


@pytest.mark.parametrize("transcript", ALL, ids=lambda one: one.path.stem)
def test_at_the_seam(transcript: Transcript, seam: SeamStage) -> None:
    """Up to where a coordinator acts: the desk is not on this stage."""
    Play(stage=seam).run(transcript.without_desk())


@pytest.mark.whole
@pytest.mark.parametrize("transcript", ALL, ids=lambda one: one.path.stem)
def test_through_both_bots(transcript: Transcript, http: HttpStage) -> None:
    if transcript.needs_fonts and fonts.lacking(None, CATALOGUES.for_dossiers.languages):
        pytest.skip("no Noto fonts: apt-get install fonts-noto-core fonts-noto-cjk")
    Play(stage=http).run(transcript)
