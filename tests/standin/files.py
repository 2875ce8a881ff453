"""Why: products recognise a file by its id, so the same bytes must always come back under the same one."""

from dataclasses import dataclass, field
from hashlib import sha256

from .limits import Json, Limits, RefusalError, bad

SUFFIXES = {"photo": "jpg", "voice": "oga", "sticker": "webp"}


@dataclass(slots=True)
class Stored:
    kind: str
    content: bytes
    file_id: str
    unique_id: str
    path: str
    name: str = ""
    mime_type: str = ""
    linked_at: float = 0.0

    def facts(self) -> Json:
        return {"file_id": self.file_id, "file_unique_id": self.unique_id, "file_size": len(self.content)}


@dataclass(slots=True)
class Files:
    limits: Limits
    _by_id: dict[str, Stored] = field(default_factory=dict)

    def keep(self, kind: str, content: bytes, name: str = "", mime_type: str = "") -> Stored:
        if not content:
            raise bad("file must be non-empty")
        if len(content) > (self.limits.photo_bytes if kind == "photo" else self.limits.upload_bytes):
            raise RefusalError(413, "Request Entity Too Large")
        digest = sha256(kind.encode() + content).hexdigest()
        suffix = SUFFIXES.get(kind) or name.rpartition(".")[2] or "bin"
        path = f"{kind}s/file_{digest[:12]}.{suffix}"
        stored = Stored(kind, content, f"StandIn{digest[:40]}", f"SI{digest[40:54]}", path, name, mime_type)
        return self._by_id.setdefault(stored.file_id, stored)

    def known(self, kind: str, file_id: str) -> Stored:
        stored = self._by_id.get(file_id)
        if stored is None or stored.kind != kind:
            raise bad("wrong file identifier/HTTP URL specified")
        return stored

    def link(self, file_id: str, now: float) -> Json:
        stored = self._by_id.get(file_id)
        if stored is None:
            raise bad("invalid file_id")
        if len(stored.content) > self.limits.download_bytes:
            raise bad("file is too big")
        stored.linked_at = now
        return stored.facts() | {"file_path": stored.path}

    def download(self, path: str, now: float) -> bytes:
        """Only a path that getFile gave out, and only while its link lives."""
        for stored in self._by_id.values():
            lives = stored.linked_at and now - stored.linked_at <= self.limits.file_link_seconds
            if lives and stored.path == path:
                return stored.content
        raise RefusalError(404, "Not Found")


def photo_sizes(files: Files, content: bytes) -> list[Json]:
    """Two sizes, as Telegram makes them: a product that takes the first one gets the thumbnail."""
    full = files.keep("photo", content)
    small = files.keep("photo", b"thumbnail of " + full.unique_id.encode())
    return [small.facts() | {"width": 90, "height": 67}, full.facts() | {"width": 1280, "height": 960}]
