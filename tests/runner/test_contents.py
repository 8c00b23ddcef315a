import pytest

from migrator.model import Draft, DraftAuthor, DraftField, DraftReply, FileRef, Named, Origin, SourceRef
from migrator.runner.contents import EXAMPLES, Contents, ContentsTally, Nameless, Twin

ORIGIN = Origin("m.yaml, line 1")


def name(text: str) -> Named:
    return Named(text, ORIGIN)


def person(email: str = "", **more: str | bool) -> DraftAuthor:
    is_agent = more.pop("is_agent", None)
    parts = {key: name(str(value)) for key, value in more.items()}
    return DraftAuthor(
        email=name(email) if email else None,
        is_agent=is_agent is True if is_agent is not None else None,
        **parts,
    )


def draft(row: int = 2, **changes: object) -> Draft:
    facts = {
        "key": f"T-{row}",
        "ref": SourceRef("t.csv", row),
        "category": name("Support"),
        "title": name("Printer"),
        "content": "",
        "author": person("ann@example.com"),
        "created_at": name(f"2025-01-02T10:00:{row % 60:02}.000Z"),
    }
    return Draft(**(facts | changes))  # type: ignore[arg-type]


def counted(*drafts: Draft) -> Contents:
    with ContentsTally() as tally:
        for each in drafts:
            tally.add(each)
        return tally.finish()


def reply(author: DraftAuthor, *files: FileRef) -> DraftReply:
    return DraftReply("<p>x</p>", author, False, None, files)


def test_every_customer_counts_once_however_often_they_write() -> None:
    found = counted(
        draft(
            2, replies=(reply(person("Bob@example.com")), reply(person("agent@example.com", is_agent=True)))
        ),
        draft(3, author=person("bob@example.com")),
        draft(4, author=person("", user_id="u1")),
    )
    assert found.contacts == 3


def test_people_without_an_address_are_named_by_what_is_known() -> None:
    found = counted(draft(2, author=person("", name="Walk-in", user_id="u1")), draft(3))
    assert (found.without_email, found.nameless) == (1, (Nameless("T-2", SourceRef("t.csv", 2), "Walk-in"),))


def test_twins_are_told_with_the_row_that_they_resemble() -> None:
    moment = name("2025-01-02T10:00:00.000Z")
    found = counted(
        draft(2, created_at=moment),
        draft(3, created_at=moment),
        draft(4, created_at=moment, title=name("Other")),
    )
    assert (found.twins, found.twin_examples) == (1, (Twin("T-3", SourceRef("t.csv", 3), 2),))


def test_without_a_date_nothing_is_called_a_twin() -> None:
    assert counted(draft(2, created_at=None), draft(3, created_at=None)).twins == 0


def test_examples_are_few_and_counts_are_complete() -> None:
    moment = name("2025-01-02T10:00:00.000Z")
    found = counted(*(draft(row, created_at=moment, author=person("", user_id="u")) for row in range(2, 52)))
    assert (found.twins, len(found.twin_examples)) == (49, EXAMPLES)
    assert (found.without_email, len(found.nameless)) == (50, EXAMPLES)


def test_files_are_counted_wherever_they_hang_by_host_kind_and_size() -> None:
    found = counted(
        draft(
            2,
            files=(FileRef("scan.PDF", "https://files.example.com/1", size_bytes=900),),
            fields=(
                DraftField("Files", (), ORIGIN, (FileRef("a.png", path="/x/a.png", size_bytes=2_000_000),)),
            ),
            replies=(
                reply(person("bob@example.com"), FileRef("noname", "http://[", content_type="text/plain")),
            ),
        )
    ).files
    assert (found.count, found.size_bytes) == (3, 2_000_900)
    assert found.by_host == {"files.example.com": 1, "(inside the export)": 1, "(not told)": 1}
    assert found.by_kind == {"pdf": 1, "png": 1, "text/plain": 1}
    assert found.by_size == {"up to 1 MB": 1, "1 to 10 MB": 1, "(not told)": 1}


@pytest.mark.parametrize(
    ("hosts", "by_host"),
    [
        pytest.param((), {}, id="none"),
        pytest.param(("a.example.com", "a.example.com"), {"a.example.com": 2}, id="host"),
        pytest.param(("data:",), {"(embedded in the text)": 1}, id="embedded"),
    ],
)
def test_pictures_inside_texts_are_counted_by_host(hosts: tuple[str, ...], by_host: dict[str, int]) -> None:
    images = counted(draft(images=hosts)).images
    assert (images.count, images.by_host) == (len(hosts), by_host)
