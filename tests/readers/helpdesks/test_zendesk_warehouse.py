import pytest

from tests.readers.support import opened, read, told, write, zipped

TICKETS = """ID,SUBJECT,DESCRIPTION,STATUS,REQUESTER_ID,CREATED_AT,UPDATED_AT,_FIVETRAN_DELETED
1,Hello,Text one,open,8,2024-01-01 10:00:00 UTC,2024-01-01 10:00:00,FALSE
2,NULL,Text two,solved,9,2024-01-01 10:00:00,2024-01-02 10:00:00,TRUE
"""
COMMENTS = """id,ticket_id,user_id,created,body,public
12,1,7,2024-01-01 12:00:00,secret,FALSE
11,1,8,2024-01-01 10:00:00,Text one,TRUE
13,1,7,2024-01-01 13:00:00,unknown,
99,5,7,2024-01-01 13:00:00,nobody's,TRUE
"""
USERS = "id,name,email,role\n7,Ada,ada@example.com,agent\n8,Wanda,wanda@example.com,end-user\n"
TAGS = "ticket_id,tag\n1,b\n1,a\n1,b\n"
FILES = {
    "ticket_data.csv": TICKETS,
    "ticket_comment_data.csv": COMMENTS,
    "users.csv": USERS,
    "tags.csv": TAGS,
}


@pytest.fixture(params=["folder", "archive"])
def export(request, tmp_path):
    if request.param == "archive":
        return zipped(tmp_path / "warehouse.zip", FILES)
    for name, content in FILES.items():
        write(tmp_path, name, content)
    return tmp_path


def test_tables_are_joined_whatever_they_are_called(export):
    source = opened(export)
    first, second = source.records()
    assert (source.reader, source.helpdesk) == ("zendesk-warehouse", "zendesk")
    assert first.values["requester"]["email"] == "wanda@example.com"
    assert first.values["tags"] == ["b", "a"]
    assert (first.values["created_at"], first.ref.row) == ("2024-01-01 10:00:00+00:00", 2)
    assert [
        (c["body"], c["kind"], c.get("private"), c["author"]["kind"]) for c in first.values["comments"]
    ] == [
        ("Text one", "description", "false", "customer"),
        ("secret", "note", "true", "agent"),
        ("unknown", "note", None, "agent"),
    ]
    assert "subject" not in second.values  # NULL is nothing
    assert second.values["status"] == "deleted"
    assert told(source) == {"orphans": 1}


def test_tickets_alone_are_a_plain_table(tmp_path):
    assert opened(write(tmp_path, "ticket.csv", TICKETS)).reader == "delimited"


def test_a_table_of_something_else_is_left_out_and_told(tmp_path):
    for name, content in {**FILES, "brand.csv": "id,brand_url\n1,x\n"}.items():
        write(tmp_path, name, content)
    assert len(read(tmp_path)) == 2
    assert told(opened(tmp_path)) == {"file-left-out": 1, "orphans": 1}


def test_what_a_connector_left_as_json_in_a_cell_is_read(tmp_path):
    """Lists and objects of the API; a subject that only looks like one stays a text."""
    header = "id,subject,status,requester_id,created_at,tags,via,custom_fields\n"
    row = """1,[1],open,8,2024-01-01 10:00:00,"[""vip"", ""b""]","{""channel"": ""email""}",[{"id": 5}\n"""
    write(tmp_path, "tickets.csv", f"{header}{row}2,S,open,8,2024-01-01 10:00:00,[],,\n")
    write(tmp_path, "ticket_comments.csv", COMMENTS)
    write(tmp_path, "users.csv", USERS)
    record, bare = read(tmp_path)
    assert (record.values["tags"], bare.values["tags"]) == (["vip", "b"], [])
    assert record.values["via"] == {"channel": "email"}
    assert (record.values["subject"], record.values["custom_fields"]) == ("[1]", '[{"id": 5}')
