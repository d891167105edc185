#pragma once
// A form made from a parameter table: what the table declares is what the user sees. Nothing here knows a single parameter.
#include <QScrollArea>
#include <QStringList>
#include <map>
#include <memory>
#include <vector>

#include "ui/forms/parameter_field.h"

class QGridLayout;
class QLineEdit;

namespace inflaton::ui {

/// Which fields of the table a form shows, and where. A field that does not matter with the others (ParameterInfo::when) is not shown.
struct FormLayout {
  QStringList front;         ///< in this order, unfolded; empty: every field not declared advanced
  QStringList hiddenGroups;  ///< groups of the table that are shown elsewhere in the window, but for the fields in front
  QStringList shown;         ///< of the hidden groups, shown all the same
  QStringList hidden;        ///< single fields that are shown elsewhere
  QStringList only;          ///< when given: these and those in front, nothing else
};

class ParameterForm : public QWidget {
  Q_OBJECT
 public:
  template <class O>
  static ParameterForm* make(const O& options, const FormLayout& layout = {}, QWidget* parent = nullptr) {
    return new ParameterForm(parameterTable<O>(), std::make_shared<O>(options), std::make_shared<O>(), layout, parent);
  }
  /// The options as edited so far; every field is within its range.
  template <class O>
  const O& options() const {
    return *static_cast<const O*>(options_.get());
  }
  /// Shows other options; emits nothing.
  template <class O>
  void setOptions(const O& o) {
    *static_cast<O*>(options_.get()) = o;
    refresh();
  }
  /// What the reset dots go back to: a preset, say.
  template <class O>
  void setDefaults(const O& o) {
    *static_cast<O*>(defaults_.get()) = o;
    refreshDefaults();
  }

  ParameterField* field(const QString& name) const;  ///< nullptr: hidden or unknown
  bool valid() const;                                ///< no field shows a message and the cross-check passes
  QString problem() const;                           ///< of the cross-check; empty when none
  bool advancedShown() const;
  void setAdvancedShown(bool);
  void search(const QString& words);  ///< unfolds and filters Advanced

 Q_SIGNALS:
  void edited(const QString& name);  ///< the user changed it, and the value is within its range

 private:
  ParameterForm(const ParameterTable&, std::shared_ptr<void> options, std::shared_ptr<void> defaults, const FormLayout&, QWidget* parent);
  void refresh();
  void refreshDefaults();
  void check();
  void addField(const Parameter&, QGridLayout*, bool advanced);
  void updateShown();  ///< what is relevant now, and found by the search

  const ParameterTable& table_;
  std::shared_ptr<void> options_, defaults_;
  std::map<QString, ParameterField*> fields_;
  struct Heading {
    QLabel* label;
    std::vector<ParameterField*> fields;
  };
  std::vector<Heading> headings_;  ///< groups within Advanced
  QLabel* problem_;
  QToolButton* fold_;
  QLineEdit* search_;
  QWidget* advanced_;
};

}  // namespace inflaton::ui
