"""Legacy encodings are told from Vietnamese, English and French as they are written today."""

import csv
import unicodedata
from pathlib import Path
from typing import Literal

import pytest

from ingest.formats.legacy import detect

ALIASES = Path(__file__).parents[4] / "ingest/archive/reference/province_aliases.csv"
with ALIASES.open(encoding="utf-8", newline="") as stream:
    NAMES = sorted({unicodedata.normalize("NFC", row["alias"]) for row in csv.DictReader(stream)})

# the tables of the standard and of the VNI company, set down here apart from the code: letter, then how it is stored
TCVN3_PAIRS = """
à=µ ả=¶ ã=· á=¸ ạ=¹ ă=¨ ằ=» ẳ=¼ ẵ=½ ắ=¾ ặ=Æ â=© ầ=Ç ẩ=È ẫ=É ấ=Ê ậ=Ë đ=® è=Ì ẻ=Î ẽ=Ï é=Ð ẹ=Ñ ê=ª ề=Ò ể=Ó ễ=Ô ế=Õ ệ=Ö
ì=× ỉ=Ø ĩ=Ü í=Ý ị=Þ ò=ß ỏ=á õ=â ó=ã ọ=ä ô=« ồ=å ổ=æ ỗ=ç ố=è ộ=é ơ=¬ ờ=ê ở=ë ỡ=ì ớ=í ợ=î ù=ï ủ=ñ ũ=ò ú=ó ụ=ô
ừ=õ ử=ö ữ=÷ ứ=ø ự=ù ỳ=ú ỷ=û ỹ=ü ý=ý ỵ=þ Ă=¡ Â=¢ Ê=£ Ô=¤ Ơ=¥ Ư=¦ Đ=§
"""
VNI_PAIRS = """
à=aø á=aù ả=aû ã=aõ ạ=aï ă=aê ằ=aè ắ=aé ẳ=aú ẵ=aü ặ=aë â=aâ ầ=aà ấ=aá ẩ=aå ẫ=aã ậ=aä đ=ñ è=eø é=eù ẻ=eû ẽ=eõ ẹ=eï
ê=eâ ề=eà ế=eá ể=eå ễ=eã ệ=eä ì=ì í=í ỉ=æ ĩ=ó ị=ò ò=oø ó=où ỏ=oû õ=oõ ọ=oï ô=oâ ồ=oà ố=oá ổ=oå ỗ=oã ộ=oä
ơ=ô ờ=ôø ớ=ôù ở=ôû ỡ=ôõ ợ=ôï ù=uø ú=uù ủ=uû ũ=uõ ụ=uï ư=ö ừ=öø ứ=öù ử=öû ữ=öõ ự=öï ỳ=yø ý=yù ỷ=yû ỹ=yõ ỵ=î
"""
TCVN3 = dict(pair.split("=") for pair in TCVN3_PAIRS.split()) | {"ư": "\u00ad"}
VNI = dict(pair.split("=") for pair in VNI_PAIRS.split())
VNI |= {letter.upper(): stored.upper() for letter, stored in VNI.items()}


def encode(name: str, table: dict[str, str]) -> str:
    """The name as the old font stored it; TCVN3 has capitals with tones only as another font of the small ones."""
    return "".join(table.get(letter, table.get(letter.lower(), letter)) for letter in name)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_no_name_as_it_is_spelt_today_is_in_a_legacy_encoding(form: Literal["NFC", "NFD"]) -> None:
    assert len(NAMES) > 400
    assert [name for name in NAMES if detect(unicodedata.normalize(form, name))] == []


@pytest.mark.parametrize(("encoding", "table"), [("TCVN3 (ABC)", TCVN3), ("VNI", VNI)])
def test_most_names_with_marks_are_found_out_and_read_back(encoding: str, table: dict[str, str]) -> None:
    marked = [name for name in NAMES if not encode(name, table).isascii() and "–" not in name]
    found = {name: detect(encode(name, table)) for name in marked}
    told = {name: legacy for name, legacy in found.items() if legacy}
    assert len(told) > 0.92 * len(marked)
    assert {legacy.name for legacy in told.values()} == {encoding}
    whole = [name for name, legacy in told.items() if legacy.sample == encode(name, table)]
    assert len(whole) > 0.8 * len(told)
    assert all(told[name].reading.casefold() == name.casefold() for name in whole)


@pytest.mark.parametrize(
    "text",
    [
        "Université de Hanoï, préfecture ; où est-il ? été, forêt, tôt ou tard, déjà vu, Noël, naïf, théâtre, poêle",
        "Côte d'Ivoire",
        "Réunion",
        "Loïc",
        "dû",
        "Hué",
        "São Paulo",
        "Höhe über Straße, schön für",
        "Score (£5, ©2020, ±0.5 m², 10 °C, ½)",
        "Sóc Trăng, Phú Yên, Lào Cai",
        "Phú Yên",
        "Provincial competitiveness",
        "",
    ],
)
def test_other_languages_and_signs_are_in_no_legacy_encoding(text: str) -> None:
    assert detect(text) is None


@pytest.mark.parametrize(
    ("text", "name", "sample", "reading"),
    [
        ("Lµo Cai", "TCVN3 (ABC)", "Lµo Cai", "Lào Cai"),
        ("Laøo Cai", "VNI", "Laøo Cai", "Lào Cai"),
        ("stt,tØnh,®iÓm\n1,Phó Thä,60.5\n", "TCVN3 (ABC)", "tØnh", "tỉnh"),
        ("1;THAØNH PHOÁ ÑAØ NAÜNG;7", "VNI", "THAØNH PHOÁ ÑAØ NAÜNG", "THÀNH PHỐ ĐÀ NẴNG"),
        ("BÕn Tre", "TCVN3 (ABC)", "BÕn Tre", "Bến Tre"),
    ],
)
def test_the_sample_shows_words_and_how_they_read(text: str, name: str, sample: str, reading: str) -> None:
    assert detect(text) == (name, sample, reading)
