"""Starts Rasa without TensorFlow: in half the time and half the memory.

Rasa imports TensorFlow whatever the pipeline needs, and ours needs none of it. In its place stand empty classes
that Rasa's unused components may inherit from at import. After `seal` nothing of them can be called any more, so
that a component which does need TensorFlow fails at once instead of computing nonsense. `serve.py --whole` does
without this; a test compares the answers of both.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

LEFT_OUT = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras")


class TensorFlowMissing(RuntimeError):
    """Something called TensorFlow, which was left out: start with --whole."""


class _Empty(type):
    """The class of the empty classes: every attribute is one more, every call gives back what it is given."""

    sealed = False

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Empty(name, (), {})

    # Any: stands for whatever TensorFlow would take and give.
    def __call__(cls, *given: Any, **named: Any) -> Any:
        if _Empty.sealed:
            raise TensorFlowMissing(cls.__name__)
        return given[0] if given and callable(given[0]) else _Empty(cls.__name__, (), {})


class _EmptyModule(ModuleType):
    """A module with whatever attribute is asked of it."""

    __path__: list[str] = []  # a package, so that its parts are looked for here too

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Empty(name, (), {})


class _Finder(MetaPathFinder, Loader):
    """Finds the modules that are left out."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A module of ours for every name that is left out."""
        if fullname.partition(".")[0] not in LEFT_OUT:
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An empty one."""
        return _EmptyModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


def leave_out_tensorflow() -> None:
    """Put the empty modules in place; before Rasa is imported."""
    if "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _Finder())


def seal() -> None:
    """From now on nothing that was left out may be called."""
    _Empty.sealed = True
