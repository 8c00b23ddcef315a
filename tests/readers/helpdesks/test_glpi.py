import pytest

from tests.readers.support import opened, read, write

HEADER = "ID;Title;Status;Opening date;Priority;Requester - Requester;Assigned to - Technician;Description;"
ROW = "52\u00a0267;Printer (52267);Processing (assigned);2024-01-31 09:05;High;Quill Wanda;Brook Ada;text;"


def row(tmp_path, line=ROW, header=HEADER):
    (record,) = read(write(tmp_path, "glpi.csv", f"{header}\n{line}\n", "utf-8-sig"))
    return record.values


@pytest.mark.parametrize("mark", ["\u00a0", " ", "\u202f"])
def test_thousands_marks_of_an_id_go_and_its_repetition_in_the_title(tmp_path, mark):
    values = row(tmp_path, ROW.replace("\u00a0", mark))
    assert (values["id"], values["title"]) == ("52267", "Printer")


@pytest.mark.parametrize("id", ["7", "1234567", "12 34", "A 123"])
def test_other_ids_stay_as_written(tmp_path, id):
    assert row(tmp_path, ROW.replace("52\u00a0267", id))["id"] == id


@pytest.mark.parametrize(
    "header",
    [
        "ID;Titre;Statut;Date d'ouverture;Priorité;Demandeur - Demandeur;Attribué à - Technicien;Description",
        "ID;Título;Estado;Fecha de apertura;Prioridad;Solicitante - Solicitante;Asignado a - Técnico;Descripción;",
        "ID;Título;Status;Data de abertura;Prioridade;Requerente - Requerente;Atribuído - Técnico;Descrição;",
        "id;TITLE;status;opening date;PRIORITY;requester - requester;assigned to - technician;description;",
    ],
    ids=["french", "spanish", "portuguese", "capitals"],
)
def test_the_header_is_known_in_several_languages(tmp_path, header):
    line = ROW if header.endswith(";") else ROW.removesuffix(";")
    source = opened(write(tmp_path, "glpi.csv", f"{header}\n{line}\n"))
    (record,) = source.records()
    assert (source.reader, source.helpdesk) == ("glpi", "glpi")
    assert record.values["requester"] == {
        "kind": "customer",
        "name": "Quill Wanda",
        "external_id": "Quill Wanda",
    }
    assert record.values["assignee"]["name"] == "Brook Ada"
    assert (record.values["opened_at"], record.values["description"]) == ("2024-01-31 09:05", "text")


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("New", "1"),
        ("en cours (attribué)", "2"),
        ("Pendente", "4"),
        ("Clos", "6"),
        ("5", "5"),
        ("Mystery", "Mystery"),
    ],
)
def test_statuses_are_codes_in_every_language_and_unknown_ones_stay(tmp_path, word, code):
    assert row(tmp_path, ROW.replace("Processing (assigned)", word))["status"] == code


def test_several_people_in_one_cell_are_several(tmp_path):
    values = row(tmp_path, ROW.replace("Quill Wanda", "Quill Wanda <br>w@example.com"))
    assert [each["name"] for each in values["requesters"]] == ["Quill Wanda", "w@example.com"]
    assert values["requesters"][1]["email"] == "w@example.com"
    assert values["requester"]["name"] == "Quill Wanda"


@pytest.mark.parametrize(
    ("written", "format"),
    [
        ("&lt;p&gt;a&lt;/p&gt;", "escaped-html"),
        ("&#60;p&#62;a", "escaped-html"),
        ("<p>a</p>", "html"),
        ("a < b & c &lt; d", "text"),
    ],
)
def test_descriptions_say_in_what_they_are_written(tmp_path, written, format):
    quoted = '"' + written + '"'
    assert row(tmp_path, ROW.replace(";text;", f";{quoted};"))["description_format"] == format


@pytest.mark.parametrize(
    "header",
    ["ID;Title;Status;Start - End;A - B;x;y;z;", "ID;Title;Watcher - Watcher;Assigned to - Group;a;b;c;d;"],
)
def test_other_tables_with_dashes_are_not_glpis(tmp_path, header):
    assert opened(write(tmp_path, "t.csv", f"{header}x\n1;2;3;4;5;6;7;8;9\n")).helpdesk == ""
