"""Fictional names, the area, and identifiers with valid checksums outside every assigned range."""

# code, group, name in Polish and English; those of the group PES are supported entities
CATEGORIES = [
    ("spoldzielnia_socjalna", "PES", "spółdzielnia socjalna", "social co-operative"),
    ("spoldzielnia_pracy", "PES", "spółdzielnia pracy", "workers’ co-operative"),
    ("wtz", "PES", "warsztat terapii zajęciowej", "occupational therapy workshop"),
    ("cis", "PES", "centrum integracji społecznej", "social integration centre"),
    ("stowarzyszenie", "PES", "stowarzyszenie", "association"),
    ("fundacja", "PES", "fundacja", "foundation"),
    ("osoba_fizyczna", "OSOBA", "osoba fizyczna", "individual"),
    ("jsfp", "JSFP", "jednostka sektora finansów publicznych", "public-finance-sector unit"),
    ("partner_spoleczny", "PARTNER", "partner społeczny", "social partner"),
]
GROUPS = {code: group for code, group, _, _ in CATEGORIES}
ENTITY_TYPES = [code for code, group, _, _ in CATEGORIES if group == "PES"]
ORGANISATION_TYPES = [code for code, group, _, _ in CATEGORIES if group != "OSOBA"]

AREA = [
    {
        "teryt6": teryt,
        "type_digit": digit,
        "name": name,
        "county": county,
        "county_code": teryt[:4],
    }
    for teryt, digit, name, county in [
        ("246401", "1", "Częstochowa", "m. Częstochowa"),
        ("240410", "2", "Mstów", "częstochowski"),
        ("240601", "3", "Kłobuck", "kłobucki"),
        ("240901", "1", "Myszków", "myszkowski"),
    ]
]
POSTCODES = {"246401": "42-200", "240410": "42-244", "240601": "42-100", "240901": "42-300"}

FIRST_NAMES = {
    "K": ["Łucja", "Żaneta", "Świętosława", "Oksana", "Bogna", "Michalina", "Ćmiela", "Agata"],
    "M": ["Łukasz", "Ścibor", "Józef", "Bazyli", "Gniewko", "Taras", "Ździsław", "Adam"],
}
ROOTS = ["Przykład", "Wzor", "Atrap", "Makiet", "Zmyśl", "Szkic", "Źdźbł", "Żółw", "Łącz", "Ćwik"]
DIETS = ["zwykła", "zwykła", "wegetariańska", "wegańska", "bezglutenowa", "bez laktozy"]
TOPICS = ["Fundusze", "Media", "Koszty", "Zdjęcia", "Umowy", "Zespół", "Prawo", "Rynek", "Żywność"]


def surname(root: str, sex: str) -> str:
    """Return a Polish surname on *root* in the form for *sex*."""
    return f"{root}owska" if sex == "K" else f"{root}owski"


def serial(seed: int, index: int) -> int:
    """Return a six-digit number for the organisation *index* below 500, its own for most seeds."""
    return 500_000 + seed % 80 * 6_000 + index * 12


def nip(seed: int, index: int) -> str:
    """Return a tax number 999… with its check digit."""
    for number in range(serial(seed, index), serial(seed, index) + 12):
        check = remainder(f"999{number}", (6, 5, 7, 2, 3, 4, 5, 6, 7))
        if check < 10:
            return f"999{number}{check}"
    raise ValueError("twelve numbers in a row have no check digit")


def regon(seed: int, index: int) -> str:
    """Return a statistical number 99… with its check digit."""
    digits = f"99{serial(seed, index)}"
    return f"{digits}{remainder(digits, (8, 9, 2, 3, 4, 5, 6, 7)) % 10}"


def krs(seed: int, index: int) -> str:
    """Return a court-register number 9999…; it has no check digit."""
    return f"9999{serial(seed, index)}"


def remainder(digits: str, weights: tuple[int, ...]) -> int:
    """Return the weighted sum of *digits* modulo 11."""
    pairs = zip(digits, weights, strict=True)
    return sum(int(digit) * weight for digit, weight in pairs) % 11
