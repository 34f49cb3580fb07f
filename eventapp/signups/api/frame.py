"""What the modules of this package share: the blueprint, and what its pages are about."""

from flask import Blueprint

from eventapp.kernel.refusal import N_

bp = Blueprint("signups_api", __name__, url_prefix="/api/v1")

SIGN_UPS = N_("Sign-ups")
