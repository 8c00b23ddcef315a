"""Files of an export, over real sockets: they arrive whole and once, or their ticket says why not."""

from __future__ import annotations

import json
import stat
import zipfile
from typing import Any

import pytest

from migrator.errors import LedgerError, MappingError
from migrator.featurebase import Unnamed
from migrator.ledger import Ledger, Result
from migrator.model import Refused, Silent
from migrator.runner.control import Control, Telling
from migrator.runner.migrate import Ended
from migrator.runner.retry import retry
from migrator.runner.uploads import left_behind
from migrator.sandbox import FaultPlan, Sandbox
from tests.exports import MAPPING, PASSWORD, Export, fetching, files_of, reply, running_desk, said, ticket
from tests.runner.test_migrate import QUICK, given, migrated

LARGE = bytes(range(256)) * 2_000


@pytest.fixture
def export(tmp_path) -> Export:
    return Export(tmp_path)


def run(sandbox: Sandbox, export: Export, **more: Any) -> Ended:
    return migrated(sandbox, export.path, **more)


def results(export: Export) -> list[Result]:
    with Ledger.look(export.path.with_suffix(".ledger")) as ledger:
        return list(ledger.results())


def retried(sandbox: Sandbox, export: Export) -> Ended:
    path = export.path.with_suffix(".ledger")
    with given(sandbox, export.path) as (client, _), Ledger.open(path) as ledger:
        return retry(ledger, QUICK, client, lambda *_: None, Telling(Silent(), Control()))


def sent(export: Export) -> list[dict[str, Any]]:
    """The bodies that were carried out for the first ticket, as the ledger holds them."""
    with Ledger.look(export.path.with_suffix(".ledger")) as ledger:
        found = ledger.sent(1)
        return [json.loads(step.body) for step in found.done] if found else []


@pytest.mark.parametrize("zipped", [False, True], ids=["folder", "zip"])
def test_files_of_an_export_arrive_byte_for_byte(sandbox, export, zipped):
    export.put("a.bin", LARGE)
    export.put("empty.txt", b"")
    export.tickets(ticket(1, "files/a.bin", "files/empty.txt"), ticket(2))
    ended = run(sandbox, export.zipped() if zipped else export)
    assert ended.error is None
    assert ended.standing.counts.created == 2
    first, second = sorted(sandbox.tickets(), key=lambda each: each["title"])
    assert files_of(first) == [("a.bin", LARGE), ("empty.txt", b"")]
    assert files_of(second) == []


def test_a_file_of_a_message_goes_into_the_tickets_field_and_its_message_names_it(sandbox, export):
    path = export.put("log.txt", b"line")
    ended = run(sandbox, export.tickets(ticket(1, comments=[reply({"name": "log.txt", "path": path})])))
    assert ended.standing.counts.created == 1
    (made,) = sandbox.tickets()
    assert files_of(made) == [("log.txt", b"line")]
    assert "(file: log.txt, in the field Files of this ticket)" in said(made)


@pytest.mark.parametrize("fault", ["lost", "5xx-after", "reset", "truncated"])
def test_no_ticket_is_doubled_when_the_answer_to_an_upload_is_lost(make_sandbox, export, fault):
    sandbox = make_sandbox(faults=FaultPlan.parse(f"{fault}=0.3", seed=5))
    for number in range(5):
        export.put(f"{number}.bin", bytes([number]) * 70_000)
    export.tickets(*(ticket(number, f"files/{number}.bin") for number in range(5)))
    ended = run(sandbox, export)
    assert ended.standing.counts.created == 5
    made = sorted(sandbox.tickets(), key=lambda each: each["title"])
    assert [files_of(each) for each in made] == [
        [(f"{number}.bin", bytes([number]) * 70_000)] for number in range(5)
    ]


# --- between checking and sending ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("happens", "code"),
    [
        pytest.param(lambda path: path.write_bytes(b"other"), "file-changed", id="changed"),
        pytest.param(lambda path: path.write_bytes(b"before!"), "file-changed", id="grown"),
        pytest.param(lambda path: path.unlink(), "file-missing", id="gone"),
    ],
)
def test_a_file_that_changes_after_it_was_checked_is_never_sent(sandbox, export, happens, code):
    export.put("a.txt", b"before")
    export.tickets(ticket(1, "files/a.txt"), ticket(2))
    place = export.folder / "files" / "a.txt"
    ended = run(sandbox, export, agree=lambda *_: happens(place))
    assert (ended.standing.counts.created, ended.standing.counts.failed) == (1, 1)
    assert [(each.code, "put it back" in each.message) for each in ended.standing.failures] == [(code, True)]
    assert [each["title"] for each in sandbox.tickets()] == ["Question 2"]


