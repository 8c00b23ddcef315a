"""What Excel demands of a workbook before it opens it without a word, checked part by part.

Written from ECMA-376 (part 1: sections 18.2, 18.3, 18.7, 18.8; part 2: packages; part 4: section 19.4) and from
Excel's documented limits, not from the code that writes workbooks.
"""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
OFFICE = "{urn:schemas-microsoft-com:office:office}"
EXCEL = "{urn:schemas-microsoft-com:office:excel}"
VML = "{urn:schemas-microsoft-com:vml}"

ORDER = {
    "worksheet": "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection "
    "protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr "
    "conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks "
    "colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF "
    "picture oleObjects controls webPublishItems tableParts extLst",
    "workbook": "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups "
    "externalReferences definedNames calcPr",
    "styleSheet": "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst",
    "comments": "authors commentList",
    "font": "b i strike condense extend outline shadow u vertAlign sz color name family charset scheme",
    "border": "left right top bottom diagonal",
}
MOST_COLUMNS, MOST_ROWS, MOST_CHARACTERS, MOST_WIDTH = 16_384, 1_048_576, 32_767, 255
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
CELL = re.compile(r"([A-Z]{1,3})([1-9][0-9]*)")


def faults_of(path: Path) -> list[str]:
    """Everything for which Excel would refuse a workbook or offer to repair it; empty for a sound one."""
    with zipfile.ZipFile(path) as package:
        return [*_container(path, package), *_parts(package)]


def texts_of(path: Path, sheet: int) -> list[list[str]]:
    """The texts of a sheet as a spreadsheet reads them, escapes undone from left to right."""
    with zipfile.ZipFile(path) as package:
        root = ElementTree.fromstring(package.read(f"xl/worksheets/sheet{sheet}.xml"))
    return [[_text(cell) for cell in row] for row in root.iter(f"{MAIN}row")]


def _text(cell: Element) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), "".join(cell.itertext()))


# --- the package ------------------------------------------------------------------------------


def _container(path: Path, package: zipfile.ZipFile) -> Iterator[str]:
    names = package.namelist()
    if len(set(map(str.casefold, names))) < len(names):
        yield "two parts have the same name"
    content = path.read_bytes()
    for entry in package.infolist():
        (extra_length,) = struct.unpack_from("<H", content, entry.header_offset + 28)
        (local_size,) = struct.unpack_from("<L", content, entry.header_offset + 22)
        if extra_length or entry.extra or local_size != entry.file_size or entry.extract_version > 20:
            yield f"{entry.filename}: more than plain ZIP, which Excel does not take from everybody"
    types = ElementTree.fromstring(package.read("[Content_Types].xml"))
    defaults = {each.get("Extension") for each in types.iter(f"{TYPES}Default")}
    overrides = {str(each.get("PartName")).removeprefix("/") for each in types.iter(f"{TYPES}Override")}
    yield from (f"{name}: is declared and not there" for name in overrides - set(names))
    yield from (f"{name}: has no type" for name in names if name.rpartition(".")[2] not in defaults)
    for name in names:
        if name.endswith(".rels"):
            yield from _relations(package, name)


def _relations(package: zipfile.ZipFile, name: str) -> Iterator[str]:
    ids = [each.get("Id") for each in ElementTree.fromstring(package.read(name))]
    if len(set(ids)) < len(ids):
        yield f"{name}: an id stands twice"
    for target in _targets(package, name.replace("_rels/", "").removesuffix(".rels")).values():
        if target not in package.namelist():
            yield f"{name}: {target} is not there"


def _targets(package: zipfile.ZipFile, part: str) -> dict[str, str]:
    """What a part is related to, by the ids that it uses."""
    folder, _, file = part.rpartition("/")
    rels = posixpath.join(folder, "_rels", f"{file}.rels")
    if rels not in package.namelist():
        return {}
    root = ElementTree.fromstring(package.read(rels))
    return {
        str(each.get("Id")): posixpath.normpath(posixpath.join(folder, str(each.get("Target"))))
        for each in root.iter(f"{PACKAGE}Relationship")
    }


