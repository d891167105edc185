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

JobsPanel::JobsPanel(JobBridge* bridge, JobsModel* model, QWidget* parent)
    : QWidget(parent), bridge_(bridge), model_(model), table_(new QTableView) {
  table_->setObjectName("jobsTable");
  table_->setAccessibleName(tr("Jobs"));
  table_->setModel(model);
  table_->setItemDelegateForColumn(JobsModel::progress, new ProgressDelegate(table_));
  table_->setSelectionBehavior(QAbstractItemView::SelectRows);
  table_->setSelectionMode(QAbstractItemView::SingleSelection);
  table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
  table_->setShowGrid(false);
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
  clear_ = button(tr("Clear ended"), tr("Take finished, failed and cancelled jobs off the list; their folders stay"),
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
  connect(model, &QAbstractItemModel::rowsInserted, this, [this](const QModelIndex&, int first) { table_->selectRow(first); });
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
  cancel_->setEnabled(job && isActive(*job));
  keep_->setEnabled(job && job->state == JobState::running);
  folder_->setEnabled(job && !job->folder.empty());
  log_->setEnabled(job);
  copy_->setEnabled(job && !job->command.empty());
  bool ended = false;
  for (int row = 0; row < model_->rowCount(); ++row) ended |= !isActive(*model_->job(row));
  clear_->setEnabled(ended);
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

LogPanel::LogPanel(JobsModel* model, QWidget* parent) : QPlainTextEdit(parent), model_(model) {
  setObjectName("log");
  setAccessibleName(tr("Log"));
  setReadOnly(true);
  setMaximumBlockCount(5000);
  setLineWrapMode(QPlainTextEdit::NoWrap);
  setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
  setPlaceholderText(tr("Jobs write their log here."));
  connect(model, &QAbstractItemModel::dataChanged, this, [this] { refresh(); });
  connect(model, &QAbstractItemModel::rowsInserted, this, [this] {
    if (const JobStatus* newest = model_->job(0)) show(newest->id);
  });
}

void LogPanel::show(std::uint64_t id) {
  id_ = id;
  shownLines_ = 0;
  shownLast_.clear();
  clear();
  refresh();
}

void LogPanel::refresh() {
  const JobStatus* job = model_->find(id_);
  if (!job) return;
  const std::string last = job->log.empty() ? std::string() : job->log.back();
  if (job->log.size() == shownLines_ && last == shownLast_) return;
  const bool atEnd = verticalScrollBar()->value() >= verticalScrollBar()->maximum() - 2;
  if (job->log.size() > shownLines_) {  // grew: append only what is new, so that a selection survives
    for (std::size_t i = shownLines_; i < job->log.size(); ++i) appendPlainText(QString::fromStdString(job->log[i]));
  } else {  // the window of last lines slid on
    QStringList lines;
    for (const std::string& line : job->log) lines << QString::fromStdString(line);
    setPlainText(lines.join('\n'));
  }
  shownLines_ = job->log.size();
  shownLast_ = last;
  if (atEnd) verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

}  // namespace inflaton::ui
