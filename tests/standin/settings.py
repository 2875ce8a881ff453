"""Why: how the bot presents itself and how it is reached outlive the product's process."""

import json

from .limits import Json, bad, check_commands, check_language, check_webhook, too_many
from .updates import Webhook
from .world import World, without_nothing

LENGTHS = {"name": 64, "description": 512, "short_description": 120}


def get_me(world: World, params: Json) -> Json:
    powers = ("can_join_groups", "can_read_all_group_messages", "supports_inline_queries")
    return world.bot() | dict.fromkeys(powers, False) | {"can_connect_to_business": False, "has_main_web_app": False}


def set_webhook(world: World, params: Json) -> bool:
    if not params["url"]:
        return delete_webhook(world, params)
    secret, connections = params.get("secret_token", ""), params.get("max_connections", 40)
    check_webhook(params["url"], secret, connections)
    world.updates.allow(params.get("allowed_updates"))
    if params.get("drop_pending_updates"):
        world.updates.drop()
    world.updates.webhook = Webhook(params["url"], secret, connections, params.get("ip_address", ""))
    return True


def delete_webhook(world: World, params: Json) -> bool:
    if params.get("drop_pending_updates"):
        world.updates.drop()
    world.updates.webhook = Webhook()
    return True


def get_webhook_info(world: World, params: Json) -> Json:
    hook = world.updates.webhook
    waiting = len(world.updates.pending)
    facts = {"url": hook.url, "has_custom_certificate": False, "pending_update_count": waiting}
    optional = without_nothing(ip_address=hook.ip_address, allowed_updates=world.updates.allowed)
    connections = {"max_connections": hook.max_connections} if hook.url else {}
    return facts | connections | optional | hook.last_error


def set_name(world: World, params: Json) -> bool:
    return _describe(world, params, "name")


def set_description(world: World, params: Json) -> bool:
    return _describe(world, params, "description")


def set_short_description(world: World, params: Json) -> bool:
    return _describe(world, params, "short_description")


def _describe(world: World, params: Json, what: str) -> bool:
    """An empty text withdraws the one of that language."""
    language, text = params.get("language_code", ""), params.get(what, "")
    check_language(language)
    if len(text) > LENGTHS[what]:
        raise bad(f"stand-in: {what} is longer than {LENGTHS[what]} characters")
    world.profile[what][language] = text
    if not text:
        del world.profile[what][language]
    return True


def _shelf(params: Json) -> str:
    language = params.get("language_code", "")
    check_language(language)
    return json.dumps([params.get("scope", {"type": "default"}), language], sort_keys=True)


def set_commands(world: World, params: Json) -> bool:
    check_commands(params["commands"])
    world.profile["commands"][_shelf(params)] = params["commands"]
    return True


def delete_commands(world: World, params: Json) -> bool:
    world.profile["commands"].pop(_shelf(params), None)
    return True


def get_commands(world: World, params: Json) -> list[Json]:
    found: list[Json] = world.profile["commands"].get(_shelf(params), [])
    return found


def get_file(world: World, params: Json) -> Json:
    return world.files.link(params["file_id"], world.now())


def log_out(world: World, params: Json) -> bool:
    world.logged_out = True
    return True


def close(world: World, params: Json) -> bool:
    wait = world.started + world.limits.close_after_seconds - world.now()
    if wait > 0:
        raise too_many(wait)
    return True
