import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrator.errors import SourceError, UnreadableSource
from migrator.readers.text import detect_encoding, looks_damaged, paired
from tests.readers.support import write


@pytest.mark.parametrize(
    ("content", "label", "text"),
    [
        pytest.param("a;ü😀".encode(), "UTF-8", "a;ü😀", id="utf-8"),
        pytest.param(codecs.BOM_UTF8 + b"a;b", "UTF-8 with BOM", "a;b", id="utf-8-bom"),
        pytest.param("a;ü".encode("utf-16"), "UTF-16", "a;ü", id="utf-16-bom"),
        pytest.param("id;ü".encode("utf-32"), "UTF-32", "id;ü", id="utf-32-bom"),
        pytest.param(
            "name;zürich\n".encode("utf-16-le"), "UTF-16 without BOM", "name;zürich\n", id="utf-16-le"
        ),
        pytest.param(
            "name;zürich\n".encode("utf-16-be"), "UTF-16 without BOM", "name;zürich\n", id="utf-16-be"
        ),
        pytest.param("“Zürich” – 5 €".encode("cp1252"), "Windows-1252", "“Zürich” – 5 €", id="cp1252"),
        pytest.param(b"hole \x81.", "Windows-1252", "hole \x81.", id="cp1252-hole"),
        pytest.param(
            "ö\n".encode() + b"\xfc\n", "UTF-8 mixed with Windows-1252", "ö\nü\n", id="utf-8-with-cp1252-rows"
        ),
    ],
)
def test_encoding_is_detected_and_text_is_exact(tmp_path, content, label, text):
    path = write(tmp_path, "t.csv", content)
    encoding = detect_encoding(path)
    assert encoding.label == label
    assert encoding.head(path, 100) == text


def test_a_byte_that_is_not_utf_8_is_found_beyond_the_beginning(tmp_path):
    path = write(tmp_path, "t.csv", b"a" * 3_000_000 + b"\xfc")
    assert detect_encoding(path).label == "Windows-1252"


def test_a_character_across_two_chunks_is_still_utf_8(tmp_path):
    path = write(tmp_path, "t.csv", b"a" * ((1 << 20) - 1) + "ü".encode())
    assert detect_encoding(path).label == "UTF-8"


def test_a_wrong_encoding_is_refused_with_its_line(tmp_path):
    path = write(tmp_path, "t.csv", b"a\nb\n\xfc\n")
    with pytest.raises(UnreadableSource) as caught:
        detect_encoding(path, "utf-8")
    assert caught.value.at == "t.csv, line 3"


OF_OTHER_LETTERS = {
    "windows-1251": "Здравствуйте, не работает оплата",
    "koi8-r": "Здравствуйте, не работает оплата",
    "windows-1253": "Καλημέρα, δεν λειτουργεί",
    "windows-1250": "Dzień dobry, zgłoszenie błędu płatności, żeby działało, dziękuję bardzo za wyjaśnienie",
    "shift_jis": "こんにちは、支払いができません。助けてください。",
    "gbk": "你好，我的付款不起作用，请帮助我。谢谢",
    "euc_kr": "안녕하세요, 결제가 되지 않습니다",
    "cp850": "Käufer fragt öfter nach Übergröße, Straße für große Männer und schöne Wäsche mit Wünschen",
    "mac_roman": "Käufer fragt öfter nach Größe, Straße für große Männer und schöne Wäsche mit Wünschen",
}


@pytest.mark.parametrize("encoding", OF_OTHER_LETTERS)
def test_an_encoding_of_other_letters_is_asked_for_and_read_as_named(tmp_path, encoding):
    text = OF_OTHER_LETTERS[encoding]
    path = write(tmp_path, "t.csv", f"id;text\n1;{text}\n", encoding)
    with pytest.raises(UnreadableSource, match="nothing says how it is written") as refused:
        detect_encoding(path)
    assert "--encoding windows-1250" in refused.value.hint
    assert text in detect_encoding(path, encoding).head(path, 1000)


@pytest.mark.parametrize(
    "text",
    [
        "Die Größe ist falsch – Käufer fragt „öfter“ nach Übergröße, Straße, für 5 €… ÄÖÜ äöü ß",
        "L’été dernier, j’ai reçu une pièce défectueuse à l’entrée – très déçu, où est-elle passée ? Œuvre",
        "Niño, mañana, ¿qué pasó? ¡Adiós! São João, ação, coração, 20 m², 10³, 3½ € · 5°C",
        "————————— • • • ‚zitiert‘ »so« — Šárka Žižková — Bœuf\u00a0\u00a0\u00a0\u00a0 ±5 § 12 ©®™",
    ],
    ids=["de", "fr", "es-pt", "signs"],
)
def test_western_text_is_western_whatever_it_says(tmp_path, text):
    path = write(tmp_path, "t.csv", f"id;text\n{text}\n" * 20, "cp1252")
    assert detect_encoding(path).label == "Windows-1252"
    assert text in detect_encoding(path).head(path, 10_000)


