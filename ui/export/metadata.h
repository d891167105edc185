#pragma once
// The recipe inside the figure.
#include <QByteArray>

namespace inflaton::ui {

/// `png` with a tEXt chunk `key` right after its header. `text` is made ASCII by \u escapes, which JSON allows.
QByteArray pngWithText(const QByteArray& png, const QByteArray& key, const QByteArray& text);
/// XMP packet for a PDF.
QByteArray xmpPacket(const QByteArray& title, const QByteArray& json);
/// JSON without bytes above 127.
QByteArray asciiJson(const QByteArray& json);

QByteArray textOfPng(const QByteArray& png, const QByteArray& key);
QByteArray textOfSvg(const QByteArray& svg);
QByteArray textOfPdf(const QByteArray& pdf);

}  // namespace inflaton::ui
