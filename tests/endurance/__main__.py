"""`python -m tests.endurance`: five hundred kills, in four ways. A way that loses something keeps its folder, and the others go on."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from tests.endurance.loop import Lost, Run
from tests.storage.server import Server

WAYS = [(mode, store) for store in ("sqlite", "postgresql") for mode in ("polling", "webhook")]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=125, help="for each of the four ways (default: 125)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=8, help="who answer questions at the same time (default: 8)")
    parser.add_argument("--calm", type=float, default=4.0, help="seconds at most from a start to the next kill (default: 4)")
    chosen = parser.parse_args()
    how = {"kills": chosen.kills, "seed": chosen.seed, "people": chosen.people, "calm": chosen.calm}
    server = Server.start()
    try:
        kept = [played(server, number, mode, store, how) for number, (mode, store) in enumerate(WAYS)]
        return 0 if all(kept) else 1
    finally:
        server.stop()


def played(server: Server, number: int, mode: str, store: str, how: dict[str, int | float]) -> bool:
    """Whether nothing was lost, and no more came twice than each kill explains."""
    name, folder, url, places = f"kills{number}", Path(tempfile.mkdtemp()), "", []
    if store == "postgresql":
        server.create(name)
        url, places = server.url(name), [server.folder]
    run = Run(folder=folder, mode=mode, url=url, places=places, **how)  # type: ignore[arg-type]
    try:
        found = asyncio.run(run.play())
    except Lost as lost:
        print(f"{store:<10} {mode:<8} LOST after {run.ledger.kills} kills: {lost}\n{folder}", flush=True)
        return False
    print(f"{store:<10} {mode:<8} {found}", flush=True)
    shutil.rmtree(folder)
    return found.worst <= 1 and found.unprovoked == 0


if __name__ == "__main__":
    sys.exit(main())
