"""Why: one table to read which method of the API is carried by which function."""

from collections.abc import Callable
from typing import Any

from . import sending, settings
from .limits import Json, RefusalError
from .world import World

# getUpdates is not here: it alone waits, see Updates.poll.
HANDLERS: dict[str, Callable[[World, Json], Any]] = {  # Any: a method's result, of any JSON type
    "getMe": settings.get_me,
    "setWebhook": settings.set_webhook,
    "deleteWebhook": settings.delete_webhook,
    "getWebhookInfo": settings.get_webhook_info,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendVoice": sending.send_voice,
    "sendDocument": sending.send_document,
    "sendLocation": sending.send_location,
    "sendChatAction": sending.send_chat_action,
    "editMessageText": sending.edit_text,
    "editMessageReplyMarkup": sending.edit_markup,
    "deleteMessage": sending.delete_message,
    "deleteMessages": sending.delete_messages,
    "answerCallbackQuery": sending.answer_callback_query,
    "setMyCommands": settings.set_commands,
    "deleteMyCommands": settings.delete_commands,
    "getMyCommands": settings.get_commands,
    "setMyName": settings.set_name,
    "setMyDescription": settings.set_description,
    "setMyShortDescription": settings.set_short_description,
    "getFile": settings.get_file,
    "logOut": settings.log_out,
    "close": settings.close,
}


async def perform(world: World, method: str, params: Json) -> Any:  # Any: as above
    if world.logged_out:
        raise RefusalError(400, "Logged out")
    if method == "getUpdates":
        return await world.updates.poll(params)
    with world.bell.lock:
        result = HANDLERS[method](world, params)
    world.bell.ring()
    return result
