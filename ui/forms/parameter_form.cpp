#include "ui/forms/parameter_form.h"

#include <QGridLayout>
#include <QLineEdit>
#include <QVBoxLayout>
#include <algorithm>

#include "core/api/relevance.h"

namespace inflaton::ui {

namespace {
QGridLayout* makeGrid() {
  auto* grid = new QGridLayout;
  grid->setContentsMargins(0, 0, 0, 0);
  grid->setHorizontalSpacing(6);
  grid->setVerticalSpacing(3);
  grid->setColumnStretch(0, 3);
  grid->setColumnStretch(1, 2);
  return grid;
}

constexpr std::size_t kSearchFrom = 6;  ///< fewer fields are seen at a glance

/// A choice between long names needs the width of the form.
bool wide(const Parameter& p) {
  for (const std::string& label : p.choiceLabels)
    if (label.size() > 16) return true;
  return false;
}
}  // namespace

ParameterForm::ParameterForm(const ParameterTable& table, std::shared_ptr<void> options, std::shared_ptr<void> defaults,
                             const FormLayout& layout, QWidget* parent)
    : QWidget(parent), table_(table), options_(std::move(options)), defaults_(std::move(defaults)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(6);

  problem_ = new QLabel;
  problem_->setObjectName("problem");
  problem_->setWordWrap(true);
  problem_->setForegroundRole(QPalette::BrightText);
  problem_->hide();

  QGridLayout* front = makeGrid();
  const auto hidden = [&](const Parameter& p) {
    const QString name = QString::fromStdString(p.name);
    const bool inHiddenGroup = layout.hiddenGroups.contains(QString::fromStdString(p.group)) && !layout.shown.contains(name);
    return inHiddenGroup || layout.hidden.contains(name) ||
           (!layout.only.isEmpty() && !layout.only.contains(name) && !layout.front.contains(name));
  };
  const auto inFront = [&](const Parameter& p) {
    return layout.front.isEmpty() ? !p.advanced : layout.front.contains(QString::fromStdString(p.name));
  };
  if (layout.front.isEmpty()) {
    for (const Parameter& p : table.parameters)
      if (!hidden(p) && inFront(p)) addField(p, front, false);
  } else {
    for (const QString& name : layout.front)
      if (const Parameter* p = table.find(name.toStdString())) addField(*p, front, false);
  }

  advanced_ = new QWidget;
  auto* advancedColumn = new QVBoxLayout(advanced_);
  advancedColumn->setContentsMargins(0, 0, 0, 0);
  search_ = new QLineEdit;
  search_->setObjectName("advancedSearch");
  search_->setPlaceholderText(tr("Search parameters"));
  search_->setClearButtonEnabled(true);
  advancedColumn->addWidget(search_);
  QGridLayout* back = makeGrid();
  std::vector<std::string> groups;
  for (const Parameter& p : table.parameters)
    if (!hidden(p) && !inFront(p) && std::find(groups.begin(), groups.end(), p.group) == groups.end()) groups.push_back(p.group);
  for (const std::string& group : groups) {
    auto* heading = new QLabel(QString::fromStdString(group));
    QFont bold = heading->font();
    bold.setBold(true);
    heading->setFont(bold);
    heading->setVisible(!group.empty());
    back->addWidget(heading, back->rowCount(), 0, 1, 3);
    headings_.push_back({heading, {}});
    for (const Parameter& p : table.parameters)
      if (!hidden(p) && !inFront(p) && p.group == group) addField(p, back, true);
  }
  advancedColumn->addLayout(back);
  advanced_->hide();

  fold_ = new QToolButton;
  fold_->setObjectName("advanced");
  fold_->setText(tr("Advanced"));
  fold_->setToolTip(tr("More parameters, with a search"));
  fold_->setCheckable(true);
  fold_->setAutoRaise(true);
  fold_->setArrowType(Qt::RightArrow);
  fold_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  fold_->setVisible(!headings_.empty());
  std::size_t folded = 0;
  for (const Heading& heading : headings_) folded += heading.fields.size();
  search_->setVisible(folded >= kSearchFrom);

  column->addWidget(problem_);
  column->addLayout(front);
  column->addWidget(fold_);
  column->addWidget(advanced_);

  connect(fold_, &QToolButton::toggled, this, [this](bool on) {
    fold_->setArrowType(on ? Qt::DownArrow : Qt::RightArrow);
    advanced_->setVisible(on);
  });
  connect(search_, &QLineEdit::textChanged, this, [this] { updateShown(); });
  refresh();
  refreshDefaults();
}

void ParameterForm::addField(const Parameter& p, QGridLayout* grid, bool advanced) {
  auto* field = new ParameterField(p, p.get(defaults_.get()), this);
  fields_[QString::fromStdString(p.name)] = field;
  if (advanced) headings_.back().fields.push_back(field);
  const int row = grid->rowCount();
  if (p.kind == ParameterKind::flag) {
    field->label()->hide();
    grid->addWidget(field->editor(), row, 0, 1, 2);
  } else if (wide(p)) {
    grid->addWidget(field->label(), row, 0, 1, 2);
    grid->addWidget(field->editor(), row + 1, 0, 1, 2);
  } else {
    grid->addWidget(field->label(), row, 0);
    grid->addWidget(field->editor(), row, 1);
  }
  grid->addWidget(field->resetDot(), wide(p) ? row + 1 : row, 2);
  grid->addWidget(field->message(), row + 2, 0, 1, 3);
  connect(field, &ParameterField::edited, this, [this, field](const ParameterValue& value) {
    field->parameter().set(options_.get(), value);
    check();
    Q_EMIT edited(QString::fromStdString(field->parameter().name));
  });
}

ParameterField* ParameterForm::field(const QString& name) const {
  const auto found = fields_.find(name);
  return found == fields_.end() ? nullptr : found->second;
}

void ParameterForm::refresh() {
  for (auto& [name, field] : fields_) field->setValue(field->parameter().get(options_.get()));
  check();
}

void ParameterForm::refreshDefaults() {
  for (auto& [name, field] : fields_) field->setDefault(field->parameter().get(defaults_.get()));
}

void ParameterForm::check() {
  QString message;
  if (table_.crossCheck) {
    try {
      table_.crossCheck(options_.get());
    } catch (const Error& error) {
      message = QString::fromStdString(error.what());
    }
  }
  problem_->setText(message);
  problem_->setVisible(!message.isEmpty());
  updateShown();
}

QString ParameterForm::problem() const { return problem_->text(); }

bool ParameterForm::valid() const {
  if (!problem_->text().isEmpty()) return false;
  for (const auto& [name, field] : fields_)
    if (!field->valid()) return false;
  return true;
}

bool ParameterForm::advancedShown() const { return fold_->isChecked(); }
void ParameterForm::setAdvancedShown(bool on) { fold_->setChecked(on); }

void ParameterForm::search(const QString& words) {
  setAdvancedShown(true);
  search_->setText(words);
}

void ParameterForm::updateShown() {
  const QString words = search_->text();
  const auto relevant = [this](const ParameterField* field) { return holds(field->parameter().when, table_, options_.get()); };
  std::map<const ParameterField*, bool> folded;
  for (const Heading& heading : headings_) {
    bool any = false;
    for (ParameterField* field : heading.fields) {
      const bool shown = field->matches(words) && relevant(field);
      field->setVisible(shown);
      folded[field] = true;
      any |= shown;
    }
    heading.label->setVisible(any && !heading.label->text().isEmpty());
  }
  for (const auto& [name, field] : fields_)
    if (!folded.contains(field)) field->setVisible(relevant(field));
}

}  // namespace inflaton::ui