# --- the parts --------------------------------------------------------------------------------


def _parts(package: zipfile.ZipFile) -> Iterator[str]:
    workbook = ElementTree.fromstring(package.read("xl/workbook.xml"))
    styles = ElementTree.fromstring(package.read("xl/styles.xml"))
    yield from _workbook(workbook)
    yield from _styles(styles)
    targets = _targets(package, "xl/workbook.xml")
    looks = len(styles.find(f"{MAIN}cellXfs") or ())
    for sheet in workbook.iter(f"{MAIN}sheet"):
        part = targets[str(sheet.get(f"{RELATED}id"))]
        yield from (f"{sheet.get('name')}: {fault}" for fault in _sheet(package, part, looks))


def _in_order(root: Element) -> Iterator[str]:
    for element in root.iter():
        kind = element.tag.removeprefix(MAIN)
        if kind in ORDER:
            order = ORDER[kind].split()
            places = [order.index(child.tag.removeprefix(MAIN)) for child in element]
            if places != sorted(set(places)):
                yield f"{kind}: its parts are not in order: {[child.tag for child in element]}"


def _workbook(root: Element) -> Iterator[str]:
    yield from _in_order(root)
    sheets = list(root.iter(f"{MAIN}sheet"))
    names = [str(sheet.get("name")) for sheet in sheets]
    for name in names:
        if not 1 <= len(name) <= 31 or re.search(r"[\[\]:*?/\\]|^'|'$", name):
            yield f"{name}: no name of a sheet"
    if len({name.casefold() for name in names}) < len(names):
        yield "two sheets have the same name"
    if len({sheet.get("sheetId") for sheet in sheets}) < len(sheets):
        yield "two sheets have the same id"
    if sheets[0].get("state") is not None:
        yield "the sheet that is shown first is hidden"
    for name in root.iter(f"{MAIN}definedName"):
        place, reference = int(str(name.get("localSheetId"))), str(name.text)
        if not re.fullmatch(rf"'{re.escape(names[place])}'!\$[A-Z]+\$1:\$[A-Z]+\$[0-9]+", reference):
            yield f"a filter covers what is none of its sheet: {reference}"


def _styles(root: Element) -> Iterator[str]:
    yield from _in_order(root)
    sizes = {}
    for group in root:
        sizes[group.tag.removeprefix(MAIN)] = len(group)
        if int(str(group.get("count"))) != len(group):
            yield f"{group.tag}: is miscounted"
    for look in root.iter(f"{MAIN}xf"):
        for kind, group in (("fontId", "fonts"), ("fillId", "fills"), ("borderId", "borders")):
            if int(str(look.get(kind))) >= sizes[group]:
                yield f"a look asks for a {kind} that is not there"


def _sheet(package: zipfile.ZipFile, part: str, looks: int) -> Iterator[str]:
    root = ElementTree.fromstring(package.read(part))
    yield from _in_order(root)
    yield from _columns(root, looks)
    yield from _cells(root, looks)
    yield from _rules(root)
    drawing = root.find(f"{MAIN}legacyDrawing")
    targets = _targets(package, part)
    if (drawing is None) != (not targets):
        yield "comments and the drawing that shows them belong together"
    if drawing is not None:
        vml = targets[str(drawing.get(f"{RELATED}id"))]
        (comments,) = (target for target in targets.values() if target != vml)
        yield from _comments(
            ElementTree.fromstring(package.read(comments)), ElementTree.fromstring(package.read(vml))
        )


def _columns(root: Element, looks: int) -> Iterator[str]:
    last = 0
    for column in root.iter(f"{MAIN}col"):
        first, end = int(str(column.get("min"))), int(str(column.get("max")))
        if not last < first <= end <= MOST_COLUMNS:
            yield f"columns overlap, or are too many: {first} to {end}"
        if not 0 < float(str(column.get("width"))) <= MOST_WIDTH or int(column.get("style", 0)) >= looks:
            yield f"column {first} looks like nothing that there is"
        last = end


