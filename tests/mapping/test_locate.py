import pytest

from migrator.errors import MappingComplaints
from migrator.mapping.locate import read_document


def test_every_scalar_is_text():
    text = "a: no\nb: 007\nc: 1e5\nd: null\ne: 2024-01-01\nf: [true, 0x1F, ~]\n"
    assert read_document(text, "m.yaml").tree == {
        "a": "no", "b": "007", "c": "1e5", "d": "null", "e": "2024-01-01", "f": ["true", "0x1F", "~"],
    }  # fmt: skip


def test_places_are_those_of_keys_and_items_counted_from_1():
    document = read_document("key: id\nticket:\n  title: {from: [a, b]}\n", "m.yaml")
    assert document.place(("ticket", "title", "from")).at(()) == "m.yaml, line 3, column 11"
    assert document.place(("ticket", "title", "from", 1)).at(()) == "m.yaml, line 3, column 21"


def test_what_is_not_there_stands_where_its_parent_stands():
    document = read_document("ticket:\n  title: x\n", "m.yaml")
    assert document.place(("ticket", "author", "email")).line == 1
    assert document.place(("nowhere",)).line == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("a: 1\na: 2\n", "m.yaml, line 2, column 1, a: `a` stands here twice", id="repeated-key"),
        pytest.param("a: &x [b]\nc: *x\n", "aliases are not used", id="alias"),
        pytest.param("a: !!python/object:os.system x\n", "tags are not used", id="tag"),
        pytest.param("a: b\n---\nc: d\n", "one document", id="two-documents"),
        pytest.param("a:\n", "m.yaml, line 1, column 1, a: nothing stands here", id="nothing-there"),
        pytest.param("a: [b\n", "this is not YAML", id="open-bracket"),
        pytest.param("a: b: c\n", "this is not YAML", id="colon-in-text"),
        pytest.param("a:\n\tb: c\n", "this is not YAML", id="tab"),
        pytest.param("a: \x00\n", "this is not YAML", id="control-character"),
        pytest.param("", "the mapping is empty", id="empty"),
        pytest.param("# only a comment\n", "the mapping is empty", id="only-comments"),
        pytest.param("? [a, b]\n: c\n", "a key must be text", id="list-as-key"),
        pytest.param("[" * 200 + "]" * 200, "nested too deeply", id="deep"),
        pytest.param("[" * 20_000, "", id="very-deep"),
        pytest.param("a: " + "x" * 2_000_001, "at most 2,000,000 characters", id="huge"),
    ],
)
def test_what_could_mean_two_things_is_refused_with_its_place(text, said):
    with pytest.raises(MappingComplaints) as told:
        read_document(text, "m.yaml")
    assert said in str(told.value)


def test_aliases_never_multiply():
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [*{chr(97 + i)}, *{chr(97 + i)}]\n" for i in range(24)
    )
    with pytest.raises(MappingComplaints) as told:
        read_document(bomb, "m.yaml")
    assert len(told.value.complaints) < 100
