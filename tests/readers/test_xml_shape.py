import pytest

from migrator.errors import SourceError, UnreadableSource
from migrator.readers.blobs import OnDisk
from migrator.readers.json_scan import LONGEST_VALUE_CHARACTERS
from migrator.readers.xml_shape import LOOK_CHARACTERS, look_at_xml
from tests.readers.support import codes, opened, read, told, write


def values(tmp_path, text, encoding="utf-8"):
    return [record.values for record in read(write(tmp_path, "t.xml", text, encoding))]


TWO = "<ticket><no>1</no></ticket><ticket><no>2</no></ticket>"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(f"<tickets type='array'>{TWO}</tickets>", ["ticket"], id="rails"),
        pytest.param("<tickets><ticket><no>1</no></ticket></tickets>", ["ticket"], id="one-record"),
        pytest.param(
            f"<export><page>1</page><total>2</total>{TWO}</export>", ["ticket"], id="plain-values-beside"
        ),
        pytest.param(f"<r><result><total>2</total>{TWO}</result></r>", ["ticket"], id="two-levels"),
        pytest.param(
            "<r><tickets><ticket><no>1</no></ticket></tickets><users><user><no>9</no></user></users></r>",
            ["ticket", "user"],
            id="several-lists",
        ),
        pytest.param(
            "<tickets><ticket id='1' title='a'/><ticket id='2'/></tickets>", ["ticket"], id="attributes"
        ),
        pytest.param("<ticket><id>1</id><who><name>a</name></who></ticket>", ["ticket"], id="a-record-alone"),
        pytest.param(
            "<ticket><a>1</a><b>2</b><who><name>a</name></who></ticket>", ["ticket"], id="alone-without-id"
        ),
        pytest.param(
            "<rss><channel><title>T</title><link>l</link><item><title>a</title></item></channel></rss>",
            ["item"],
            id="rss",
        ),
        pytest.param(
            "<unload><a><x>1</x></a><a><x>2</x></a><b><x>3</x></b></unload>", ["a", "b"], id="mixed-records"
        ),
        pytest.param("<tickets type='array'/>", [], id="empty-list"),
        pytest.param("<tickets/>", [], id="empty"),
    ],
)
def test_records_are_found_by_the_shape_of_the_file(tmp_path, text, found):
    assert sorted(look_at_xml(OnDisk(write(tmp_path, "t.xml", text))).samples) == found


