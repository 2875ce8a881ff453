"""Why: the stand-in must check requests against the published API, not against our memory of it.

Run as `python carry_over.py SPEC.json`, a machine-readable Bot API specification; writes methods.json here.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

CARRIED = [
    "getMe",
    "getUpdates",
    "setWebhook",
    "deleteWebhook",
    "getWebhookInfo",
    "sendMessage",
    "sendPhoto",
    "sendVoice",
    "sendDocument",
    "sendLocation",
    "sendChatAction",
    "editMessageText",
    "editMessageReplyMarkup",
    "deleteMessage",
    "deleteMessages",
    "answerCallbackQuery",
    "setMyCommands",
    "deleteMyCommands",
    "getMyCommands",
    "setMyName",
    "setMyDescription",
    "setMyShortDescription",
    "getFile",
    "logOut",
    "close",
]

type Json = dict[str, Any]  # Any: the specification is foreign JSON


def field_facts(field: Json) -> Json:
    facts = {"types": field["types"], "required": field["required"]}
    fixed = re.search(r"must be ([a-z_]+)$", field["description"].rstrip("."))
    return facts | {"const": fixed[1]} if fixed and field["name"] == "type" else facts


def fields_of(entry: Json) -> Json:
    return {field["name"]: field_facts(field) for field in entry.get("fields", [])}


def mentioned(fields: Json) -> set[str]:
    kinds = [kind for facts in fields.values() for kind in facts["types"]]
    return {re.sub("^(Array of )+", "", kind) for kind in kinds}


def reachable_types(spec: Json, methods: Json) -> Json:
    found: Json = {}
    todo = set().union(*(mentioned(fields) for fields in methods.values()))
    while todo:
        name = todo.pop()
        if name in found or name not in spec["types"] or name == "InputFile":
            continue
        entry = spec["types"][name]
        variants = entry.get("subtypes", [])
        found[name] = {"any_of": variants} if variants else {"fields": fields_of(entry)}
        todo |= set(variants) | mentioned(found[name].get("fields", {}))
    return dict(sorted(found.items()))


def one_field_a_line(table: Json) -> str:
    """Keeps the file readable and its diffs small: the innermost objects stay on one line."""
    text = json.dumps(table, indent=1, ensure_ascii=False)
    return re.sub(r"[\[{][^\[\]{}]*[\]}]|\{[^{}]*\}", lambda m: re.sub(r"\s*\n\s*", " ", m[0]), text)


def main() -> None:
    spec = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    methods = {name: fields_of(spec["methods"][name]) for name in CARRIED}
    kinds = [f["name"] for f in spec["types"]["Update"]["fields"] if f["name"] != "update_id"]
    source = f"{spec['version']}, {spec['release_date']}"
    table = {
        "source": source,
        "methods": methods,
        "types": reachable_types(spec, methods),
        "update_kinds": kinds,
    }
    target = Path(__file__).with_name("methods.json")
    target.write_text(one_field_a_line(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
