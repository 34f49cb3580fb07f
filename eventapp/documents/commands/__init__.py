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
from eventapp.documents.commands.packs import (
    PackAsked,
    PackFact,
    PackMade,
    PackTaken,
    ask_for_pack,
    finish_pack,
    make_pack,
    note_taken,
)

__all__ = [
    "BadgesPrinted",
    "CertificateFact",
    "CertificateIssued",
    "CertificateRevoked",
    "CertificateSettingChanged",
    "CertificatesAsked",
    "PackAsked",
    "PackFact",
    "PackMade",
    "PackTaken",
    "ask_for_certificates",
    "ask_for_pack",
    "evidence",
    "finish_pack",
    "issue_certificates",
    "issue_some",
    "make_pack",
    "material",
    "note_printed",
    "note_taken",
    "revoke_certificate",
    "set_certificates",
]
