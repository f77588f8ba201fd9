"""The types of python-telegram-bot as this bot uses them: without data of its own in the application."""

from typing import Any, TypeAlias

from telegram.ext import Application, CallbackContext, ExtBot

App: TypeAlias = Application[Any, Any, Any, Any, Any, Any]
Context: TypeAlias = CallbackContext[ExtBot[Any], Any, Any, Any]
