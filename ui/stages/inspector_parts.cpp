#include "ui/stages/inspector_parts.h"

#include <QButtonGroup>
#include <QFile>
#include <QHBoxLayout>
#include <QPainter>
#include <QScrollArea>
#include <QToolButton>

#include "ui/shell/accent_button.h"
#include "ui/style/colors.h"

namespace inflaton::ui {

QLabel* heading(const QString& text) {
  auto* label = new QLabel(text);
  QFont font = label->font();
  font.setBold(true);
  font.setPointSizeF(font.pointSizeF() * 1.1);
  label->setFont(font);
  return label;
}

QLabel* sideNote(const QString& text) {
  auto* label = new QLabel(text);
  label->setWordWrap(true);
  label->setForegroundRole(QPalette::PlaceholderText);
  return label;
}

QLabel* attention(const QString& text) {
  auto* label = new QLabel(text);
  label->setWordWrap(true);
  label->setForegroundRole(QPalette::BrightText);
  return label;
}

QPushButton* actionButton(QObject* receiver, const QString& id, const QString& text, const QString& tip, const std::function<void()>& act) {
  auto* b = new QPushButton(text);
  b->setObjectName(id);
  b->setToolTip(tip);
  b->setAutoDefault(false);
  b->setFocusPolicy(Qt::TabFocus);
  QObject::connect(b, &QPushButton::clicked, receiver, act);
  return b;
}

QWidget* scrolled(QWidget* content) {
  auto* area = new QScrollArea;
  area->setFrameShape(QFrame::NoFrame);
  area->setWidgetResizable(true);
  area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  area->setWidget(content);
  return area;
}

Choice::Choice(const QString& left, const QString& right, QWidget* parent) : QWidget(parent), left_(new AccentButton(left)), right_(new AccentButton(right)) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  auto* group = new QButtonGroup(this);
  for (QPushButton* b : {left_, right_}) {
    b->setCheckable(true);
    b->setAutoDefault(false);
    b->setFocusPolicy(Qt::TabFocus);  // after a click, Space plays
    group->addButton(b);
    row->addWidget(b);
  }
  left_->setChecked(true);
  connect(left_, &QPushButton::clicked, this, [this] { Q_EMIT chosen(false); });
  connect(right_, &QPushButton::clicked, this, [this] { Q_EMIT chosen(true); });
}

void Choice::choose(bool right) { (right ? right_ : left_)->setChecked(true); }

