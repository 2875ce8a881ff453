"""Why: what a person may see, and what must never reach them, is decided by these methods' exact rules."""

from collections.abc import Callable
from copy import deepcopy

from . import entities
from .fields import Upload
from .files import Stored, photo_sizes
from .limits import Json, bad, check_caption, check_deletable, check_keyboard, check_text
from .world import Chat, World, without_nothing

ACTIONS = frozenset(
    [
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    ]
)
UNCHANGED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


def send_message(world: World, params: Json) -> Json:
    return _send(world, params, lambda: _text(world, params))


def send_photo(world: World, params: Json) -> Json:
    def body() -> Json:
        stored = _file(world, "photo", params["photo"])
        return {"photo": photo_sizes(world.files, stored.content)} | _caption(world, params)

    return _send(world, params, body)


def send_voice(world: World, params: Json) -> Json:
    def body() -> Json:
        facts = _file(world, "voice", params["voice"]).facts()
        return {"voice": facts | {"duration": params.get("duration", 0)}} | _caption(world, params)

    return _send(world, params, body)


def send_document(world: World, params: Json) -> Json:
    def body() -> Json:
        stored = _file(world, "document", params["document"])
        facts = stored.facts() | without_nothing(file_name=stored.name, mime_type=stored.mime_type)
        return {"document": facts} | _caption(world, params)

    return _send(world, params, body)


def send_location(world: World, params: Json) -> Json:
    if abs(params["latitude"]) > 90 or abs(params["longitude"]) > 180:
        raise bad("stand-in: no such place")
    kept = (
        "latitude",
        "longitude",
        "horizontal_accuracy",
        "live_period",
        "heading",
        "proximity_alert_radius",
    )
    return _send(world, params, lambda: {"location": {key: params[key] for key in kept if key in params}})


def _send(world: World, params: Json, content: Callable[[], Json]) -> Json:
    chat = world.open_chat(params["chat_id"])
    check_keyboard(params.get("reply_markup"))
    body = content() | _reply(chat, params) | _keyboard(params)
    if params.get("protect_content"):
        body["has_protected_content"] = True
    world.flood.admit(chat.person["id"])
    return world.post(chat, world.bot(), body)


def _text(world: World, params: Json) -> Json:
    text, found = entities.parse(params["text"], params.get("parse_mode"), params.get("entities"))
    check_text(text, world.limits)
    return {"text": text} | without_nothing(entities=found)


def _caption(world: World, params: Json) -> Json:
    given = params.get("caption_entities")
    text, found = entities.parse(params.get("caption", ""), params.get("parse_mode"), given)
    check_caption(text, world.limits)
    return without_nothing(caption=text, caption_entities=found)


def _keyboard(params: Json) -> Json:
    """Only an inline keyboard belongs to the message; the other kinds are read from the call log."""
    markup = params.get("reply_markup", {})
    return {"reply_markup": markup} if markup.get("inline_keyboard") else {}


def _reply(chat: Chat, params: Json) -> Json:
    wanted = params.get("reply_parameters")
    if wanted is None:
        return {}
    original = chat.messages.get(wanted["message_id"])
    if original is not None:
        return {"reply_to_message": {k: v for k, v in deepcopy(original).items() if k != "reply_to_message"}}
    if wanted.get("allow_sending_without_reply"):
        return {}
    raise bad("message to be replied not found")


def _file(world: World, kind: str, given: Upload | str) -> Stored:
    if isinstance(given, Upload):
        return world.files.keep(kind, given.content, given.name, given.mime_type)
    return world.files.known(kind, given)


def send_chat_action(world: World, params: Json) -> bool:
    world.open_chat(params["chat_id"])
    if params["action"] not in ACTIONS:
        raise bad("wrong parameter action in request")
    return True


def edit_text(world: World, params: Json) -> Json:
    message = _own_message(world, params)
    check_keyboard(params.get("reply_markup"))
    new = _text(world, {"text": "", **params})
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    return _change(world, message, new | _keyboard(params), {"edit_date": int(world.now())})


def edit_markup(world: World, params: Json) -> Json:
    message = _own_message(world, params)
    check_keyboard(params.get("reply_markup"))
    kept = {key: message[key] for key in ("text", "entities") if key in message}
    return _change(world, message, kept | _keyboard(params), {})


def _own_message(world: World, params: Json) -> Json:
    chat_id, message_id = params.get("chat_id"), params.get("message_id")
    if chat_id is None:
        raise bad("chat_id is empty")
    if message_id is None:
        raise bad("message identifier is not specified")
    found = world.open_chat(chat_id).messages.get(message_id)
    if found is None:
        raise bad("message to edit not found")
    if found["from"]["id"] != world.bot()["id"]:
        raise bad("message can't be edited")
    return found


def _change(world: World, message: Json, new: Json, mark: Json) -> Json:
    """What is not given again is gone, the keyboard included, as on the real server."""
    changeable = ("text", "entities", "reply_markup")
    if new == {key: message[key] for key in changeable if key in message}:
        raise bad(UNCHANGED)
    for key in changeable:
        message.pop(key, None)
    message.update(new | mark)
    world.bell.ring()
    return deepcopy(message)


def delete_message(world: World, params: Json) -> bool:
    chat = world.chat(params["chat_id"])
    if params["message_id"] not in chat.messages:
        raise bad("message to delete not found")
    return _delete(world, chat, [params["message_id"]])


def delete_messages(world: World, params: Json) -> bool:
    chat = world.chat(params["chat_id"])
    if not params["message_ids"]:
        raise bad("message identifiers are not specified")
    if len(params["message_ids"]) > 100:
        raise bad("too many message identifiers specified")
    return _delete(world, chat, [known for known in params["message_ids"] if known in chat.messages])


def _delete(world: World, chat: Chat, message_ids: list[int]) -> bool:
    """One message that is too old saves all the others: the call is refused as a whole."""
    for message_id in message_ids:
        check_deletable(chat.messages[message_id]["date"], world.now(), world.limits)
    for message_id in message_ids:
        chat.messages.pop(message_id, None)
    world.bell.ring()
    return True


def answer_callback_query(world: World, params: Json) -> bool:
    if params["callback_query_id"] not in world.queries:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if len(params.get("text", "")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    return True
