#pragma once
// One parameter in a form: label, editor of its kind, a dot that resets it, and the message when what was typed cannot be.
#include <QLabel>
#include <QToolButton>
#include <QWidget>
#include <functional>

#include "core/api/parameters.h"

namespace inflaton::ui {

class ParameterField : public QObject {
  Q_OBJECT
 public:
  ParameterField(const Parameter&, const ParameterValue& fallback, QWidget* parent);

  const Parameter& parameter() const { return parameter_; }
  QWidget* label() const { return label_; }  ///< nullptr never; for a flag the check box carries the text
  QWidget* editor() const { return editor_; }
  QToolButton* resetDot() const { return dot_; }
  QLabel* message() const { return message_; }
  bool valid() const { return message_->isHidden(); }

  ParameterValue value() const { return value_; }
  void setValue(const ParameterValue&);  ///< shows it; emits nothing
  void setDefault(const ParameterValue&);
  void setVisible(bool);
  /// Lower-case match against name, label and help.
  bool matches(const QString& words) const;

 Q_SIGNALS:
  void edited(const inflaton::ParameterValue& value);

 private:
  void accept(const ParameterValue&);
  void refuse(const QString& message);
  void show(const ParameterValue&);
  void updateDot();
  QWidget* makeEditor(QWidget* parent);
  QWidget* pathEditor(QWidget* parent);

  const Parameter& parameter_;
  ParameterValue value_, fallback_;
  std::function<void(const ParameterValue&)> show_;
  QLabel* label_;
  QWidget* editor_;
  QToolButton* dot_;
  QLabel* message_;
  bool shown_ = true;
};

/// Help, allowed range, unit, default and option name: what the tooltip says.
QString parameterToolTip(const ParameterInfo&, const ParameterValue& fallback);

}  // namespace inflaton::ui
