"""Pages of letters.

``letters`` those to many · ``sending`` what becomes of one · ``words`` of the letters that the
product sends by itself · ``frame`` what the pages share.
"""

from eventapp.messages.routes import letters, sending, words
from eventapp.messages.routes.frame import bp, install

__all__ = ["bp", "install", "letters", "sending", "words"]
