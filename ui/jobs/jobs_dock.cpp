#include "ui/jobs/jobs_dock.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QDir>
#include <QFontDatabase>
#include <QHeaderView>
#include <QMenu>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>

namespace inflaton::ui {

namespace {

class ProgressDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;
  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const double fraction = index.data(JobsModel::fractionRole).toDouble();
    if (fraction < 0) return QStyledItemDelegate::paint(painter, option, index);
    QStyleOptionProgressBar bar;
    bar.rect = option.rect.adjusted(4, 3, -4, -3);
    bar.palette = option.palette;
    bar.state = option.state | QStyle::State_Horizontal;
    bar.minimum = 0;
    bar.maximum = 1000;
    bar.progress = static_cast<int>(1000 * fraction);
    bar.text = index.data().toString();
    bar.textVisible = true;
    bar.textAlignment = Qt::AlignCenter;
    QApplication::style()->drawControl(QStyle::CE_ProgressBar, &bar, painter);
  }
};

}  // namespace

JobsPanel::JobsPanel(JobBridge* bridge, JobsModel* model, std::function<QString()> runsFolder, QWidget* parent)
    : QWidget(parent),
      bridge_(bridge),
      model_(model),
      scanner_(new RunScanner(std::move(runsFolder), model, this)),
      table_(new QTableView) {
  table_->setObjectName("jobsTable");
  table_->setAccessibleName(tr("Jobs"));
  table_->setModel(model);
  table_->setItemDelegateForColumn(JobsModel::progress, new ProgressDelegate(table_));
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setShowGrid(false);
  table_->setTabKeyNavigation(false);  // Tab goes on, the arrows go through the rows
  table_->setAlternatingRowColors(true);
  table_->setWordWrap(false);
  table_->verticalHeader()->hide();
  table_->verticalHeader()->setDefaultSectionSize(table_->fontMetrics().height() + 8);
  table_->horizontalHeader()->setHighlightSections(false);
  table_->horizontalHeader()->setStretchLastSection(true);
  table_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  table_->setColumnWidth(JobsModel::title, 210);
  table_->setColumnWidth(JobsModel::state, 80);
  table_->setColumnWidth(JobsModel::progress, 130);
  table_->setColumnWidth(JobsModel::eta, 90);
  table_->setContextMenuPolicy(Qt::CustomContextMenu);

  cancel_ = button(tr("Cancel"), tr("End the job now; what it wrote stays readable"), [this] {
    if (auto* j = current()) bridge_->cancel(j->id);
  });
  keep_ = button(tr("Stop and keep"), tr("End the job with what there is, checkpointed"), [this] {
    if (auto* j = current()) bridge_->finish(j->id);
  });
  folder_ = button(tr("Open folder"), tr("Show the job's folder in the file manager"), [this] { openFolder(); });
  log_ = button(tr("Log"), tr("Show the job's last log lines"), [this] {
    if (auto* j = current()) Q_EMIT logRequested(j->id);
  });
  copy_ = button(tr("Copy as Command"), tr("Copy the command line that repeats the job"), [this] { copyCommand(); });
  clear_ = button(tr("Clear ended"), tr("Take finished, failed, cancelled and lost jobs off the list; their folders stay"),
                  [this] { model_->clearEnded(); });

  auto* buttons = new QHBoxLayout;
  buttons->setContentsMargins(4, 2, 4, 0);
  for (QToolButton* b : {cancel_, keep_, folder_, log_, copy_}) buttons->addWidget(b);
  buttons->addStretch();
  buttons->addWidget(clear_);
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(2);
  column->addLayout(buttons);
  column->addWidget(table_);

  connect(table_, &QTableView::customContextMenuRequested, this, [this](const QPoint& at) {
    if (!current()) return;
    QMenu menu;
    for (QToolButton* b : {cancel_, keep_, folder_, log_, copy_})
      menu.addAction(b->text(), b, &QToolButton::click)->setEnabled(b->isEnabled());
    menu.exec(table_->viewport()->mapToGlobal(at));
  });
  connect(table_, &QTableView::doubleClicked, this, [this] { openFolder(); });
  connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] { updateButtons(); });
  connect(model, &QAbstractItemModel::dataChanged, this, [this] { updateButtons(); });
  connect(model, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex&, int first) {
    if (!model_->isRun(first)) table_->selectRow(first);
    updateButtons();
  });
  connect(model, &QAbstractItemModel::rowsRemoved, this, [this] { updateButtons(); });
  updateButtons();
}

