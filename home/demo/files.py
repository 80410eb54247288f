"""Small honest PDF files for the library: one page, real words, tagged with a title."""

from __future__ import annotations

import textwrap
from io import BytesIO

from django.core.files.base import ContentFile
from wagtail.documents import get_document_model


def pdf(title: str, lines: list[str]) -> bytes:
    """A one-page A4 file with a heading and paragraphs, in a font that every reader has."""

    def escaped(text: str) -> str:
        plain = text.replace("’", "'").replace("“", '"').replace("”", '"').replace("–", "-")
        return plain.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")

    parts = ["BT /F2 20 Tf 60 770 Td 26 TL", f"({escaped(title)}) Tj T*", "/F1 11.5 Tf 16 TL T*"]
    for line in lines:
        parts += [f"({escaped(piece)}) Tj T*" for piece in textwrap.wrap(line, 84)]
        parts.append("T*")
    parts.append("ET")
    content = "\n".join(parts).encode("cp1252", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (en-GB) /ViewerPreferences << /DisplayDocTitle true >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
        b"<< /Title (%s) >>" % escaped(title).encode("cp1252", "replace"),
    ]
    out = BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for place in places:
        out.write(b"%010d 00000 n \n" % place)
    out.write(b"trailer\n<< /Size %d /Root 1 0 R /Info 7 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))
    return out.getvalue()


def document(slug: str, title: str, lines: list[str]) -> object:
    """The document with this title in the site's collection, made when missing."""
    model = get_document_model()
    there = model.objects.filter(title=title).first()
    if there is not None:
        return there
    made = model(title=title)
    made.file.save(f"demo-{slug}.pdf", ContentFile(pdf(title, lines)), save=False)
    made._set_document_file_metadata()
    made.save()
    return made
