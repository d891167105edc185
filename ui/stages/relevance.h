#pragma once
// Which parameter matters when: the conditions under which the inspectors show a field (FormLayout::when).
#include <QMap>
#include <QString>

namespace inflaton::ui {

QMap<QString, QString> trainRelevance();
QMap<QString, QString> flowRelevance();

}  // namespace inflaton::ui
