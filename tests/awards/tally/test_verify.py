"""The verification bundle: it holds as it is, and no altered one does."""

import io
import json
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from eventapp.awards import rules
from eventapp.awards.rules.bundles import Counted
from eventapp.awards.tally import rulebook_sha256, verify

Files = dict[str, bytes]


def jury() -> Counted:
    """A jury whose chair broke a tie, and whose third member was excluded from one entry."""
    marks = {"1": {"A": 9, "B": 7, "C": 9}, "2": {"A": 6, "B": 8, "C": 6}, "3": {"A": 8, "C": 8}}
    document = {
        "format": "tally/1",
        "rulebook": {
            "method": "weighted-scores",
            "criteria": [{"id": "c", "weight": 1, "min": 0, "max": 10}],
            "ties": ["chair"],
            "quorum": {"share": "2/3"},
            "chair_choice": {"order": ["A"], "reason": "§ 12"},
        },
        "entries": ["A", "B", "C"],
        "jurors": [
            {
                "id": juror,
                "role": "chair" if juror == "1" else "member",
                "present": True,
                "recused": [] if "B" in given else ["B"],
            }
            for juror, given in marks.items()
        ],
        "ballots": [
            {"juror": juror, "scores": {entry: {"c": points}}}
            for juror, given in marks.items()
            for entry, points in given.items()
        ],
    }
    return Counted(
        folder="awards/01",
        document=document,
        rulebook_sha256=rulebook_sha256(document["rulebook"]),
        names={entry: {"number": f"N/{entry}", "nominee": f"Nominee {entry}"} for entry in "ABC"},
        log=[{"at": "2027-05-31T16:00:00+02:00", "what": "round-closed"}],
    )


@pytest.fixture
def files() -> Files:
    return rules.bundles.bundle([jury()])


def resigned(files: Files) -> Files:
    """Write the manifest again, as a forger would."""
    return {**files, verify.MANIFEST: verify.manifest(files)}


def changed(files: Files, name: str, change) -> Files:
    path = f"awards/01/{name}"
    held = json.loads(files[path])
    change(held)
    return resigned({**files, path: json.dumps(held).encode()})


def test_a_bundle_holds(files):
    assert verify.faults(files) == []
    assert verify.faults(files, verify.fingerprint(files)) == []


def test_the_same_votes_give_the_same_bytes(files):
    again = rules.bundles.bundle([jury()])

    assert rules.bundles.archive(files) == rules.bundles.archive(again)


def test_nobody_is_named_and_nobodys_office(files):
    told = json.loads(files["awards/01/input.json"])

    assert [(each["id"], each["role"]) for each in told["jurors"]] == [
        ("J01", "member"),
        ("J02", "member"),
        ("J03", "member"),
    ]
    assert {ballot["juror"] for ballot in told["ballots"]} == {"J01", "J02", "J03"}


def test_the_choice_of_the_chair_still_decides(files):
    assert json.loads(files["awards/01/result.json"])["winners"] == ["A"]


def test_a_leader_whom_the_quorum_needs_stays_one():
    document = jury().document
    document = {**document, "rulebook": {**document["rulebook"], "quorum": {"chair": True}}}

    told = rules.bundles.anonymous(document)

    assert sorted(each["role"] for each in told["jurors"]) == ["chair", "member", "member"]


def test_the_marks_say_nothing_about_the_order_of_appointment():
    document = jury().document
    turned = {**document, "jurors": document["jurors"][::-1], "ballots": document["ballots"][::-1]}

    assert rules.bundles.anonymous(document) == rules.bundles.anonymous(turned)


FORGERIES = {
    "a mark is raised": ("input.json", lambda d: d["ballots"][0]["scores"].update(B={"c": 10})),
    "a card is left out": ("input.json", lambda d: d["ballots"].pop()),
    "another winner is named": ("result.json", lambda d: d.update(winners=["B"])),
    "a table is prettified": ("result.json", lambda d: d["values"].update(A="80")),
    "the chair chose otherwise": (
        "input.json",
        lambda d: d["rulebook"]["chair_choice"].update(order=["C"]),
    ),
    "a threshold is lowered": ("rulebook.json", lambda d: d.update(min_score="1")),
    "a threshold is lowered in both": ("input.json", lambda d: d["rulebook"].update(min_score="1")),
    "a nominee is lost": ("names.json", lambda d: d.pop("A")),
    "other rules were frozen": ("log.json", lambda d: d.update(rulebook_sha256="0" * 64)),
    "the votes cannot be counted": ("input.json", lambda d: d["rulebook"].update(method="luck")),
    "there is no rulebook": ("input.json", lambda d: d.pop("rulebook")),
}


@pytest.mark.parametrize(("name", "change"), FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_with_a_fresh_manifest_is_found_by_counting(files, name, change):
    assert verify.faults(changed(files, name, change)) != []


def test_two_hundred_altered_bundles_are_all_found(files):
    expected, chance = verify.fingerprint(files), random.Random(7)

    missed = [
        number
        for number in range(200)
        if not verify.faults(resigned(_altered(files, chance)), expected)
    ]

    assert missed == []


def _altered(files: Files, chance: random.Random) -> Files:
    """Change one byte of one file, leave a file out, add one, or swap two."""
    names = sorted(name for name in files if name != verify.MANIFEST and files[name])
    one, two = chance.sample(names, 2)
    way = chance.randrange(4)
    if way == 0:
        content, place = bytearray(files[one]), chance.randrange(len(files[one]))
        content[place] ^= 1 << chance.randrange(7)
        return {**files, one: bytes(content)}
    if way == 1:
        return {name: content for name, content in files.items() if name != one}
    if way == 2:
        return {**files, f"{one}.bak": files[one]}
    swapped = {**files, one: files[two], two: files[one]}
    return swapped if files[one] != files[two] else {**swapped, one: b"#"}


def test_a_bundle_without_votes_or_manifest_says_so():
    assert verify.faults({}) == [
        "MANIFEST.txt is missing.",
        "There is no counted vote in this bundle.",
    ]


def test_the_archive_checks_itself_without_this_application(files, tmp_path: Path):
    path = tmp_path / "bundle.zip"
    path.write_bytes(rules.bundles.archive(files))
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as packed:
        packed.extractall(tmp_path / "unpacked")

    def run(*asked: str) -> tuple[int, str]:
        # -S: no packages beside the standard library, so this application is not there.
        command = [sys.executable, "-S", "-B", *asked]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        return done.returncode, done.stdout + done.stderr

    holds = (
        f"Fingerprint: {verify.fingerprint(files)}\nThe bundle holds: every vote was recounted.\n"
    )
    assert run("bundle.zip", verify.fingerprint(files)) == (0, holds)
    assert run("unpacked/verify.py", verify.fingerprint(files)) == (0, holds)
    status, said = run("bundle.zip", "0" * 64)
    assert (status, said.splitlines()[0]) == (
        1,
        "FAULT: The fingerprint is not the expected one: this is another bundle.",
    )
    (tmp_path / "unpacked" / "more.txt").write_text("more")
    status, said = run("unpacked/verify.py")
    assert status == 1
    assert "does NOT hold" in said


def test_an_archive_with_two_files_of_one_name_is_refused(files, tmp_path: Path):
    path = tmp_path / "bundle.zip"
    path.write_bytes(rules.bundles.archive(files))
    with zipfile.ZipFile(path, "a") as packed, pytest.warns(UserWarning, match="Duplicate"):
        packed.writestr("README.txt", "another")

    with pytest.raises(ValueError, match="two files of one name"):
        verify.in_archive(path)
