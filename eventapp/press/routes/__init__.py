"""Pages for the media and for who looks after them.

``public`` the page and its downloads · ``kit`` what stands on it · ``news`` the drafted item ·
``photographer`` who is not photographed · ``frame`` what the pages share.
"""

from eventapp.press.routes import kit, news, photographer, public
from eventapp.press.routes.frame import bp, install

__all__ = ["bp", "install", "kit", "news", "photographer", "public"]
