"""Documents that leave a trace when they are made.

``figures`` the report · ``badges`` what was printed · ``certificates`` numbers and their register.
"""

from eventapp.documents.commands.badges import BadgesPrinted, note_printed
from eventapp.documents.commands.certificates import (
    CertificateFact,
    CertificateIssued,
    CertificateRevoked,
    CertificatesAsked,
    CertificateSettingChanged,
    ask_for_certificates,
    issue_certificates,
    issue_some,
    revoke_certificate,
    set_certificates,
)
from eventapp.documents.commands.figures import evidence, material

__all__ = [
    "BadgesPrinted",
    "CertificateFact",
    "CertificateIssued",
    "CertificateRevoked",
    "CertificateSettingChanged",
    "CertificatesAsked",
    "ask_for_certificates",
    "evidence",
    "issue_certificates",
    "issue_some",
    "material",
    "note_printed",
    "revoke_certificate",
    "set_certificates",
]