QToolButton* JobsPanel::button(const QString& text, const QString& tip, const std::function<void()>& act) {
  auto* b = new QToolButton;
  b->setText(text);
  b->setToolTip(tip);
  b->setAutoRaise(true);
  connect(b, &QToolButton::clicked, this, act);
  return b;
}

const JobStatus* JobsPanel::current() const { return model_->job(table_->currentIndex().row()); }

void JobsPanel::updateButtons() {
  const JobStatus* job = current();
  const bool own = job && !model_->isRun(table_->currentIndex().row());
  cancel_->setEnabled(own && isActive(*job));
  keep_->setEnabled(own && job->state == JobState::running);
  folder_->setEnabled(job && !job->folder.empty());
  log_->setEnabled(own);
  copy_->setEnabled(job && !job->command.empty());
  clear_->setEnabled(model_->hasEnded());
}

void JobsPanel::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  scanner_->setWatching(true);
}

void JobsPanel::hideEvent(QHideEvent* event) {
  scanner_->setWatching(false);
  QWidget::hideEvent(event);
}

void JobsPanel::openFolder() {
  const JobStatus* job = current();
  if (!job || job->folder.empty()) return;
  const QString folder = QString::fromStdString(job->folder);
  if (!QDir(folder).exists()) return Q_EMIT said(tr("The folder %1 is not there any more").arg(folder));
  QDesktopServices::openUrl(QUrl::fromLocalFile(folder));
  Q_EMIT said(tr("Opening %1").arg(folder));
}

void JobsPanel::copyCommand() {
  if (const JobStatus* job = current()) {
    Q_EMIT copying(job->id);
    QApplication::clipboard()->setText(QString::fromStdString(job->command));
    Q_EMIT said(tr("Command copied: paste it in a terminal to repeat the job"));
  }
}

LogPanel::LogPanel(JobBridge* bridge, JobsModel* model, QWidget* parent) : QPlainTextEdit(parent), bridge_(bridge), model_(model) {
  setObjectName("log");
  setAccessibleName(tr("Log"));
  setReadOnly(true);
  setMaximumBlockCount(5000);
  setLineWrapMode(QPlainTextEdit::NoWrap);
  setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  setPlaceholderText(tr("Jobs write their log here."));
  connect(model, &QAbstractItemModel::dataChanged, this, [this](const QModelIndex& from, const QModelIndex& to) {
    for (int row = from.row(); row <= to.row(); ++row)
      if (const JobStatus* job = model_->job(row); job && job->id == id_) refresh();
  });
  connect(model, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex&, int first) {
    if (!model_->isRun(first)) show(model_->job(first)->id);
  });
}

void LogPanel::show(std::uint64_t id) {
  id_ = id;
  shown_ = 0;
  clear();
  refresh();
}

void LogPanel::refresh() {
  const JobLog log = bridge_->log(id_);
  const std::uint64_t end = log.first + log.lines.size();
  if (end <= shown_) return;
  const bool atEnd = verticalScrollBar()->value() >= verticalScrollBar()->maximum() - 2;
  // Only what is new is appended, so that a selection survives.
  for (std::uint64_t line = std::max(shown_, log.first); line < end; ++line)
    appendPlainText(QString::fromStdString(log.lines[static_cast<std::size_t>(line - log.first)]));
  shown_ = end;
  if (atEnd) verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

}  // namespace inflaton::ui