def test_a_file_that_is_put_back_is_sent_by_retry(sandbox, export):
    export.put("a.txt", b"before")
    export.tickets(ticket(1, "files/a.txt"))
    place = export.folder / "files" / "a.txt"
    run(sandbox, export, agree=lambda *_: place.unlink())
    export.put("a.txt", b"before")
    assert retried(sandbox, export).standing.counts.created == 1
    assert files_of(sandbox.tickets()[0]) == [("a.txt", b"before")]


def test_an_archive_that_is_replaced_after_it_was_checked_fails_only_tickets_with_files(sandbox, export):
    export.put("a.txt", b"before")
    export.tickets(ticket(1, "files/a.txt"), ticket(2)).zipped()

    def replace_it(*_: object) -> None:
        export.put("a.txt", b"after!")
        export.zipped()

    ended = run(sandbox, export, agree=replace_it)
    assert (ended.standing.counts.created, ended.standing.counts.failed) == (1, 1)
    assert ended.standing.failures[0].code == "file-changed"


# --- what must never be read ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "code"),
    [
        pytest.param("../secret.txt", "file-outside-export", id="above"),
        pytest.param("files/../../secret.txt", "file-outside-export", id="above-by-a-detour"),
        pytest.param("/etc/passwd", "file-outside-export", id="absolute"),
        pytest.param("C:\\Windows\\win.ini", "file-outside-export", id="windows"),
        pytest.param("\\\\server\\share\\a.txt", "file-outside-export", id="network"),
        pytest.param("files/link.txt", "file-missing", id="link-that-leads-out"),
        pytest.param("files/nothing.txt", "file-missing", id="not-there"),
        pytest.param("files", "file-missing", id="folder"),
    ],
)
def test_nothing_outside_of_the_export_is_ever_read(sandbox, export, tmp_path, path, code):
    (tmp_path / "secret.txt").write_text("secret")
    (export.folder / "files" / "link.txt").symlink_to(tmp_path / "secret.txt")
    ended = run(sandbox, export.tickets(ticket(1, path)))
    (made,) = sandbox.tickets()
    assert files_of(made) == []
    assert f"(file: {path.rpartition('/')[2]})" in said(made)
    assert [each.code for each in ended.plan.problems] == [code]
    assert ended.standing.left_out == {"files": 1}


def test_a_large_sparse_file_is_streamed(sandbox, export):
    with (export.folder / "files" / "large.bin").open("wb") as file:
        file.truncate(30_000_000)
    ended = run(sandbox, export.tickets(ticket(1, "files/large.bin")))
    assert ended.standing.counts.created == 1
    ((name, content),) = files_of(sandbox.tickets()[0])
    assert (name, len(content)) == ("large.bin", 30_000_000)


# --- what Featurebase refuses -------------------------------------------------------------------


DEAD = {"name": "a.png", "url": "https://dead.example/a.png"}
LINK = '<a href="https://dead.example/a.png">a.png</a>'


def test_a_message_whose_file_is_refused_goes_with_a_link_and_the_ticket_says_so(sandbox, export):
    sandbox.script(None, "400")
    ended = run(sandbox, export.tickets(ticket(1, comments=[reply(DEAD)])), workers=1)
    assert ended.standing.counts.created == 1
    assert ended.standing.left_out == {"files": 1}
    (made,) = sandbox.tickets()
    assert said(made).count(LINK) == 1
    (row,) = results(export)
    assert [each.code for each in row.warnings] == ["file-refused"]


def test_a_warning_shows_the_name_of_a_refused_file_without_its_control_characters():
    warning = left_behind(("a\x1b[2J.png", "b.png"), Refused(400, "bad", "no"))
    assert warning.value == r"a\x1b[2J.png, b.png"


def test_a_message_whose_file_is_refused_before_its_author_is_known_still_makes_them_a_contact(
    sandbox, export
):
    newcomer = {"kind": "customer", "email": "bob@example.com", "name": "Bob"}
    sandbox.script(None, "400")
    ended = run(sandbox, export.tickets(ticket(1, comments=[{**reply(DEAD), "author": newcomer}])), workers=1)
    assert (ended.standing.counts.created, ended.standing.counts.failed) == (1, 0)
    assert said(sandbox.tickets()[0]).count(LINK) == 1


