#include "ui/session/provenance_bar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/session/session.h"

namespace inflaton::ui {

namespace {

/// Half of the window's own colour over a plot; the mouse goes through.
class Veil : public QWidget {
 public:
  explicit Veil(QWidget* plot) : QWidget(plot) {
    setObjectName("veil");
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
    plot->installEventFilter(this);
    hide();
  }

 protected:
  void showEvent(QShowEvent* event) override {
    setGeometry(parentWidget()->rect());
    raise();
    QWidget::showEvent(event);
  }
  bool eventFilter(QObject* plot, QEvent* event) override {
    if (plot == parentWidget() && event->type() == QEvent::Resize) setGeometry(parentWidget()->rect());
    return QWidget::eventFilter(plot, event);
  }
  void paintEvent(QPaintEvent*) override {
    QColor ground = palette().color(QPalette::Window);
    ground.setAlpha(150);
    QPainter(this).fillRect(rect(), ground);
  }
};

}  // namespace

ProvenanceBar::ProvenanceBar(Session* session, QWidget* parent)
    : QFrame(parent), session_(session), text_(new QLabel), back_(new QPushButton(tr("Back to these parameters"))) {
  setObjectName("provenance");
  setFrameShape(QFrame::StyledPanel);
  setAutoFillBackground(true);
  setBackgroundRole(QPalette::ToolTipBase);
  text_->setObjectName("provenanceText");
  text_->setWordWrap(true);
  text_->setTextFormat(Qt::PlainText);
  text_->setForegroundRole(QPalette::BrightText);
  text_->setMinimumWidth(60);
  back_->setObjectName("provenanceBack");
  back_->setAutoDefault(false);
  back_->setFocusPolicy(Qt::TabFocus);
  back_->setToolTip(tr("Set data set, schedule, score, seed and counts as they were for what is shown; one step to undo"));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(10, 3, 4, 3);
  row->addWidget(text_, 1);
  row->addWidget(back_);
  moment_.setSingleShot(true);
  moment_.setInterval(kMoment);
  connect(&moment_, &QTimer::timeout, this, &ProvenanceBar::say);
  connect(back_, &QPushButton::clicked, this, [this] {
    const Provenance shown = shown_;
    session_->edit(tr("Back to %1").arg(shown.subject()), [&shown](Experiment& e) { shown.back(e); });
    if (formBack_) formBack_();
  });
  hide();
}

void ProvenanceBar::dims(const QList<QWidget*>& plots) {
  for (QWidget* plot : plots) veils_ << new Veil(plot);
}

void ProvenanceBar::compare(const Provenance& shown, const Provenance& now, bool renewing) {
  shown_ = shown;
  now_ = now;
  if (shown_.empty() || shown_.same(now_)) {
    moment_.stop();
    return set(false);
  }
  if (!renewing || stale_) return say();
  if (!moment_.isActive()) moment_.start();
}

void ProvenanceBar::say() {
  moment_.stop();
  QString text = tr("Of %1; not the present parameters").arg(shown_.subject());
  const QStringList all = shown_.differences(now_);
  if (shown_.subject() == now_.subject() && !all.isEmpty()) {
    constexpr qsizetype kMost = 3;
    text += QStringLiteral(" (%1%2)").arg(all.mid(0, kMost).join(QStringLiteral("; ")), all.size() > kMost ? tr("; and more") : QString());
  }
  text_->setText(text);
  setToolTip(all.join('\n'));
  setAccessibleName(text);
  set(true);
}

void ProvenanceBar::set(bool stale) {
  stale_ = stale;
  setVisible(stale);
  for (const auto& veil : veils_)
    if (veil) veil->setVisible(stale);
}

QString ProvenanceBar::text() const { return stale_ ? text_->text() : QString(); }

QWidget* under(ProvenanceBar* bar, QWidget* plot) {
  auto* both = new QWidget;
  auto* column = new QVBoxLayout(both);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(bar);
  column->addWidget(plot, 1);
  return both;
}

}  // namespace inflaton::ui
