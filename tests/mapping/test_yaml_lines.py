"""Whatever a value is, the line that it is written on is read back as that value."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from migrator.mapping.locate import read_document
from migrator.mapping.yaml_lines import Lines

TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["? x", "- x", "a: b", "a #b", "#", "{", "true", "null", "~", "007", "x" * 200, "'", '"', "=", "é😀"]
    ),
)


@given(key=TEXTS, column=TEXTS, value=TEXTS, comment=TEXTS)
def test_a_rule_is_read_back_as_it_was_written(key, column, value, comment):
    lines = Lines()
    lines.say(comment)
    lines.put("top", None, comment)
    lines.put(key, {"from": column, "values": {value: True}}, comment, indent=2)
    lines.put(f"{key}!", value, comment, indent=2)
    lines.put("switched off", value, comment, indent=2, off=True)
    assert read_document(lines.text(), "m.yaml").tree == {
        "top": {key: {"from": column, "values": {value: "true"}}, f"{key}!": value}
    }