def test_a_ticket_whose_file_is_refused_goes_with_a_link(sandbox, export):
    sandbox.script("400")
    run(sandbox, export.tickets(ticket(1, attachments=[DEAD])), workers=1)
    (made,) = sandbox.tickets()
    assert files_of(made) == []
    assert LINK in made["content"]


def test_the_mapping_can_hold_such_tickets_back(sandbox, export):
    export.mapping.write_text(MAPPING + "files: {on_refused: hold}\n")
    sandbox.script(None, "400")
    ended = run(sandbox, export.tickets(ticket(1, comments=[reply(DEAD)])), workers=1)
    assert ended.standing.counts.failed == 1
    assert LINK not in said(sandbox.tickets()[0])


def test_where_the_file_was_not_to_blame_the_message_stays_as_it_was(sandbox, export):
    sandbox.script(None, "400", "400")
    ended = run(sandbox, export.tickets(ticket(1, comments=[reply(DEAD)])), workers=1)
    assert ended.standing.counts.failed == 1
    assert ended.standing.left_out == {}
    assert results(export)[0].warnings == ()
    assert retried(sandbox, export).standing.counts.created == 1
    assert LINK not in said(sandbox.tickets()[0])
    assert sent(export)[1]["attachmentUrls"] == ["https://dead.example/a.png"]


@pytest.mark.parametrize("answer", ["lost", "5xx-after", "truncated"])
def test_the_message_with_the_link_is_found_again_when_its_answer_is_lost(sandbox, export, answer):
    sandbox.script(None, "400", answer)
    ended = run(sandbox, export.tickets(ticket(1, comments=[reply(DEAD)])), workers=1)
    assert ended.standing.counts.created == 1
    assert said(sandbox.tickets()[0]).count(LINK) == 1


# --- files that only we may fetch -----------------------------------------------------------------


@pytest.fixture
def desk(monkeypatch):
    monkeypatch.setenv("DESK_AUTH", PASSWORD)
    with running_desk() as server:
        yield server


def test_files_that_only_we_may_fetch_are_uploaded(sandbox, export, desk):
    fetching(export, desk)
    own, of_message = desk.put("a.bin", LARGE), desk.put("b.txt", b"second")
    ended = run(sandbox, export.tickets(ticket(1, attachments=[own], comments=[reply(of_message)])))
    assert ended.standing.counts.created == 1
    assert files_of(sandbox.tickets()[0]) == [("a.bin", LARGE), ("b.txt", b"second")]
    assert sorted(desk.asked) == ["/a.bin", "/b.txt"]
    assert not export.path.with_name("export.ledger.files").exists()


def test_the_password_is_nowhere_in_the_ledger(sandbox, export, desk):
    fetching(export, desk)
    run(sandbox, export.tickets(ticket(1, attachments=[desk.put("a.txt", b"x")])))
    held = b"".join(path.read_bytes() for path in export.mapping.parent.glob("export.ledger*"))
    assert b"DESK_AUTH" in held
    assert PASSWORD.encode() not in held


@pytest.mark.parametrize(("policy", "created"), [("link", 1), ("hold", 0)])
def test_a_file_that_is_gone_is_linked_or_holds_its_ticket_back(sandbox, export, desk, policy, created):
    fetching(export, desk, on_refused=policy)
    gone = {"name": "gone.txt", "url": f"http://{desk.host}/gone.txt"}
    ended = run(sandbox, export.tickets(ticket(1, attachments=[gone]), ticket(2)))
    assert (ended.standing.counts.created, ended.standing.counts.failed) == (created + 1, 1 - created)
    texts = "".join(said(each) for each in sandbox.tickets())
    assert (">gone.txt</a>" in texts) is bool(created)


def test_a_fetched_file_waits_beside_the_ledger_for_its_owner_alone_until_it_is_sent(sandbox, export, desk):
    fetching(export, desk)
    export.tickets(ticket(1, attachments=[desk.put("a.txt", b"private")]))
    sandbox.script("400", "400")  # whatever is sent, the ticket fails
    run(sandbox, export, workers=1)
    folder = export.path.with_name("export.ledger.files")
    (kept,) = folder.iterdir()
    assert kept.read_bytes() == b"private"
    assert (stat.S_IMODE(folder.stat().st_mode), stat.S_IMODE(kept.stat().st_mode)) == (0o700, 0o600)
    assert retried(sandbox, export).standing.counts.created == 1
    assert desk.asked == ["/a.txt"]
    assert not folder.exists()


