#include "ui/forms/parameter_field.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QWheelEvent>

#include "ui/forms/number_box.h"
#include "ui/style/locale_numbers.h"

namespace inflaton::ui {

namespace {

/// Scrolling past a closed combo box must not change it.
class CalmComboBox : public QComboBox {
 public:
  using QComboBox::QComboBox;

 protected:
  void wheelEvent(QWheelEvent* event) override { event->ignore(); }
};

QString text(const ParameterValue& value) { return QString::fromStdString(formatParameter(value)); }
/// For people.
QString shownText(const ParameterValue& value) { return std::holds_alternative<double>(value) ? localeNumber(text(value)) : text(value); }
QString shownRange(const ParameterInfo& info) {
  const QString range = QString::fromStdString(info.range());
  return info.kind == ParameterKind::real ? localeText(range) : range;
}

}  // namespace

QString parameterToolTip(const ParameterInfo& info, const ParameterValue& fallback) {
  QString tip = "<p style='white-space:normal'>" + QString::fromStdString(info.help).toHtmlEscaped();
  const auto line = [&](const QString& what) { tip += "<br/>" + what; };
  if (!info.range().empty()) line(ParameterField::tr("Range: %1").arg(shownRange(info).toHtmlEscaped()));
  if (!info.unit.empty()) line(ParameterField::tr("Unit: %1").arg(QString::fromStdString(info.unit).toHtmlEscaped()));
  const QString shown = shownText(fallback);
  line(ParameterField::tr("Default: %1").arg(shown.isEmpty() ? ParameterField::tr("none") : shown.toHtmlEscaped()));
  line(QStringLiteral("<code>--%1</code></p>").arg(QString::fromStdString(info.name)));
  return tip;
}

ParameterField::ParameterField(const Parameter& parameter, const ParameterValue& fallback, QWidget* parent)
    : QObject(parent), parameter_(parameter), value_(fallback), fallback_(fallback) {
  QString caption = QString::fromStdString(parameter.label.empty() ? parameter.name : parameter.label);
  // "Draws (draws)" would say it twice.
  const QString unit = QString::fromStdString(parameter.unit);
  if (!unit.isEmpty() && caption.section(' ', -1).compare(unit, Qt::CaseInsensitive) != 0) caption += QStringLiteral(" (%1)").arg(unit);
  const QString tip = parameterToolTip(parameter, fallback);

  label_ = new QLabel(parameter.kind == ParameterKind::flag ? QString() : caption, parent);
  label_->setWordWrap(true);  // a narrow form breaks long names instead of being cut
  label_->setToolTip(tip);
  editor_ = makeEditor(parent);
  editor_->setObjectName(QString::fromStdString(parameter.name));
  editor_->setToolTip(tip);
  editor_->setAccessibleName(caption);
  editor_->setAccessibleDescription(QString::fromStdString(parameter.help));
  label_->setBuddy(editor_);

  dot_ = new QToolButton(parent);
  dot_->setText(QStringLiteral("\u25CF"));
  dot_->setAutoRaise(true);
  dot_->setFixedSize(18, 18);
  dot_->setAccessibleName(tr("Reset %1").arg(caption));
  QSizePolicy keep = dot_->sizePolicy();
  keep.setRetainSizeWhenHidden(true);
  dot_->setSizePolicy(keep);
  connect(dot_, &QToolButton::clicked, this, [this] {
    accept(fallback_);
    show(fallback_);
  });

  message_ = new QLabel(parent);
  message_->setWordWrap(true);
  message_->setForegroundRole(QPalette::BrightText);  // the palette's colour for what needs attention
  message_->setObjectName("validation");
  message_->hide();
  show(value_);
  updateDot();
}

QWidget* ParameterField::makeEditor(QWidget* parent) {
  switch (parameter_.kind) {
    case ParameterKind::flag: {
      auto* box = new QCheckBox(QString::fromStdString(parameter_.label.empty() ? parameter_.name : parameter_.label), parent);
      show_ = [box](const ParameterValue& v) { box->setChecked(std::get<bool>(v)); };
      connect(box, &QCheckBox::clicked, this, [this](bool on) { accept(on); });
      return box;
    }
    case ParameterKind::integer:
    case ParameterKind::real: {
      auto* box = new NumberBox(parameter_, parent);
      show_ = [box](const ParameterValue& v) { box->setValue(v); };
      connect(box, &NumberBox::edited, this, &ParameterField::accept);
      connect(box, &NumberBox::rejected, this, &ParameterField::refuse);
      return box;
    }
    case ParameterKind::choice: {
      auto* box = new CalmComboBox(parent);
      box->setFocusPolicy(Qt::StrongFocus);
      box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);  // long names must not widen the form
      for (std::size_t i = 0; i < parameter_.choices.size(); ++i) {
        const std::string& label = i < parameter_.choiceLabels.size() ? parameter_.choiceLabels[i] : parameter_.choices[i];
        box->addItem(QString::fromStdString(label), QString::fromStdString(parameter_.choices[i]));
      }
      show_ = [box](const ParameterValue& v) { box->setCurrentIndex(box->findData(text(v))); };
      connect(box, &QComboBox::activated, this, [this, box] { accept(box->currentData().toString().toStdString()); });
      return box;
    }
    case ParameterKind::file:
    case ParameterKind::folder:
      return pathEditor(parent);
    case ParameterKind::text:
      break;
  }
  auto* line = new QLineEdit(parent);
  show_ = [line](const ParameterValue& v) {
    if (line->text() != text(v)) line->setText(text(v));
  };
  connect(line, &QLineEdit::editingFinished, this, [this, line] { accept(line->text().toStdString()); });
  return line;
}

