#include "ui/export/npy.h"

#include <QDir>
#include <QFileInfo>
#include <QSaveFile>

#include "core/api/error.h"

namespace inflaton::ui {

void writeNpy(const QString& path, const std::vector<float>& values, int columns) {
  QByteArray header = QStringLiteral("{'descr': '<f4', 'fortran_order': False, 'shape': (%1, %2), }")
                          .arg(values.size() / static_cast<std::size_t>(columns))
                          .arg(columns)
                          .toLatin1();
  while ((10 + header.size() + 1) % 64 != 0) header += ' ';
  header += '\n';
  QByteArray bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xff);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(values.data()), static_cast<qsizetype>(values.size() * sizeof(float)));
  QSaveFile file(path);
  if (!QDir().mkpath(QFileInfo(path).absolutePath()) || !file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() ||
      !file.commit())
    throw Error(ErrorCode::failed, path.toStdString() + " could not be written: " + file.errorString().toStdString());
}

}  // namespace inflaton::ui