def test_a_disk_that_takes_no_fetched_file_stops_the_run_and_costs_no_ticket(sandbox, export, desk):
    fetching(export, desk)
    export.tickets(ticket(1, attachments=[desk.put("a.txt", b"x")]))
    in_the_way = export.path.with_name("export.ledger.files")
    in_the_way.write_bytes(b"")
    ended = run(sandbox, export)
    assert isinstance(ended.error, LedgerError)
    assert "cannot be kept" in ended.error.message
    assert (ended.standing.counts.failed, ended.standing.counts.pending) == (0, 1)
    in_the_way.unlink()
    assert run(sandbox, export).standing.counts.created == 1


def test_a_secret_that_is_not_in_the_environment_is_asked_for_before_anything_is_sent(
    sandbox, export, desk, monkeypatch
):
    fetching(export, desk)
    monkeypatch.delenv("DESK_AUTH")
    with pytest.raises(MappingError, match="DESK_AUTH"):
        run(sandbox, export.tickets(ticket(1)))
    assert sandbox.tickets() == []


def test_two_tickets_may_have_the_same_file(sandbox, export, desk):
    fetching(export, desk)
    same = desk.put("a.txt", b"same")
    ended = run(sandbox, export.tickets(*(ticket(number, attachments=[same]) for number in range(6))))
    assert ended.standing.counts.created == 6
    assert {content for each in sandbox.tickets() for _, content in files_of(each)} == {b"same"}


# --- more than one request takes ------------------------------------------------------------------

TWO_FIELDS = MAPPING.replace(
    "replies:", "    Contract: {from: contract, as: files}\nfiles: {field: Files}\nreplies:"
)


@pytest.mark.parametrize("fate", [None, "lost", "5xx-before", "5xx-after"])
def test_what_one_request_cannot_carry_follows_in_one_change(sandbox, export, fate):
    export.mapping.write_text(TWO_FIELDS)
    names = [export.put(f"{number:02}.txt", b"%d" % number) for number in range(11)]
    contract = [{"name": "contract.txt", "path": names[10]}]
    sandbox.script(None, fate)
    export.tickets(ticket(1, *names[:10], contract=contract))
    ended = run(sandbox, export, workers=1, unnamed_fields=Unnamed.KEPT)
    assert ended.standing.counts.created == 1
    (made,) = sandbox.tickets()
    assert sorted(files_of(made)) == [
        *((f"{number:02}.txt", b"%d" % number) for number in range(10)),
        ("contract.txt", b"10"),
    ]
    carried_out = [
        call for call, count in sandbox.requests().items() for _ in range(count) if call[0] == "PATCH"
    ]
    assert len(carried_out) == (2 if fate == "5xx-before" else 1)


def test_where_a_second_request_wipes_the_first_ones_files_there_is_none(make_sandbox, export):
    sandbox = make_sandbox(replace_fields=True)
    export.mapping.write_text(TWO_FIELDS)
    names = [export.put(f"{number:02}.txt", b"%d" % number) for number in range(11)]
    contract = [{"name": "contract.txt", "path": names[10]}]
    export.tickets(ticket(1, *names[:10], contract=contract))
    ended = run(sandbox, export, unnamed_fields=Unnamed.WIPED)
    assert ended.standing.counts.created == 1
    (made,) = sandbox.tickets()
    assert len(files_of(made)) == 10
    assert "(file: contract.txt)" in said(made)
    assert [group.code for group in ended.plan.problems] == ["file-without-request", "files-single"]


def test_a_damaged_member_of_an_archive_costs_only_itself(sandbox, export):
    export.put("a.bin", LARGE)
    export.put("b.txt", b"whole")
    path = export.tickets(ticket(1, "files/a.bin", "files/b.txt")).zipped().path
    with zipfile.ZipFile(path) as archive:
        begins = archive.getinfo("files/a.bin").header_offset
    damaged = bytearray(path.read_bytes())
    damaged[begins + 200 : begins + 220] = b"\0" * 20
    path.write_bytes(damaged)
    ended = run(sandbox, export)
    assert ended.standing.counts.created == 1
    assert [group.code for group in ended.plan.problems] == ["file-unreadable"]
    assert files_of(sandbox.tickets()[0]) == [("b.txt", b"whole")]
