import pytest

from migrator.mapping.templates import TemplateFault, compile_template


@pytest.mark.parametrize(
    ("template", "values", "expected"),
    [
        pytest.param("ZD-{{ row['id'] }}", {"id": "7"}, "ZD-7", id="key"),
        pytest.param("{{ row.id }}", {"id": "7"}, "7", id="attribute"),
        pytest.param("[{{ row['x'] }}]", {}, "[]", id="missing-is-empty"),
        pytest.param("[{{ row.a.b.c }}]", {}, "[]", id="missing-all-the-way-down"),
        pytest.param("{{ row.items }}", {"items": "three"}, "three", id="columns-before-methods"),
        pytest.param("[{{ row.keys }}]", {}, "[]", id="no-methods-of-dicts"),
        pytest.param("{{ row.a or row.b }}", {"b": "x"}, "x", id="or"),
        pytest.param(
            "{% for t in row.tags %}{{ t.name | upper }} {% endfor %}",
            {"tags": [{"name": "a"}]},
            "A ",
            id="loop",
        ),
        pytest.param(
            "{{ row.x }}", {"x": "{{ dc.name }} <b>"}, "{{ dc.name }} <b>", id="values-are-just-text"
        ),
        pytest.param("{{ row.a.strip() }}", {"a": " x "}, "x", id="methods-of-text"),
        pytest.param("{{ '-' * 3 }}", {}, "---", id="small-product"),
        pytest.param("{{ 'a' ~ 1 ~ row.a + 'b' }}{{ 1 + 2 }}", {"a": "x"}, "a1xb3", id="joined"),
        pytest.param("{% set t = row.a ~ '!' %}{{ t }}", {"a": "x"}, "x!", id="variable"),
        pytest.param(
            "{% for t in row.tags %}{{ t }}{{ ',' if not loop.last }}{% endfor %}",
            {"tags": ["a", "b"]},
            "a,b",
            id="loop-that-knows-its-end",
        ),
        pytest.param(
            "{{ row.a | replace('x', 'yy') }}{{ row.a.replace('x', 'z', 1) }}",
            {"a": "xx"},
            "yyyyzx",
            id="replace",
        ),
        pytest.param(
            "{{ row.tags | join(', ', attribute='name') }}",
            {"tags": [{"name": "a"}, {"name": "b"}]},
            "a, b",
            id="join-names",
        ),
        pytest.param(
            "{{ '-'.join(row.tags) }}{{ row.tags | join }}", {"tags": ["a", "b"]}, "a-bab", id="join"
        ),
    ],
)
def test_a_template_renders_a_row(template, values, expected):
    render, _ = compile_template(template)
    assert render(values) == expected


def test_the_columns_that_a_template_reads_are_known():
    _, names = compile_template("{{ row['Ticket ID'] }} {% if row.b %}{{ row.b.c }}{% endif %}")
    assert sorted(names) == ["Ticket ID", "b"]


@pytest.mark.parametrize(
    "template",
    [
        "{{ row",
        "{% for %}",
        "{{ x }}",
        "{{ lipsum() }}",
        "{{ row | tojson }}",
        "{% set a %}x{% endset %}{{ a }}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{% for i in row.a recursive %}{{ loop(row.a) }}{% endfor %}",
    ],
)
def test_what_is_no_template_over_a_row_is_refused(template):
    with pytest.raises(TemplateFault):
        compile_template(template)


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("{{ row.__class__.__mro__ }}x{{ ''.__class__.__mro__ }}", id="classes"),
        pytest.param("{{ row.a.__init__.__globals__ }}", id="globals"),
        pytest.param("{{ 'x' * 1000000000 }}", id="long-text"),
        pytest.param("{{ 9 ** 9 ** 9 ** 9 }}", id="huge-number"),
        pytest.param("{{ '%1000000000d' % 1 }}", id="wide-format"),
        pytest.param("{{ 'x'.ljust(1000000000) }}", id="padding"),
        pytest.param("{% for i in range(100000000) %}x{% endfor %}", id="long-range"),
        pytest.param(
            "{% for i in range(1000) %}{% for j in range(1000) %}xxxxxxxxxxxxxxxxx{% endfor %}{% endfor %}",
            id="long-output",
        ),
        pytest.param(
            "{% for i in range(999) %}{% for j in range(999) %}{% endfor %}{% endfor %}", id="many-rounds"
        ),
        pytest.param(
            "{% set t = 'x' * 9000 %}" + "{% set t = t ~ t %}" * 30 + "{{ t | length }}", id="doubling"
        ),
        pytest.param(
            "{% set t = 'x' * 9000 %}" + "{% set t = t + t %}" * 30 + "{{ t | length }}", id="doubling-plus"
        ),
        pytest.param("{{ ('x' * 10000) | replace('x', 'y' * 10000) | length }}", id="growing-filter"),
        pytest.param("{{ ('x' * 10000).replace('x', 'y' * 10000) | length }}", id="growing-method"),
        pytest.param("{{ range(1000) | join('x' * 10000) | length }}", id="long-separator"),
        pytest.param("{{ ('x' * 10000).join('x' * 10000) | length }}", id="long-separator-of-text"),
        pytest.param("{% include 'x' %}", id="other-files"),
        pytest.param("{% import 'os' as o %}{{ o.x }}", id="modules"),
        pytest.param("{{ row.a.nothing }}", id="no-such-attribute"),
        pytest.param("{{ row.a + 1 }}", id="text-plus-number"),
    ],
)
def test_a_template_that_goes_too_far_fails_alone(template):
    render, _ = compile_template(template)
    with pytest.raises(TemplateFault):
        render({"a": "text"})
