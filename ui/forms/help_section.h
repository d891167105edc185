#pragma once
// Explanations from resources/help.
#include <QString>
#include <QWidget>

class QLabel;
class QToolButton;

namespace inflaton::ui {

/// "What is this?" over a page of resources/help.
class HelpSection : public QWidget {
  Q_OBJECT
 public:
  explicit HelpSection(const QString& page, QWidget* parent = nullptr);

 private:
  QToolButton* fold_;
  QLabel* text_;
};

/// The Markdown of resources/help/<page>.md; empty when it is not there.
QString helpText(const QString& page);

}  // namespace inflaton::ui
