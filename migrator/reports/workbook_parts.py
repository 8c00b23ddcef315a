"""What makes sheets a workbook: their names, where they lie, what kind each part is, and who wrote it.

Source: Office Open XML, ECMA-376 part 1, section 18.2, and part 2 for packages.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path

from migrator.reports.workbook_cells import NAMES, styles_xml
from migrator.reports.workbook_comments import AUTHOR

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_VENDOR = "application/vnd.openxmlformats"
_CORE = "docProps/core.xml"
_HIDDEN = ' state="hidden"'


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet, as the workbook names it."""

    name: str
    filter_reference: str
    """The cells that its filter covers; "" where it has none."""
    is_hidden: bool
    has_comments: bool


def parts_of(sheets: Sequence[Sheet], ledger_id: str) -> Iterator[tuple[str, str]]:
    """Paths and texts, without the XML head, of everything that is no sheet."""
    last = len(sheets) + 1
    related = [(f"rId{number}", "worksheet", _sheet(number)) for number in range(1, last)]
    yield "[Content_Types].xml", _types(sheets)
    yield (
        "_rels/.rels",
        relations_of(
            [
                ("rId1", "officeDocument", "xl/workbook.xml"),
                ("rId2", f"{_PACKAGE}/relationships/metadata/core-properties", _CORE),
            ]
        ),
    )
    yield _CORE, _core(ledger_id)
    yield "xl/workbook.xml", _workbook(sheets)
    yield "xl/_rels/workbook.xml.rels", relations_of([*related, (f"rId{last}", "styles", "styles.xml")])
    yield "xl/styles.xml", styles_xml()


def relations_of(relations: Iterable[tuple[str, str, str]]) -> str:
    """What a part needs: ids, kinds (short, or whole addresses) and paths."""
    lines = "".join(
        f'<Relationship Id="{each}" Type="{kind if "/" in kind else f"{RELATED}/{kind}"}" Target="{target}"/>'
        for each, kind, target in relations
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _sheet(number: int) -> str:
    return f"worksheets/sheet{number}.xml"


def _workbook(sheets: Sequence[Sheet]) -> str:
    named = "".join(
        f'<sheet name="{escape(sheet.name)}" sheetId="{number}" r:id="rId{number}"'
        f"{_HIDDEN if sheet.is_hidden else ''}/>"
        for number, sheet in enumerate(sheets, start=1)
    )
    filters = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{place}" hidden="1">'
        f"'{escape(sheet.name)}'!{sheet.filter_reference}</definedName>"
        for place, sheet in enumerate(sheets)
        if sheet.filter_reference
    )
    return (
        f'<workbook {NAMES} xmlns:r="{RELATED}"><bookViews><workbookView/></bookViews>'
        f"<sheets>{named}</sheets>"
        f"{f'<definedNames>{filters}</definedNames>' if filters else ''}</workbook>"
    )


def _types(sheets: Sequence[Sheet]) -> str:
    kinds = [("xl/workbook.xml", "sheet.main"), ("xl/styles.xml", "styles")]
    for number, sheet in enumerate(sheets, start=1):
        kinds.append((f"xl/{_sheet(number)}", "worksheet"))
        if sheet.has_comments:
            kinds.append((f"xl/comments{number}.xml", "comments"))
    overrides = "".join(
        f'<Override PartName="/{path}" ContentType="{_VENDOR}-officedocument.spreadsheetml.{kind}+xml"/>'
        for path, kind in kinds
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="{_VENDOR}-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Default Extension="vml" ContentType="{_VENDOR}-officedocument.vmlDrawing"/>{overrides}'
        f'<Override PartName="/{_CORE}" ContentType="{_VENDOR}-package.core-properties+xml"/></Types>'
    )


def _core(ledger_id: str) -> str:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    kind = 'xsi:type="dcterms:W3CDTF"'
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:creator>{AUTHOR}</dc:creator><cp:keywords>{escape(ledger_id)}</cp:keywords>"
        f"<cp:lastModifiedBy>{AUTHOR}</cp:lastModifiedBy>"
        f"<dcterms:created {kind}>{now}</dcterms:created>"
        f"<dcterms:modified {kind}>{now}</dcterms:modified></cp:coreProperties>"
    )


_AS_WE_WROTE_IT = re.compile(
    rb"<dc:creator>migrator</dc:creator>.*<cp:lastModifiedBy>migrator</cp:lastModifiedBy>"
    rb"<dcterms:created[^>]*>([^<]+)<.*<dcterms:modified[^>]*>\1<",
    re.DOTALL,
)


def is_untouched(path: Path) -> bool:
    """Whether a file is a workbook of ours that nobody has saved since; False for anything else."""
    try:
        with zipfile.ZipFile(path) as package:
            return _AS_WE_WROTE_IT.search(package.read(_CORE)) is not None
    except (OSError, EOFError, KeyError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error):
        return False