ScheduleSwitch::ScheduleSwitch(Session* session, QWidget* parent)
    : QWidget(parent), session_(session), choice_(new Choice(tr("PRP: keep all"), tr("PRR: reduce"))),
      inflation_(new Choice(tr("As the reference"), tr("Proportional (paper)"))), keepRow_(new QWidget), keep_(new QSpinBox), about_(sideNote()) {
  choice_->left()->setObjectName("prp");
  choice_->right()->setObjectName("prr");
  choice_->left()->setToolTip(tr("Participation-ratio preserving: every axis is kept; the latent space has as many dimensions as the data (--dims_to_keep 0)"));
  choice_->right()->setToolTip(tr("Participation-ratio reducing: the largest eigen-axes are kept, the others are compressed (--dims_to_keep)"));
  for (QPushButton* b : {choice_->left(), choice_->right()}) {
    QFont font = b->font();
    font.setBold(true);
    b->setFont(font);
    b->setMinimumHeight(b->sizeHint().height() + 6);
  }
  inflation_->left()->setObjectName("asReference");
  inflation_->right()->setObjectName("proportional");
  inflation_->left()->setToolTip(tr("The same noise on every axis, as the reference's code has it; ends in N(0, I) (--schedule reference)"));
  inflation_->right()->setToolTip(tr("Noise in proportion to each axis's own variance, equations 9 and 10 of the paper (--schedule paper)"));
  auto* difference = sideNote(tr("As the reference: every axis gets the same noise; the end is N(0, I). Proportional: each axis inflates in proportion to its own variance, "
                                 "so PRP keeps the participation ratio exactly."));
  difference->setObjectName("inflationAbout");
  keep_->setObjectName("keep");
  keep_->setToolTip(tr("Eigen-axes kept (--dims_to_keep)"));
  auto* row = new QHBoxLayout(keepRow_);
  row->setContentsMargins(0, 0, 0, 0);
  row->addWidget(new QLabel(tr("Dimensions kept")));
  row->addStretch();
  row->addWidget(keep_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(4);
  column->addWidget(choice_);
  column->addWidget(keepRow_);
  column->addWidget(about_);
  column->addSpacing(2);
  column->addWidget(inflation_);
  column->addWidget(difference);
  connect(inflation_, &Choice::chosen, this, [this](bool proportional) {
    session_->setProportional(proportional);
    follow();
  });
  connect(choice_, &Choice::chosen, this, [this](bool reduce) { set(reduce ? std::max<std::int64_t>(1, session_->dataDim() - 1) : 0); });
  connect(keep_, &QSpinBox::valueChanged, this, [this](int keep) { set(keep); });
  connect(session_, &Session::experimentChanged, this, &ScheduleSwitch::follow);
  connect(session_, &Session::flowFinished, this, &ScheduleSwitch::follow);
  follow();
}

void ScheduleSwitch::set(std::int64_t keep) {
  session_->edit(keep == 0 ? tr("Schedule PRP") : tr("Schedule PRR"), [keep](Experiment& e) {
    e.flow.dims_to_keep = keep;
    e.followFlow();
  });
  follow();
}

void ScheduleSwitch::follow() {
  const int dim = session_->dataDim();
  const auto keep = session_->experiment().schedule().dims_to_keep;
  const bool reduce = keep > 0 && keep < dim;
  choice_->choose(reduce);
  inflation_->choose(session_->experiment().schedule().schedule == "paper");
  choice_->right()->setText(dim > 0 ? tr("PRR: %1D \u2192 %2D").arg(dim).arg(reduce ? keep : std::max(1, dim - 1)) : tr("PRR: reduce"));
  choice_->left()->setText(dim > 0 ? tr("PRP: keep %1D").arg(dim) : tr("PRP: keep all"));
  keepRow_->setVisible(reduce && dim > 2);
  const QSignalBlocker block(keep_);
  keep_->setRange(1, std::max(1, dim - 1));
  keep_->setValue(static_cast<int>(std::max<std::int64_t>(1, keep)));
  const bool proportional = session_->experiment().schedule().schedule == "paper";
  about_->setText(reduce && keep == 1 ? tr("The largest axis inflates to a Gaussian; the others are squeezed flat.")
                  : reduce       ? tr("The %1 largest axes inflate to a Gaussian; the others are squeezed flat.").arg(keep)
                  : proportional ? tr("Every axis inflates; the latent space is a Gaussian as wide as the data.")
                                 : tr("Every axis inflates; the latent space is a round Gaussian."));
}

HelpSection::HelpSection(const QString& page, QWidget* parent) : QWidget(parent), fold_(new QToolButton), text_(new QLabel) {
  fold_->setText(tr("What is this?"));
  fold_->setCheckable(true);
  fold_->setAutoRaise(true);
  fold_->setArrowType(Qt::RightArrow);
  fold_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  fold_->setToolTip(tr("A short explanation with the equation"));
  text_->setWordWrap(true);
  text_->setTextFormat(Qt::MarkdownText);
  text_->setTextInteractionFlags(Qt::TextBrowserInteraction);
  text_->setText(helpText(page));
  text_->hide();
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->addWidget(fold_);
  column->addWidget(text_);
  connect(fold_, &QToolButton::toggled, this, [this](bool on) {
    fold_->setArrowType(on ? Qt::DownArrow : Qt::RightArrow);
    text_->setVisible(on);
  });
}

QString helpText(const QString& page) {
  QFile file(QString::fromStdString(resourceFolder()) + "/help/" + page + ".md");
  return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

EigenBars::EigenBars(ViewState* state, QWidget* parent) : QWidget(parent), state_(state) {
  setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  connect(state, &ViewState::simulationChanged, this, [this] {
    if (const auto simulation = state_->simulation()) {
      QString says = tr("Eigenvalues:");
      for (double xi : simulation->basis.eigenvalues) says += QStringLiteral(" %1").arg(xi, 0, 'g', 3);
      setAccessibleName(says);
    }
    updateGeometry();
    update();
  });
}

QSize EigenBars::sizeHint() const {
  const auto simulation = state_->simulation();
  const int rows = simulation ? simulation->basis.dim : 2;
  return {200, (rows + 1) * (fontMetrics().height() + 5) + 2};
}

void EigenBars::paintEvent(QPaintEvent*) {
  const auto simulation = state_->simulation();
  if (!simulation) return;
  const std::vector<double>& xi = simulation->basis.eigenvalues;
  double total = 0;
  for (double v : xi) total += v;
  QPainter painter(this);
  painter.setRenderHint(QPainter::Antialiasing);
  const Theme theme = Theme::fromPalette(palette());
  const int line = fontMetrics().height() + 5;
  const int number = fontMetrics().horizontalAdvance("00.000  100 %"), name = fontMetrics().horizontalAdvance("PC 16 ");
  const int room = std::max(10, width() - name - number - 8);
  for (std::size_t j = 0; j < xi.size(); ++j) {
    const int top = static_cast<int>(j) * line;
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(QRect(0, top, name, line), Qt::AlignVCenter | Qt::AlignLeft, QStringLiteral("PC %1").arg(j + 1));
    painter.setPen(Qt::NoPen);
    painter.setBrush(mix(palette().color(QPalette::Window), theme.grid, 0.6));
    painter.drawRoundedRect(QRectF(name, top + 4, room, line - 8), 2, 2);
    painter.setBrush(theme.accent);
    painter.drawRoundedRect(QRectF(name, top + 4, std::max(2.0, room * xi[j] / xi[0]), line - 8), 2, 2);
    painter.setPen(palette().color(QPalette::WindowText));
    painter.drawText(QRect(width() - number, top, number, line), Qt::AlignVCenter | Qt::AlignRight,
                     tr("%1  %2 %").arg(xi[j], 0, 'f', 3).arg(static_cast<int>(0.5 + 100 * xi[j] / total), 3));
  }
  painter.setPen(palette().color(QPalette::PlaceholderText));
  painter.drawText(QRect(0, static_cast<int>(xi.size()) * line, width(), line), Qt::AlignVCenter | Qt::AlignLeft,
                   tr("Participation ratio %1 of %2").arg(participationRatio(xi), 0, 'f', 2).arg(xi.size()));
}

}  // namespace inflaton::ui