SHORT_OF = "\n".join(f"{n},{'けさ送りました'}" for n in range(3)).encode()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(SHORT_OF + b"\n4,\xe3\x81\n5,\xe3\x81\n", id="hiragana"),
        pytest.param("1,“so”\n2,“so”\n".encode() + b"3,so\x9d\n4,so\x9d\n5,so\x9d\n", id="closing-quotes"),
        pytest.param(
            b"1,thanks \xf0\x9f\x91\x8d\n"
            + b"".join(b"2,a %b\n" % "👍🐍🍀🏁".encode()[:n] for n in range(17)),
            id="emoji",
        ),
        pytest.param(
            "".join(f"{n},Привет мир\n" for n in range(9)).encode() + b"9,\xd0\xd1\xd2\xd3" * 5, id="words"
        ),
    ],
)
def test_utf_8_with_a_few_broken_bytes_is_read(tmp_path, content):
    assert detect_encoding(write(tmp_path, "t.csv", content)).label == "UTF-8 mixed with Windows-1252"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Can¿t log in, it doesn¿t work, I¿ve tried", id="what-oracle-lost"),
        pytest.param("ÄÖÜ", id="de-capitals"),
        pytest.param("ÄÖÜäöüß und ÜÄÖ, ÖÄÜ, äöü, öäü, üöä", id="de-alphabets"),
        pytest.param("ÀÉÈÙÇ ÉÀÊ Œuvre créée, ÇÀÉ ÎÏÔ ÛÙÀ", id="fr-capitals"),
        pytest.param("ÅÄÖ ÆØÅ åäö æøå ØÆÅ ÄÅÖ ÄÄÖ ÖÄÅ", id="nordic-capitals"),
        pytest.param("ÁÉÍÓÚ ÃÕÇ ÑÁÉ ÇÃO ÂÊÔ", id="iberian-capitals"),
        pytest.param("ÞÆÖ ÐÝÞ áéí þýð", id="icelandic"),
        pytest.param("ÀÁÂÃÄÅÆ", id="no-language"),
        pytest.param("id§subject§state§body", id="delimiter-of-their-own"),
        pytest.param("××××××××× ÷÷÷÷÷÷÷÷ ÿÿÿÿÿÿÿÿ", id="lines"),
    ],
)
@pytest.mark.parametrize("times", [1, 40])
def test_western_letters_side_by_side_are_western(tmp_path, text, times):
    path = write(tmp_path, "t.csv", f"id;text\n{text} ü\n" * times, "cp1252")
    assert detect_encoding(path).label == "Windows-1252"


@pytest.mark.parametrize("encoding", OF_OTHER_LETTERS)
def test_an_encoding_of_other_letters_is_asked_for_in_the_midst_of_english(tmp_path, encoding):
    rows = f"1;Please help, this does not work at all;{OF_OTHER_LETTERS[encoding]}\n" * 40
    with pytest.raises(UnreadableSource, match="nothing says how it is written"):
        detect_encoding(write(tmp_path, "t.csv", rows, encoding))


@pytest.mark.parametrize("wanted", ["utf-16", "utf-32"])
def test_a_wide_encoding_whose_mark_is_missing_is_refused_with_its_line(tmp_path, wanted):
    with pytest.raises(UnreadableSource, match=f"is not {wanted} throughout") as caught:
        detect_encoding(write(tmp_path, "t.csv", b"id,subject\n1,a\n"), wanted)
    assert caught.value.at == "t.csv, line 1"


@pytest.mark.parametrize("name", ["klingon", "hex", "a\0b"])
def test_an_unknown_encoding_is_refused(tmp_path, name):
    path = write(tmp_path, "t.csv", b"a\n")
    with pytest.raises(SourceError, match="no text encoding"):
        detect_encoding(path, name)


@pytest.mark.parametrize("text", ["Ã¼ber", "donâ€™t", "5Â£", "lost \ufffd"])
def test_damaged_text_is_noticed(text):
    assert looks_damaged(text)


@pytest.mark.parametrize("text", ["über", "NÃO É", "don’t", "£5", "Ângela", "plain"])
def test_sound_text_is_not_called_damaged(text):
    assert not looks_damaged(text)


@given(st.text(st.characters()))
def test_pairing_leaves_whole_text_alone_and_always_gives_utf_8(text):
    whole = paired(text)
    whole.encode()
    if text.isascii():
        assert whole == text


def test_surrogate_halves_are_joined_or_replaced():
    assert paired("a\ud83d\ude00b\ud83d") == "a😀b\ufffd"
