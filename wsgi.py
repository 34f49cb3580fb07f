"""What a WSGI server imports: ``gunicorn wsgi:app``."""

from eventapp.app import create_app, set_clock
from eventapp.kernel import broker, server

server.share_fairly()
app = create_app()
set_clock(app)

if app.config["REDIS_URL"]:
    broker.ring(app)
server.settle()
