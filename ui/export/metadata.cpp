#include "ui/export/metadata.h"

#include <zlib.h>

#include <QString>
#include <QXmlStreamReader>
#include <QtEndian>

namespace inflaton::ui {
namespace {

quint32 checksum(const QByteArray& bytes) {
  return static_cast<quint32>(crc32_z(0, reinterpret_cast<const Bytef*>(bytes.constData()), static_cast<z_size_t>(bytes.size())));
}

QByteArray bigEndian(quint32 v) {
  QByteArray b(4, 0);
  qToBigEndian(v, b.data());
  return b;
}

constexpr int kHeader = 8 + 25;  // signature and IHDR chunk
constexpr char kOpen[] = "<inflaton:recipe>", kClose[] = "</inflaton:recipe>";

}  // namespace

QByteArray asciiJson(const QByteArray& json) {
  QByteArray out;
  for (const QChar c : QString::fromUtf8(json))
    if (c.unicode() < 128)
      out += static_cast<char>(c.unicode());
    else
      out += "\\u" + QByteArray::number(c.unicode(), 16).rightJustified(4, '0');
  return out;
}

QByteArray pngWithText(const QByteArray& png, const QByteArray& key, const QByteArray& text) {
  const QByteArray body = QByteArray("tEXt") + key + '\0' + asciiJson(text);
  return png.left(kHeader) + bigEndian(static_cast<quint32>(body.size() - 4)) + body + bigEndian(checksum(body)) + png.mid(kHeader);
}

QByteArray textOfPng(const QByteArray& png, const QByteArray& key) {
  for (qsizetype at = 8; at + 12 <= png.size();) {
    const auto size = qFromBigEndian<quint32>(png.constData() + at);
    if (size > static_cast<quint32>(png.size() - at - 12)) break;
    const QByteArray type = png.mid(at + 4, 4), data = png.mid(at + 8, static_cast<qsizetype>(size));
    if (type == "tEXt" && data.startsWith(key + '\0')) return data.mid(key.size() + 1);
    if (type == "IDAT") break;
    at += 12 + static_cast<qsizetype>(size);
  }
  return {};
}

QByteArray textOfSvg(const QByteArray& svg) {
  QXmlStreamReader xml(svg);
  while (!xml.atEnd())
    if (xml.readNext() == QXmlStreamReader::StartElement && xml.name() == QStringLiteral("desc")) return xml.readElementText().toUtf8();
  return {};
}

QByteArray xmpPacket(const QByteArray& title, const QByteArray& json) {
  return QByteArray(
             "<?xpacket begin='\xEF\xBB\xBF' id='W5M0MpCehiHzreSzNTczkc9d'?>\n"
             "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\n"
             "<rdf:Description rdf:about='' xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:inflaton='urn:inflaton:figure'>\n"
             "<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>") +
         QString::fromUtf8(title).toHtmlEscaped().toUtf8() + "</rdf:li></rdf:Alt></dc:title>\n" + kOpen +
         QString::fromUtf8(asciiJson(json)).toHtmlEscaped().toUtf8() + kClose +
         "\n</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end='w'?>";
}

QByteArray textOfPdf(const QByteArray& pdf) {
  const auto from = pdf.indexOf(kOpen), to = pdf.indexOf(kClose, from);
  if (from < 0 || to < 0) return {};
  QByteArray text = pdf.mid(from + static_cast<qsizetype>(sizeof kOpen) - 1, to - from - static_cast<qsizetype>(sizeof kOpen) + 1);
  return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
}

}  // namespace inflaton::ui
