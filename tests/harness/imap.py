"""A real IMAP server with one mailbox: Dovecot, on ports of this test alone."""

import contextlib
import grp
import imaplib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from urllib.parse import quote

from eventapp.kernel import authority, clock
from tests.harness.servers import free_port

DOVECOT = os.environ.get("EVENTAPP_TEST_DOVECOT", "dovecot")
PATIENCE = 20
USER, PASSWORD = "skrzynka@example.org", "tajne/hasło"
HERE = authority.Names((IPv4Address("127.0.0.1"),), ("localhost",))

SETTINGS = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/lan/server.pem
ssl_key = <{folder}/lan/server.key
disable_plaintext_auth = no
default_internal_user = {user}
default_login_user = {user}
default_internal_group = {group}
first_valid_uid = 1
mail_location = maildir:{folder}/Maildir
mail_fsync = never
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain}
  }}
  inet_listener imaps {{
    port = {secure}
    ssl = yes
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Mailbox:
    """Where the server listens, in clear and over TLS, and who signs its certificate."""

    folder: Path
    plain: int
    secure: int

    def url(self, scheme: str = "imap", query: str = "") -> str:
        """Return the address by which the product reads it."""
        port = self.secure if scheme == "imaps" else self.plain
        user, password = quote(USER, safe=""), quote(PASSWORD, safe="")
        return f"{scheme}://{user}:{password}@127.0.0.1:{port}/INBOX{query}"

    @property
    def authority(self) -> Path:
        """The certificate by which its own is known."""
        return self.folder / "lan" / authority.AUTHORITY

    def lay(self, content: bytes) -> None:
        """Let a message arrive."""
        file = self.folder / "Maildir" / "new" / f"{time.time_ns()}.test"
        file.write_bytes(content)
        _give(file)

    def empty(self) -> None:
        """Forget every message."""
        for file in (self.folder / "Maildir").glob("**/[cn][ue][rw]/*"):
            file.unlink()

    def names(self, folder: str = "") -> list[str]:
        """List the files of a folder, what was read among them, with their flags."""
        root = self.folder / "Maildir" / (f".{folder}" if folder else "")
        return sorted(file.name for kind in ("new", "cur") for file in (root / kind).glob("*"))


def _owner() -> "pwd.struct_passwd":
    """Return whose the mailbox is: the server refuses root."""
    return pwd.getpwnam("dovecot") if os.getuid() == 0 else pwd.getpwuid(os.getuid())


def _give(path: Path) -> None:
    owner = _owner()
    os.chown(path, owner.pw_uid, owner.pw_gid)


@contextlib.contextmanager
def serving() -> Iterator[Mailbox]:
    """Run the server until the block ends; its folder is one that its own user may enter."""
    with tempfile.TemporaryDirectory(prefix="eventapp-imap-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        for part in ("Maildir", "Maildir/new", "Maildir/cur", "Maildir/tmp"):
            (folder / part).mkdir()
            _give(folder / part)
        with _running(folder) as box:
            yield box


@contextlib.contextmanager
def _running(folder: Path) -> Iterator[Mailbox]:
    authority.prepare(folder / "lan", HERE, clock.now())
    owner, box = _owner(), Mailbox(folder, free_port(), free_port())
    group = grp.getgrgid(owner.pw_gid).gr_name
    conf = folder / "dovecot.conf"
    conf.write_text(
        SETTINGS.format(
            folder=folder, user=owner.pw_name, group=group, uid=owner.pw_uid, gid=owner.pw_gid,
            plain=box.plain, secure=box.secure, password=PASSWORD,
        )
    )  # fmt: skip
    program = shutil.which(DOVECOT)
    assert program is not None, "there is no dovecot: run the suite through its target"
    with (folder / "stderr").open("wb") as said:
        process = subprocess.Popen(
            [program, "-F", "-c", str(conf)], stdout=subprocess.DEVNULL, stderr=said
        )
    try:
        _wait(box, process)
        yield box
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait(box: Mailbox, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            imaplib.IMAP4("127.0.0.1", box.plain, timeout=2).shutdown()
            return
        time.sleep(0.05)
    said = "".join(
        file.read_text() for file in (box.folder / "stderr", box.folder / "log") if file.exists()
    )
    raise AssertionError(f"dovecot does not answer: {said}")
