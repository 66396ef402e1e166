"""The bot itself."""

from __future__ import annotations

from typing import Any

from bot.sandbox.methods.registry import Call, method


@method("getMe", returns="User")
def get_me(call: Call) -> dict[str, Any]:
    return call.bot.as_user() | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
    }


@method("logOut", returns="True", in_reply=False)
def log_out(call: Call) -> bool:
    """From then on this server knows the bot no more, until somebody adds it again."""
    call.bot.logged_out = True
    call.bot.webhook = None
    call.state.webhook_changed(call.bot)
    call.state.save_bot(call.bot)
    return True


@method("close", returns="True", in_reply=False)
def close(call: Call) -> bool:
    call.state.save_bot(call.bot)
    return True
