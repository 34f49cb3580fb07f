"""Pure decisions about people and organisations a host knows."""

from eventapp.kernel import text
from eventapp.kernel.refusal import N_, Refusal

# What organisations put before their name, or leave out: it tells none from another.
FORMS = frozenset(
    {"fundacja", "stowarzyszenie", "spoldzielnia", "socjalna", "sp", "z", "o", "oo", "w", "i"}
)
ALIKE = 0.75


class DirectoryRefusal(Refusal):
    """Why the directory cannot be changed so."""

    NIP_TAKEN = (
        "nip-taken",
        N_(
            "An organisation with this NIP is known: “%(organisation)s”. "
            "If they are the same, merge the two."
        ),
    )
    DIFFERENT_NIPS = (
        "different-nips",
        N_("The two have different NIPs. Correct one of them first, if they are the same."),
    )
    SAME_ORGANISATION = "same-organisation", N_("This is one and the same organisation.")


def words_of(name: str) -> frozenset[str]:
    """Return the words that tell an organisation from others, however they are written."""
    words = text.search_key(name).replace(".", " ").replace("-", " ").split()
    return frozenset(word.strip("„”\"'(),") for word in words) - FORMS - {""}


def are_alike(one: str, other: str) -> bool:
    """Tell whether two names may be of one organisation: most of their own words are the same."""
    first, second = words_of(one), words_of(other)
    if not first or not second:
        return False
    return len(first & second) / len(first | second) >= ALIKE


def refuse_merging(
    one_id: int, other_id: int, one_nip: str | None, other_nip: str | None
) -> DirectoryRefusal | None:
    """Return why two organisations cannot be one."""
    if one_id == other_id:
        return DirectoryRefusal.SAME_ORGANISATION
    if one_nip and other_nip and one_nip != other_nip:
        return DirectoryRefusal.DIFFERENT_NIPS
    return None
