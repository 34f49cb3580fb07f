"""The verification bundle: all that anybody needs to count an award again, and no names of jurors.

The same votes give the same bytes, so its fingerprint can stand in the minutes.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from eventapp.awards.rules.counting import counted
from eventapp.awards.tally import verify
from eventapp.awards.tally.document import ACTS

COUNT = "eventapp.awards.tally"
LEADERS = frozenset({"chair", "deputy"})
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the first moment a zip knows: an archive tells no time

README = """\
Pakiet weryfikacyjny / Verification bundle
==========================================

PL  Uruchom `python3 pakiet.zip ODCISK` albo po rozpakowaniu `python3 verify.py ODCISK`.
    ODCISK to liczba z protokołu kapituły. Program liczy każdą nagrodę od nowa i porównuje
    wynik, zasady oraz wszystkie pliki. Wystarczy Python 3.11, bez internetu. Nie musisz ufać
    temu programowi: `sha256sum MANIFEST.txt` daje ten sam odcisk, a karty z input.json możesz
    policzyć po swojemu.
    Karty nie mają nazwisk, a oznaczenia osób są w każdej nagrodzie inne. Kto wie z protokołu,
    kto był wyłączony z oceny, może rozpoznać karty tej osoby.

EN  Run `python3 bundle.zip FINGERPRINT`, or `python3 verify.py FINGERPRINT` once unpacked.
    FINGERPRINT is the number in the minutes of the jury. The program counts every award again
    and compares the result, the rules and all files. Python 3.11 is enough, without a network.
    You need not trust it: `sha256sum MANIFEST.txt` gives the same fingerprint, and the cards
    in input.json can be counted in any other way.
    Cards bear no names, and the marks for people differ from award to award. Who knows from the
    minutes who was excluded from judging what can recognise that person's cards.
"""


@dataclass(frozen=True, kw_only=True)
class Counted:
    """One counted award: its document, how nominations are called, and what happened when."""

    folder: str
    document: Mapping[str, Any]
    rulebook_sha256: str
    names: Mapping[str, Mapping[str, str]]
    log: Sequence[Mapping[str, str]] = field(default_factory=tuple)


def bundle(awards: Sequence[Counted]) -> dict[str, bytes]:
    """Return the files of a bundle by their names."""
    files = {"README.txt": README.encode(), **_program()}
    for award in awards:
        files |= _folder(award)
    return {**files, verify.MANIFEST: verify.manifest(files)}


def archive(files: Mapping[str, bytes]) -> bytes:
    """Pack *files* so that the same files always give the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in sorted(files.items()):
            made.writestr(zipfile.ZipInfo(name, _LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _program() -> dict[str, bytes]:
    """Return the package that counts, with the check at the top."""
    folder = COUNT.replace(".", "/")
    sources = {
        f"{folder}/{each.name}": each.read_bytes()
        for each in resources.files(COUNT).iterdir()
        if each.name.endswith(".py")
    }
    check = sources[f"{folder}/verify.py"]
    packages = {"eventapp/__init__.py": b"", "eventapp/awards/__init__.py": b""}
    return {**packages, **sources, "verify.py": check, "__main__.py": check}


def _folder(award: Counted) -> dict[str, bytes]:
    document = anonymous(award.document)
    rules = {key: value for key, value in document["rulebook"].items() if key not in ACTS}
    held = {
        verify.INPUT: document,
        verify.RULEBOOK: rules,
        verify.RESULT: counted(document),
        verify.NAMES: dict(award.names),
        verify.LOG: {"rulebook_sha256": award.rulebook_sha256, "events": list(award.log)},
    }
    return {f"{award.folder}/{name}": _json(value) for name, value in held.items()}


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def anonymous(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a counted document in which nobody is called by name, number or office.

    Jurors get marks in the order of a hash of what each of them said, so that the order tells
    nothing. Chair and deputies become members, except where the quorum asks for one of them:
    there the count could not be repeated without knowing who they are.
    """
    said = _said(document)
    marks = {
        juror: f"J{place:02d}"
        for place, juror in enumerate(sorted(said, key=lambda juror: said[juror]), start=1)
    }
    needs_leader = bool((document["rulebook"].get("quorum") or {}).get("chair"))

    def marked(juror: Mapping[str, Any]) -> dict[str, Any]:
        leads = juror["role"] in LEADERS and not needs_leader
        new = {"id": marks[juror["id"]], "role": "member" if leads else juror["role"]}
        return {**juror, **new}

    jurors = [marked(juror) for juror in document["jurors"]]
    ballots = [
        {**ballot, "juror": marks[ballot["juror"]]} if "juror" in ballot else dict(ballot)
        for ballot in document["ballots"]
    ]
    return {
        **document,
        "jurors": sorted(jurors, key=lambda juror: juror["id"]),
        "ballots": sorted(ballots, key=lambda ballot: json.dumps(ballot, sort_keys=True)),
    }


def _said(document: Mapping[str, Any]) -> dict[str, str]:
    """Return for each juror a number that depends on the ballots, and on who is recused."""
    found = {}
    for juror in document["jurors"]:
        own = sorted(
            json.dumps({key: value for key, value in ballot.items() if key != "juror"})
            for ballot in document["ballots"]
            if ballot.get("juror") == juror["id"]
        )
        told = json.dumps([own, juror["recused"], juror["role"]], sort_keys=True)
        found[juror["id"]] = hashlib.sha256(told.encode()).hexdigest() + juror["id"]
    return found
