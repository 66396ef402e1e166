"""`python -m tests.endurance`: five hundred kills, in four ways."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from tests.endurance.loop import Run
from tests.storage.server import Server

WAYS = [(mode, store) for store in ("sqlite", "postgresql") for mode in ("polling", "webhook")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=125, help="for each of the four ways (default: 125)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=8, help="who answer questions at the same time (default: 8)")
    parser.add_argument("--calm", type=float, default=4.0, help="seconds at most from a start to the next kill (default: 4)")
    chosen = parser.parse_args()
    server = Server.start()
    try:
        for number, (mode, store) in enumerate(WAYS):
            name = f"kills{number}"
            if store == "postgresql":
                server.create(name)
            with tempfile.TemporaryDirectory() as folder:
                url = server.url(name) if store == "postgresql" else ""
                places = [server.folder] if url else []
                how = {"kills": chosen.kills, "seed": chosen.seed, "people": chosen.people, "calm": chosen.calm}
                run = Run(folder=Path(folder), mode=mode, url=url, places=places, **how)
                print(f"{store:<10} {mode:<8} {asyncio.run(run.play())}", flush=True)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