def test_a_list_that_the_beginning_does_not_show_is_found_by_its_name(tmp_path):
    filler = f"<text>{'x' * 1000}</text>"
    tickets = f"<ticket><id>1</id>{filler}</ticket>" * (LOOK_CHARACTERS // 1000)
    users = "<users><user><id>7</id></user><user><id>8</id></user></users><note><id>9</id></note>"
    file = look_at_xml(OnDisk(write(tmp_path, "t.xml", f"<r><tickets>{tickets}</tickets>{users}</r>")))
    assert set(file.samples) == {"ticket", "user", "note"}
    with file.scan(lambda key: key != "ticket") as (items, _):
        assert [(item.key, item.tree) for item in items] == [
            ("user", {"id": "7"}),
            ("user", {"id": "8"}),
            ("note", {"id": "9"}),
        ]


@pytest.mark.parametrize(
    ("inside", "value"),
    [
        pytest.param("<a> 007 </a>", " 007 ", id="exact-text"),
        pytest.param("<a></a>", "", id="empty"),
        pytest.param("<a/>", "", id="empty-tag"),
        pytest.param("<a nil='true'/>", None, id="nil"),
        pytest.param("<a nil='true'></a>", None, id="nil-with-an-end"),
        pytest.param("<a>x &amp; <![CDATA[<b>y</b>]]>&#33;</a>", "x & <b>y</b>!", id="cdata"),
        pytest.param("<a type='integer'>5</a>", "5", id="rails-type"),
        pytest.param("<a type='array'><x>1</x></a>", ["1"], id="array-of-one"),
        pytest.param("<a type='array'><x><y>1</y></x><x nil='true'/></a>", [{"y": "1"}], id="array-of-trees"),
        pytest.param("<a type='array'/>", [], id="empty-array"),
        pytest.param(
            "<a type='image/png'>p</a>", {"@type": "image/png", "#text": "p"}, id="a-type-that-tells"
        ),
        pytest.param("<a id='5'>Bob</a>", {"@id": "5", "#text": "Bob"}, id="attribute"),
        pytest.param("<a id='5'/>", {"@id": "5"}, id="attribute-alone"),
        pytest.param("<a xmlns='urn:x'>y</a>", "y", id="namespace"),
        pytest.param("<a><x>1</x><x>2</x></a>", {"x": ["1", "2"]}, id="siblings"),
        pytest.param("<a><x>1</x></a>", {"x": "1"}, id="single"),
        pytest.param("<tags><tag>1</tag></tags>", {"tag": ["1"]}, id="single-in-its-plural"),
        pytest.param("<a>\n <x>1</x>\n</a>", {"x": "1"}, id="white-space-between"),
    ],
)
def test_an_element_becomes_a_value(tmp_path, inside, value):
    (tree,) = values(tmp_path, f"<tickets><ticket><id>1</id>{inside}</ticket></tickets>")
    assert (tree.get("a") if "tags" not in tree else tree["tags"]) == value


@pytest.mark.parametrize(
    ("encoding", "declaration"),
    [
        ("utf-8", ""),
        ("utf-8-sig", '<?xml version="1.0" encoding="UTF-8"?>'),
        ("utf-16", '<?xml version="1.0" encoding="UTF-16"?>'),
        ("cp1252", '<?xml version="1.0" encoding="windows-1252"?>'),
        ("iso-8859-1", "<?xml version='1.0' encoding='ISO-8859-1'?>"),
        ("shift_jis", '<?xml version="1.0" encoding="Shift_JIS"?>'),
        ("utf-8", '\n  <?xml version="1.0"?>'),
    ],
)
def test_the_declared_encoding_is_read(tmp_path, encoding, declaration):
    word = "日本" if encoding == "shift_jis" else "Zürich"
    assert values(
        tmp_path, f"{declaration}<tickets><ticket><id>{word}</id></ticket></tickets>", encoding
    ) == [{"id": word}]


def test_a_declared_encoding_that_nobody_knows_is_refused_with_its_file(tmp_path):
    text = '<?xml version="1.0" encoding="x-klingon"?><tickets><ticket><id>1</id></ticket></tickets>'
    with pytest.raises(SourceError, match="'x-klingon'") as caught:
        opened(write(tmp_path, "t.xml", text))
    assert (caught.value.at, caught.value.hint) == ("t.xml", "name the right one with --encoding")


def test_an_encoding_that_is_not_declared_is_assumed_and_told(tmp_path):
    source = opened(write(tmp_path, "t.xml", "<tickets><ticket><id>ü</id></ticket></tickets>", "cp1252"))
    assert [record.values for record in source.records()] == [{"id": "ü"}]
    assert told(source) == {"encoding-assumed": 1}


def test_characters_that_xml_forbids_are_damage_and_not_the_end(tmp_path):
    text = "<tickets><ticket><id>1</id><a>x\x0by&#8;z</a></ticket><ticket><id>2</id></ticket></tickets>"
    damaged, whole = read(write(tmp_path, "t.xml", text))
    assert (damaged.values["a"], codes(damaged), codes(whole)) == ("x\ufffdy\ufffdz", ["damaged-text"], [])


def test_text_beside_elements_is_kept_and_told(tmp_path):
    (record,) = read(
        write(tmp_path, "t.xml", "<tickets><ticket><id>1</id><a>Hello <b>you</b>!</a></ticket></tickets>")
    )
    assert (record.values["a"], codes(record)) == ({"b": "you", "#text": "Hello !"}, ["mixed-text"])


LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><tickets><ticket><id>&b;</id></ticket></tickets>'


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        pytest.param(LAUGHS, "billion laughs", 1, id="billion-laughs"),
        pytest.param('<!DOCTYPE t SYSTEM "file:///etc/passwd"><t/>', "document type", 1, id="external"),
        pytest.param("<tickets>\n<ticket><id>1</id></ticket>\n<ticket><id>2", "was cut off", 3, id="cut-off"),
        pytest.param(
            "<tickets>\n<ticket><id>1</ticket></tickets>", "not XML: mismatched tag", 2, id="mismatch"
        ),
        pytest.param("<tickets>\n\n<ticket a=1/></tickets>", "not XML", 3, id="unquoted"),
        pytest.param("<t><id>1</id>\n<a>&nbsp;</a></t>", "undefined entity", 2, id="html-entity"),
        pytest.param("<a>" * 200 + "</a>" * 200, "deeper than 100 levels", 1, id="deep"),
        pytest.param(
            "<t><id>1</id>" + "<a>" * 200 + "</a>" * 200 + "</t>", "deeper than 100", 1, id="deep-record"
        ),
    ],
)
def test_what_is_broken_or_made_to_hurt_is_refused_with_its_line(tmp_path, text, message, line):
    with pytest.raises(UnreadableSource, match=message) as caught:
        values(tmp_path, text)
    assert caught.value.at == f"t.xml, line {line}"
    assert caught.value.hint


