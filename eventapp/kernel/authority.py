"""A certificate authority of one laptop, so that phones on the same network trust it.

Made on first use and kept in the data folder. It may vouch for local networks and for this
machine's own names alone: a key that is stolen opens no other site on a phone that trusts it.
"""

import ipaddress
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FOLDER = "lan"
AUTHORITY, AUTHORITY_KEY = "authority.pem", "authority.key"
LEAF, LEAF_KEY = "server.pem", "server.key"

# iPhones refuse a server's certificate of more than 825 days.
AUTHORITY_DAYS, LEAF_DAYS, RENEWED_BEFORE = 3 * 365, 90, timedelta(days=30)
# Phones' clocks go wrong too.
BEFOREHAND = timedelta(days=1)

LOCAL_NETWORKS = tuple(
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",
        "169.254.0.0/16", "100.64.0.0/10", "127.0.0.0/8",
    )
)  # fmt: skip

Address = ipaddress.IPv4Address
Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Names:
    """What a certificate is for: IPv4 addresses and names of this machine."""

    addresses: tuple[Address, ...]
    hosts: tuple[str, ...]


@dataclass(frozen=True)
class Issued:
    """The files that a server needs, and what people are told of them."""

    folder: Path
    authority: x509.Certificate
    leaf: x509.Certificate

    @property
    def chain_file(self) -> Path:
        """The server's certificate with that of the authority behind it."""
        return self.folder / LEAF

    @property
    def key_file(self) -> Path:
        """The key of the server's certificate."""
        return self.folder / LEAF_KEY

    @property
    def fingerprint(self) -> str:
        """The authority's SHA-256, in pairs, as phones show it."""
        return self.authority.fingerprint(hashes.SHA256()).hex(":").upper()

    @property
    def der(self) -> bytes:
        """The authority's certificate as phones install it."""
        return self.authority.public_bytes(serialization.Encoding.DER)


def prepare(folder: Path, names: Names, now: datetime) -> Issued:
    """Return certificates in *folder* that are good for *names*; make what is missing or old."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority = load_certificate(folder / AUTHORITY)
    if authority is None or authority.not_valid_after_utc - RENEWED_BEFORE <= now:
        authority = _make_authority(folder, names, now)
    leaf = load_certificate(folder / LEAF)
    wanted = vouched(authority, names)
    if leaf is None or not suits(leaf, authority, wanted, now):
        leaf = _make_leaf(folder, authority, wanted, now)
    return Issued(folder, authority, leaf)


def suits(leaf: x509.Certificate, authority: x509.Certificate, names: Names, now: datetime) -> bool:
    """Tell whether a server's certificate is this authority's, for *names*, and young enough."""
    fresh = leaf.not_valid_before_utc <= now < leaf.not_valid_after_utc - RENEWED_BEFORE
    try:
        leaf.verify_directly_issued_by(authority)
    except Exception:
        return False
    return fresh and names_of(leaf) == names


def names_of(leaf: x509.Certificate) -> Names:
    """Return what a server's certificate is for."""
    found = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = found.get_values_for_type(x509.IPAddress)
    return Names(
        tuple(address for address in addresses if isinstance(address, Address)),
        tuple(found.get_values_for_type(x509.DNSName)),
    )


def vouched(authority: x509.Certificate, names: Names) -> Names:
    """Return those of *names* that an authority may vouch for."""
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    networks, hosts = [], set()
    for permitted in limits.permitted_subtrees or ():
        if isinstance(permitted.value, ipaddress.IPv4Network):
            networks.append(permitted.value)
        elif isinstance(permitted, x509.DNSName):
            hosts.add(permitted.value)
    return Names(
        tuple(one for one in names.addresses if any(one in network for network in networks)),
        tuple(host for host in names.hosts if host in hosts),
    )


def load_certificate(path: Path) -> x509.Certificate | None:
    """Return the first certificate in a file; None if there is none to read."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None


def _make_authority(folder: Path, names: Names, now: datetime) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    host = names.hosts[0] if names.hosts else "laptop"
    title = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "eventapp"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"eventapp: {host}, {now:%Y-%m-%d}"[:64]),
        ]
    )
    # A university hands out public addresses: those of the first day are vouched for as well.
    public = [one for one in names.addresses if not any(one in net for net in LOCAL_NETWORKS)]
    permitted = [
        *(x509.IPAddress(network) for network in LOCAL_NETWORKS),
        *(x509.IPAddress(ipaddress.IPv4Network(address)) for address in public),
        *(x509.DNSName(host) for host in names.hosts),
    ]
    certificate = (
        _builder(title, title, key, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_key(folder / AUTHORITY_KEY, key)
    _write(folder / AUTHORITY, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return certificate


def _make_leaf(
    folder: Path, authority: x509.Certificate, names: Names, now: datetime
) -> x509.Certificate:
    signing = serialization.load_pem_private_key((folder / AUTHORITY_KEY).read_bytes(), None)
    if not isinstance(signing, Key):
        raise ValueError(f"{folder / AUTHORITY_KEY} holds another kind of key")
    key = ec.generate_private_key(ec.SECP256R1())
    shown = str(names.addresses[0]) if names.addresses else "localhost"
    title = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, shown)])
    alternatives = [
        *(x509.IPAddress(address) for address in names.addresses),
        *(x509.DNSName(host) for host in names.hosts),
    ]
    certificate = (
        _builder(title, authority.subject, key, now, LEAF_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()),
            critical=False,
        )
        .sign(signing, hashes.SHA256())
    )
    _write_key(folder / LEAF_KEY, key)
    pem = serialization.Encoding.PEM
    chain = certificate.public_bytes(pem) + authority.public_bytes(pem)
    _write(folder / LEAF, chain, 0o644)
    return certificate


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, now: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEFOREHAND)
        .not_valid_after(now + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_key(path: Path, key: Key) -> None:
    plain = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    _write(path, plain, 0o600)


def _write(path: Path, content: bytes, mode: int) -> None:
    """Put a file in place whole, never readable by others in between."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    fresh.replace(path)
