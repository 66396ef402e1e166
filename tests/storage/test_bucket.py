"""The same files in a bucket: moto's server stands for anything that speaks S3."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from storage import documents
from storage.database import Database
from storage.keeping import backup
from storage.keeping.restoring import NotEmpty, Restoring
from storage.sealed.keyring import Tampered
from storage.sealed.objects import Objects, StoreUnavailable
from storage.vault import UnknownBlob, Vault
from tests import template
from tests.storage.test_backup import NOW, House

CHUNK = 64 * 1024
PROGRAM = os.environ.get("CARELINE_MOTO_SERVER") or shutil.which("moto_server")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(PROGRAM is None, reason="no moto_server here: pipx install 'moto[server]'"),
]


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def server():
    port = free_port()
    with subprocess.Popen([PROGRAM, "-H", "127.0.0.1", "-p", str(port)], stderr=subprocess.DEVNULL) as program:
        for _ in range(200):
            try:
                urlopen(Request(f"http://127.0.0.1:{port}/careline", method="PUT"), timeout=5).close()
                break
            except URLError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        program.terminate()


@pytest.fixture
def objects(server, monkeypatch, request):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    return Objects.bucket(f"s3://careline/{request.node.name.partition('[')[0]}", endpoint=server, region="us-east-1")


@pytest.fixture
def vault(tmp_path, keys, objects):
    return Vault(tmp_path / "vault", keys, objects)


@pytest.mark.parametrize("size", [0, 1, CHUNK, 3 * CHUNK + 7, 20 << 20])
def test_what_goes_in_comes_out_and_nothing_stays_here(vault, tmp_path, size):
    plain = os.urandom(size)
    blob = vault.put([plain], "part:1")
    assert vault.open(blob.id, "part:1") == plain
    assert vault.reader(blob.id, "part:1").read(CHUNK - 3, 6) == plain[CHUNK - 3 : CHUNK + 3]
    assert not [path for path in (tmp_path / "vault").rglob("*") if path.is_file()]
    assert plain[:32] not in b"".join(vault.sealed(blob.id)) or size < CHUNK
    with pytest.raises(Tampered):
        vault.open(blob.id, "part:2")


def test_deleting_and_sweeping(vault):
    known, orphan, gone = (vault.put([b"x"], f"part:{n}") for n in range(3))
    assert vault.delete(gone.id)
    assert not vault.delete(gone.id)
    with pytest.raises(UnknownBlob):
        vault.open(gone.id, "part:2")
    assert vault.sweep({known.id}, older_than=3600) == 0
    assert vault.sweep({known.id}, older_than=-10) == 1
    assert (vault.holds(known.id), vault.holds(orphan.id)) == (True, False)


def test_a_store_that_fails_loses_nothing(vault, keys, tmp_path):
    away = Objects.bucket("s3://nowhere/x", endpoint=f"http://127.0.0.1:{free_port()}", region="us-east-1")
    lonely = Vault(tmp_path / "vault", keys, away)
    draft = lonely.begin("part:1")
    draft.write(b"abc")
    draft.pause()
    with pytest.raises(StoreUnavailable):
        lonely.finish(draft, "part:1")
    blob = vault.finish(vault.resume(draft.id, "part:1"), "part:1")
    assert vault.open(blob.id, "part:1") == b"abc"


def test_a_sealed_file_can_move_from_the_bucket_to_a_folder(vault, tmp_path, keys):
    blob = vault.put([b"report"], "part:1")
    sealed = b"".join(vault.sealed(blob.id))
    target = Vault(tmp_path / "other", keys)
    (tmp_path / "one").write_bytes(sealed)
    target.take(blob.id, tmp_path / "one")
    assert target.open(blob.id, "part:1") == b"report"


async def test_a_backup_comes_back_into_a_bucket(tmp_path, keys, objects, server):
    """Out of a folder into a bucket, and from there into another one: every document opens, and who was erased meanwhile stays erased."""
    (tmp_path / "here").mkdir()
    template.copy_to(tmp_path / "here")
    here = House(tmp_path / "here", keys)
    here.open()
    kept = [await here.document(501, os.urandom(CHUNK * 3 + 7)) for _ in range(3)]
    gone = await here.document(502, b"of somebody who is erased later")
    await here.backup(tmp_path / "one.careline")
    await here.erase(502)
    await here.db.close()
    elsewhere = Objects.bucket("s3://careline/elsewhere", endpoint=server, region="us-east-1")
    for source, erased, bucket, folder in (("one", 1, objects, "there"), ("there", 0, elsewhere, "further")):
        data = tmp_path / folder
        data.mkdir()
        url = f"sqlite:///{data / 'careline.db'}"
        restoring = Restoring(url=url, vault_dir=data / "vault", keys=keys, ledger=here.ledger, bucket=bucket)
        done = await restoring.restore(tmp_path / f"{source}.careline")
        assert (done.documents, done.missing, done.erased) == (3, 0, erased)
        vault, database = Vault(data / "vault", keys, bucket), Database.open(url, keys=keys)
        parts = await database.read(documents.all_stored)
        assert sorted(part.blob for part in parts) == sorted(kept)
        assert all(vault.digest(part.blob, documents.blob_context(part)) == part.hmac for part in parts)
        assert sorted(one.key.rpartition("/")[2] for one in bucket.all()) == sorted(kept)
        assert gone not in {path.name for path in data.rglob("*")}
        assert not [path for path in (data / "vault").rglob("*") if path.is_file()]
        await database.close()
        await backup.make(tmp_path / f"{folder}.careline", url=url, keys=keys, vault=vault, now=NOW)
        with pytest.raises(NotEmpty):
            await restoring.restore(tmp_path / f"{folder}.careline")
