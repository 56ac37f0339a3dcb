"""Workbooks as programs write them, made by hand, so that some can be hostile."""

import io
from collections.abc import Iterable, Sequence
from zipfile import ZIP_DEFLATED, ZipFile

_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OPEN = "urn:oasis:names:tc:opendocument:xmlns"


def archive(files: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with ZipFile(content, "w", ZIP_DEFLATED) as opened:
        for name, text in files.items():
            opened.writestr(name, text)
    return content.getvalue()


def xlsx(*sheets: str, shared: Iterable[str] = ()) -> bytes:
    """Of each sheet its rows, as XML."""
    files = {
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType="application/'
            'vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1"'
            f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/styles.xml": (
            f'<styleSheet xmlns="{_SHEET}"><cellXfs><xf numFmtId="0"/>'
            '<xf numFmtId="14"/></cellXfs></styleSheet>'
        ),
    }
    named = related = ""
    for number, rows in enumerate(sheets, start=1):
        named += f'<sheet name="Sheet{number}" sheetId="{number}" r:id="r{number}"/>'
        related += (
            f'<Relationship Id="r{number}" Type="{_OFFICE}/worksheet"'
            f' Target="worksheets/sheet{number}.xml"/>'
        )
        files[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_SHEET}"><sheetData>{rows}</sheetData></worksheet>'
        )
    files["xl/workbook.xml"] = (
        f'<workbook xmlns="{_SHEET}" xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>'
    )
    texts = "".join(f"<si><t>{text}</t></si>" for text in shared)
    files["xl/sharedStrings.xml"] = f'<sst xmlns="{_SHEET}">{texts}</sst>'
    files["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{_PACKAGE}/relationships">{related}'
        f'<Relationship Id="rs" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="rt" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        "</Relationships>"
    )
    return archive(files)


def text_cell(where: str, text: str) -> str:
    return f'<c r="{where}" t="inlineStr"><is><t>{text}</t></is></c>'


def ods(*sheets: str, before: str = "") -> bytes:
    tables = ""
    for number, rows in enumerate(sheets, start=1):
        tables += f'<table:table table:name="Sheet{number}">{rows}</table:table>'
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": (f'<m:manifest xmlns:m="{_OPEN}:manifest:1.0"/>'),
            "content.xml": (
                f'{before}<office:document-content xmlns:office="{_OPEN}:office:1.0"'
                f' xmlns:table="{_OPEN}:table:1.0" xmlns:text="{_OPEN}:text:1.0">'
                f"<office:body><office:spreadsheet>{tables}</office:spreadsheet>"
                "</office:body></office:document-content>"
            ),
        }
    )


def ods_row(texts: Sequence[str], repeated: int = 1) -> str:
    """With the cells without anything that fill it up."""
    cells = ""
    for text in texts:
        cells += (
            '<table:table-cell office:value-type="string">'
            f"<text:p>{text}</text:p></table:table-cell>"
        )
    cells += f'<table:table-cell table:number-columns-repeated="{16384 - len(texts)}"/>'
    return f'<table:table-row table:number-rows-repeated="{repeated}">{cells}</table:table-row>'
