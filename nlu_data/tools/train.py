"""Train the assistant's model: `python tools/train.py --out models/`; prints the path of the archive.

The archive is named by the fingerprint of everything it is made from, so an unchanged project trains nothing. It is
written whole or not at all, with its digest beside it, which serve.py checks.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import time
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HOME))

from components import logs
from components.fingerprint import fingerprint, newest, remove, write_digest

KEPT = 3


class Progress:
    """Prints what is being learnt, how far it is, and about how long it will take."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, what: str, share: float) -> None:
        """`share` of the sentences is done, 0 to 1."""
        taken = time.monotonic() - self._began
        left = f", about {taken / share - taken:.0f} s left" if 0 < share < 1 else ""
        print(f"training {what}: {share:4.0%} after {taken:.0f} s{left}", file=sys.stderr, flush=True)


def prepare() -> None:
    """What Rasa reads from the environment; nothing is sent, cached or run on a graphics card."""
    os.environ.update(
        {
            "RASA_TELEMETRY_ENABLED": "false",
            "RASA_MAX_CACHE_SIZE": "0",
            "CUDA_VISIBLE_DEVICES": "",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "TQDM_DISABLE": "1",
        }
    )
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    logs.set_up()


def train(home: Path, out: Path, name: str) -> Path:
    """Train into `<out>/<name>.tar.gz`; raises whatever is wrong with the content."""
    from components.lean import leave_out_tensorflow

    leave_out_tensorflow()
    from components import nodes
    from rasa.model_training import train as rasa_train

    nodes.report = Progress()
    # Standard output is for the path alone; Rasa prints on it too.
    with tempfile.TemporaryDirectory(dir=out) as draft, contextlib.redirect_stdout(sys.stderr):
        rasa_train(
            domain=str(home / "domain.yml"),
            config=str(home / "config.yml"),
            training_files=[str(home / "rules")],
            output=draft,
            fixed_model_name=name,
            force_training=True,
        )
        archive = Path(draft) / f"{name}.tar.gz"
        write_digest(archive)
        archive.with_name(archive.name + ".sha256").replace(out / f"{archive.name}.sha256")
        return archive.replace(out / archive.name)


def main() -> int:
    """The command line; 0 on success, 1 with one line on standard error otherwise."""
    parser = argparse.ArgumentParser(description="Train the assistant's model, if anything changed.")
    parser.add_argument("--out", type=Path, default=HOME / "models", help="folder of the archives")
    parser.add_argument("--home", type=Path, default=HOME, help="folder with config.yml, domain.yml, rules and nlu")
    arguments = parser.parse_args()
    home, out = arguments.home.resolve(), arguments.out.resolve()
    os.chdir(home)
    out.mkdir(parents=True, exist_ok=True)
    name = fingerprint(home)
    archive = out / f"{name}.tar.gz"
    if archive.exists():
        print("nothing changed, nothing to train", file=sys.stderr)
        archive.touch()
    else:
        prepare()
        archive = train(home, out, name)
        remove(newest(out)[KEPT:])
    print(archive)
    return 0


if __name__ == "__main__":
    sys.exit(main())