def _cells(root: Element, looks: int) -> Iterator[str]:
    last_row = 0
    for row in root.iter(f"{MAIN}row"):
        number, last_column = int(str(row.get("r"))), 0
        if not last_row < number <= MOST_ROWS:
            yield f"row {number} is out of order"
        for cell in row:
            column, of_row = _place(str(cell.get("r")))
            if of_row != number or not last_column < column <= MOST_COLUMNS:
                yield f"{cell.get('r')} is out of order"
            if int(cell.get("s", 0)) >= looks or (len(cell) > 0) != (cell.get("t") == "inlineStr"):
                yield f"{cell.get('r')} is neither a text nor blank"
            if len(_text(cell).encode("utf-16-le", "surrogatepass")) > 2 * MOST_CHARACTERS:
                yield f"{cell.get('r')} is too long"
            last_column = column
        last_row = number


def _rules(root: Element) -> Iterator[str]:
    group = root.find(f"{MAIN}dataValidations")
    rules = [] if group is None else list(group)
    if group is not None and (int(str(group.get("count"))) != len(rules) or not rules):
        yield "the lists to choose from are miscounted"
    covered: list[tuple[int, int, int]] = []
    for rule in rules:
        (formula,) = rule
        (first, top), (last, bottom) = map(_place, str(rule.get("sqref")).split(":"))
        if not (first == last and top <= bottom <= MOST_ROWS):
            yield f"a list covers no cells: {rule.get('sqref')}"
        if any(column == first and top <= end and begin <= bottom for column, begin, end in covered):
            yield f"two lists cover the same cells: {rule.get('sqref')}"
        covered.append((first, top, bottom))
        if not 0 < len(formula.text or "") <= 255:
            yield f"a list refers to nothing: {formula.text}"
        if len(rule.get("errorTitle", "")) > 32 or len(rule.get("error", "")) > 225:
            yield "what a list says is too long"


def _comments(root: Element, drawing: Element) -> Iterator[str]:
    yield from _in_order(root)
    authors = len(root.find(f"{MAIN}authors") or ())
    cells = [_place(str(comment.get("ref"))) for comment in root.iter(f"{MAIN}comment")]
    if len(set(cells)) < len(cells):
        yield "a cell has two comments"
    for comment in root.iter(f"{MAIN}comment"):
        text = _text(comment)
        if int(str(comment.get("authorId"))) >= authors or not 0 < len(text) <= MOST_CHARACTERS:
            yield f"the comment of {comment.get('ref')} is nobody's, or too long"
    shapes = list(drawing.iter(f"{VML}shape"))
    drawn = [
        (int(str(shape.findtext(f".//{EXCEL}Column"))) + 1, int(str(shape.findtext(f".//{EXCEL}Row"))) + 1)
        for shape in shapes
    ]
    if drawn != cells:
        yield "not every comment has its box"
    ids = [int(str(shape.get("id")).removeprefix("_x0000_s")) for shape in shapes]
    (blocks,) = (str(each.get("data")).split(",") for each in drawing.iter(f"{OFFICE}idmap"))
    if len(set(ids)) < len(ids) or not {str(each // 1024) for each in ids} <= set(blocks):
        yield "the ids of boxes are not those that were taken"
    for shape in shapes:
        anchor = [int(each) for each in str(shape.findtext(f".//{EXCEL}Anchor")).split(",")]
        if len(anchor) != 8 or min(anchor) < 0 or not (anchor[0] <= anchor[4] and anchor[2] < anchor[6]):
            yield f"a box has no place: {anchor}"


def _place(reference: str) -> tuple[int, int]:
    """Column and row of a cell, counted from 1."""
    found = CELL.fullmatch(reference)
    assert found is not None, reference
    column = 0
    for letter in found[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column, int(found[2])