QWidget* ParameterField::pathEditor(QWidget* parent) {
  auto* both = new QWidget(parent);
  auto* line = new QLineEdit;
  auto* pick = new QToolButton;
  pick->setText(QStringLiteral("\u2026"));
  pick->setToolTip(parameter_.kind == ParameterKind::folder ? tr("Choose a folder") : tr("Choose a file"));
  auto* row = new QHBoxLayout(both);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(2);
  row->addWidget(line);
  row->addWidget(pick);
  both->setFocusProxy(line);
  show_ = [line](const ParameterValue& v) { line->setText(text(v)); };
  connect(line, &QLineEdit::editingFinished, this, [this, line] { accept(line->text().toStdString()); });
  connect(pick, &QToolButton::clicked, this, [this, both, line] {
    const QString title = QString::fromStdString(parameter_.label);
    const QString path = parameter_.kind == ParameterKind::folder ? QFileDialog::getExistingDirectory(both, title, line->text())
                                                                  : QFileDialog::getOpenFileName(both, title, line->text());
    if (path.isEmpty()) return;
    line->setText(path);
    accept(path.toStdString());
  });
  return both;
}

void ParameterField::setValue(const ParameterValue& value) {
  value_ = value;
  message_->hide();
  show(value);
  updateDot();
}

void ParameterField::setDefault(const ParameterValue& fallback) {
  fallback_ = fallback;
  const QString tip = parameterToolTip(parameter_, fallback);
  label_->setToolTip(tip);
  editor_->setToolTip(tip);
  updateDot();
}

void ParameterField::setVisible(bool visible) {
  shown_ = visible;
  label_->setVisible(visible && parameter_.kind != ParameterKind::flag);
  editor_->setVisible(visible);
  QSizePolicy keep = dot_->sizePolicy();
  keep.setRetainSizeWhenHidden(visible);  // its place is kept beside a field that is there, and only then
  dot_->setSizePolicy(keep);
  dot_->setVisible(visible && value_ != fallback_);
  if (!visible) message_->hide();
}

bool ParameterField::matches(const QString& words) const {
  const QString all = QString::fromStdString(parameter_.name + " " + parameter_.label + " " + parameter_.help + " " + parameter_.group);
  for (const QString& word : words.split(' ', Qt::SkipEmptyParts))
    if (!all.contains(word, Qt::CaseInsensitive)) return false;
  return true;
}

void ParameterField::show(const ParameterValue& value) { show_(value); }

void ParameterField::accept(const ParameterValue& value) {
  try {
    validateParameter(parameter_, value);
  } catch (const Error& error) {
    return refuse(QString::fromStdString(error.what()));
  }
  message_->hide();
  if (value == value_) return;
  value_ = value;
  updateDot();
  Q_EMIT edited(value);
}

void ParameterField::refuse(const QString& message) {
  message_->setText(message);
  message_->setVisible(shown_);
}

void ParameterField::updateDot() {
  const bool changed = value_ != fallback_;
  dot_->setVisible(changed && shown_);
  if (changed) dot_->setToolTip(tr("Changed. Back to the default: %1").arg(text(fallback_).isEmpty() ? tr("none") : shownText(fallback_)));
}

}  // namespace inflaton::ui