def test_line_numbers_count_from_the_beginning_of_the_file(tmp_path):
    text = '\n\n<?xml version="1.0"?>\n<tickets>\n<ticket><id>1</id></ticket>\n<ticket><id>2</id></ticket></tickets>'
    assert [record.ref.line for record in read(write(tmp_path, "t.xml", text))] == [5, 6]


def test_several_lists_are_refused_when_nothing_says_which_are_the_tickets(tmp_path):
    with pytest.raises(SourceError, match="several lists could be the tickets: a, b"):
        values(tmp_path, "<r><a><x>1</x></a><a><x>2</x></a><b><x>3</x></b></r>")


def test_rejected_records_come_back_as_json(tmp_path):
    line = '{"migrator_reader": "xml", "migrator_ledger": "L7", "migrator_row": "t.xml, row 2", "id": "2"}\n'
    for reader in ("", "xml"):
        source = opened(write(tmp_path, "rejects.ndjson", line * 2), reader=reader)
        (record, _) = source.records()
        assert (source.ledger_id, record.values, record.earlier_place) == ("L7", {"id": "2"}, "t.xml, row 2")


def test_the_tickets_are_read_wherever_in_the_file_they_begin(tmp_path):
    person = f"<user><id>7</id><name>Ann</name><about>{'x' * 1000}</about></user>"
    people = person * (LOOK_CHARACTERS // 1000)
    text = f"<r><users>{people}</users><tickets><ticket><id>1</id><subject>a</subject></ticket></tickets></r>"
    source = opened(write(tmp_path, "t.xml", text))
    assert [record.values for record in source.records()] == [{"id": "1", "subject": "a"}]
    assert [n.message for n in source.notices if n.code == "list-left-out"] == [
        "other lists were not read: user"
    ]


def test_a_first_record_longer_than_the_beginning_is_read(tmp_path):
    text = f"<tickets><ticket><id>1</id><file>{'x' * 2 * LOOK_CHARACTERS}</file></ticket></tickets>"
    (record,) = read(write(tmp_path, "t.xml", text))
    assert (record.values["id"], len(record.values["file"])) == ("1", 2 * LOOK_CHARACTERS)


@pytest.mark.soak  # it takes 64 MB of text
def test_a_record_beyond_every_limit_is_refused_and_not_overlooked(tmp_path):
    text = (
        f"<tickets><ticket><id>1</id><file>{'x' * (LONGEST_VALUE_CHARACTERS + 1)}</file></ticket></tickets>"
    )
    with pytest.raises(UnreadableSource, match="a record is longer than 64 million characters"):
        read(write(tmp_path, "t.xml", text))
