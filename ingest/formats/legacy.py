"""Telling the encodings that Vietnamese offices typed in before Unicode: TCVN3 (the fonts .VnTime) and VNI.

Both put Vietnamese letters where Latin-1 has others, so such text opens without an error and reads "Lµo Cai" or
"Laøo Cai". It also stands in workbooks, as Unicode text in an old font. What tells it is Vietnamese spelling: few words
that are not Vietnamese become a well-formed syllable by chance.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple


class Legacy(NamedTuple):
    """An encoding, the first words that show it, and how they read in it."""

    name: str
    sample: str
    reading: str

    def __str__(self) -> str:
        return f"{self.name}, {self.sample!r} reads {self.reading!r}"


_TCVN3 = dict(
    zip(
        "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉËÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ®¡¢£¤¥¦§",
        "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđĂÂÊÔƠƯĐ",
        strict=True,
    )
)

# a VNI letter is a base and a mark that follows it, or one of a few letters of its own
_VNI_MARKS = {
    "a": ("ùøûõïêéèúüëâáàåãä", "áàảãạăắằẳẵặâấầẩẫậ"),
    "e": ("ùøûõïâáàåãä", "éèẻẽẹêếềểễệ"),
    "o": ("ùøûõïâáàåãä", "óòỏõọôốồổỗộ"),
    "u": ("ùøûõï", "úùủũụ"),
    "y": ("ùøûõ", "ýỳỷỹ"),
    "ô": ("ùøûõï", "ớờởỡợ"),
    "ö": ("ùøûõï", "ứừửữự"),
}
_VNI = {
    base + mark: letter
    for base, (marks, letters) in _VNI_MARKS.items()
    for mark, letter in zip(marks, letters, strict=True)
}
_VNI |= dict(zip("íìæóòôöîñ", "íìỉĩịơưỵđ", strict=True))
_VNI_LETTER = re.compile("|".join(sorted(_VNI, key=len, reverse=True)), re.IGNORECASE)

_WORD = re.compile(r"[A-Za-z\u00a1-\u00ff]+")
_PHRASE = re.compile(r"[A-Za-z\u00a1-\u00ff]+(?:[ -][A-Za-z\u00a1-\u00ff]+)*")
_BEYOND_LATIN_1 = re.compile(r"[\u0100-\u1eff]")

_ONSETS = "b|ch|c|d|đ|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|r|s|th|tr|t|v|x|"
_OPEN = (
    "a e ê i o ô ơ u ư y ia ua ưa oa oe uê uy uơ ai ao au ay âu ây eo êu iu oi ôi ơi ui ưi ưu oai oay oao oeo uây uôi "
    "ươi ươu iêu yêu uya uyu am an ang anh ăm ăn ăng âm ân âng em en eng êm ên ênh im in inh om on ong ôm ôn ông ơm ơn "
    "um un ung ưng ươm ươn ương iêm iên iêng yêm yên yêng uôm uôn uông oam oan oang oanh oăm oăn oăng oen uân uâng "
    "uyên uynh oong ak ăk âk ek êk ok ôk uk"
)
_STOPPED = (
    "ap at ac ach ăp ăt ăc âp ât âc ep et ec êp êt êch ip it ich op ot oc ôp ôt ôc ơp ơt up ut uc ưt ưc ươp ươt ươc "
    "iêp iêt iêc yêt uôt uôc oat oac oach oăt oăc oap oet uât uyêt uych uyt"
)
_SYLLABLE = re.compile(f"(?P<onset>{_ONSETS})(?:(?P<open>{_OPEN})|(?P<stopped>{_STOPPED}))".replace(" ", "|"))
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_TONES_OF_STOPPED = "\u0301\u0323"
_NEVER_BEFORE = {"c": "eêi", "ng": "eêi", "g": "eê"}
_ONLY_BEFORE = {"gh": "eêi", "ngh": "eêi"}
_ONSETS_OF_Y = ("", "h", "k", "l", "m", "qu", "s", "t", "v")

# letters that French has too prove nothing in TCVN3; nor do these words, whose letters VNI has
_FRENCH = frozenset("àâçéèêëîïôùûÀÂÇÉÈÊËÎÏÔÙÛ")
_FRENCH_WORDS = frozenset({"où", "haï", "loïc"})


def detect(text: str) -> Legacy | None:
    """The legacy encoding that `text` is in, or None. A legacy character is a code point of Latin-1 here.

    Text that is proper Vietnamese, English or French has none. At least one word must be a Vietnamese syllable in that
    encoding and be none as it stands, and more words must become syllables than fail to.
    """
    if text.isascii() or _BEYOND_LATIN_1.search(text):
        return None
    found = max((_evidence(text, name) for name in _READERS), key=lambda evidence: (evidence.balance, evidence.cased))
    if found.first is None or found.balance <= 0:
        return None
    phrase = next(match for match in _PHRASE.finditer(text) if match.end() > found.first)
    sample = phrase[0] if len(phrase[0]) <= 40 else text[found.first : found.first + 40].split("\n")[0]
    return Legacy(found.name, sample, _READERS[found.name](sample))


class _Evidence(NamedTuple):
    name: str
    first: int | None  # where the first word stands that proves it
    balance: int
    cased: int  # how many words also have their capitals in order


def _evidence(text: str, name: str) -> _Evidence:
    first: int | None = None
    balance = cased = 0
    for match in _WORD.finditer(text):
        word = match[0]
        if word.isascii() or (_is_syllable(word) and _is_cased(word)):
            continue
        reading = _READERS[name](word)
        reads = reading != word and _is_syllable(reading)
        if reads and not any(char.isascii() for char in word):
            continue  # a lone sign, such as that of a currency
        balance += 1 if reads else -1
        cased += reads and _is_cased(reading)
        if reads and first is None and _proves(word, name):
            first = match.start()
    return _Evidence(name, first, balance, cased)


def _proves(word: str, name: str) -> bool:
    if name == "VNI":
        return word.casefold() not in _FRENCH_WORDS
    return not _is_cased(word) or any(not char.isascii() and char not in _FRENCH for char in word)


def _is_cased(word: str) -> bool:
    """Whether capitals stand where they can: not "BÕn", which is "Bến" in TCVN3."""
    return word.isupper() or word[1:].islower() or len(word) == 1


def _is_syllable(word: str) -> bool:
    """Whether `word` is spelt as a Vietnamese syllable can be."""
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [char for char in parts if char in _TONES]
    bare = unicodedata.normalize("NFC", "".join(char for char in parts if char not in _TONES))
    match = _SYLLABLE.fullmatch(bare)
    if match is None or len(tones) > 1:
        return False
    if match["stopped"] and (not tones or tones[0] not in _TONES_OF_STOPPED):
        return False
    onset, rime = match["onset"], match["open"] or match["stopped"]
    if parts[-1] in _TONES and len(rime) > 1 and rime[-1] in "iouy" and rime != "uy":
        return False  # a tone never stands on the glide that closes a syllable
    if rime == "y" and onset not in _ONSETS_OF_Y:
        return False
    return rime[0] not in _NEVER_BEFORE.get(onset, "") and rime[0] in _ONLY_BEFORE.get(onset, rime)


def _read_tcvn3(text: str) -> str:
    return "".join(_TCVN3.get(char, char) for char in text)


def _read_vni(text: str) -> str:
    return _VNI_LETTER.sub(_vni_letter, text)


def _vni_letter(match: re.Match[str]) -> str:
    letter = _VNI[match[0].lower()]
    return letter.upper() if match[0][0].isupper() else letter


_READERS: dict[str, Callable[[str], str]] = {"TCVN3 (ABC)": _read_tcvn3, "VNI": _read_vni}
