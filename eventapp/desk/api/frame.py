"""The blueprint that the modules of this package share."""

from flask import Blueprint

bp = Blueprint("desk_api", __name__, url_prefix="/api/v1")
