"""A local stand-in for Telegram's Bot API that both bot libraries take for Telegram, with people who write to the bots.

Everything that needs it imports `Sandbox` from here.
"""

from bot.sandbox.sandbox import Sandbox

__all__ = ["Sandbox"]
