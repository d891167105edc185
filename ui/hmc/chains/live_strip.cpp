#include "ui/hmc/chains/live_strip.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QProgressBar>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/hmc/chains/chain_runner.h"
#include "ui/hmc/chains/chain_verdict.h"
#include "ui/style/locale_numbers.h"
#include "ui/views/plot_box.h"
#include "ui/views/plot_frame.h"

namespace inflaton::ui {

StateMark::StateMark(QWidget* parent) : QWidget(parent) { setFixedSize(13, 13); }

void StateMark::setKind(Kind kind) {
  static const char* const names[] = {QT_TR_NOOP("good"), QT_TR_NOOP("needs attention"), QT_TR_NOOP("under way"), QT_TR_NOOP("at rest")};
  kind_ = kind;
  setAccessibleName(tr(names[static_cast<int>(kind)]));
  setToolTip(accessibleName());
  update();
}

void StateMark::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.setRenderHint(QPainter::Antialiasing);
  const Theme theme = Theme::fromPalette(palette());
  const QPointF c(width() / 2.0, height() / 2.0);
  p.setPen(Qt::NoPen);
  switch (kind_) {
    case Kind::good:
      p.setBrush(classColor(2, theme)), p.drawEllipse(c, 5, 5);
      break;
    case Kind::attention:
      p.setBrush(classColor(1, theme)), drawTriangle(p, c, 6);
      break;
    case Kind::busy:
      p.setBrush(Qt::NoBrush), p.setPen(QPen(theme.accent, 2)), p.drawEllipse(c, 4.5, 4.5);
      break;
    case Kind::rest:
      p.setBrush(theme.axis), p.drawRect(QRectF(c.x() - 3, c.y() - 3, 6, 6));
      break;
  }
}

void ElidedLabel::paintEvent(QPaintEvent*) {
  QPainter p(this);
  p.setPen(palette().color(foregroundRole()));
  p.drawText(contentsRect(), Qt::AlignLeft | Qt::AlignVCenter, fontMetrics().elidedText(text(), Qt::ElideRight, contentsRect().width()));
}

LiveStrip::LiveStrip(ChainRunner* runner, QWidget* parent)
    : QWidget(parent), runner_(runner), mark_(new StateMark), verdict_(new ElidedLabel), detail_(new ElidedLabel), bar_(new QProgressBar) {
  setObjectName("liveStrip");
  verdict_->setObjectName("verdict");
  QFont bold = verdict_->font();
  bold.setBold(true);
  verdict_->setFont(bold);
  verdict_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  detail_->setObjectName("verdictDetail");
  detail_->setForegroundRole(QPalette::PlaceholderText);
  detail_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
  bar_->setRange(0, 1000);
  bar_->setTextVisible(false);
  bar_->setFixedHeight(4);
  auto* words = new QVBoxLayout;
  words->setSpacing(1);
  auto* first = new QHBoxLayout;
  first->setSpacing(6);
  first->addWidget(mark_);
  first->addWidget(verdict_, 1);
  words->addLayout(first);
  words->addWidget(detail_);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(8, 4, 8, 2);
  row->setSpacing(14);
  row->addLayout(words, 1);
  const struct {
    const char* id;
    QString title, tip;
  } cells[] = {{"rhat", tr("R-hat, greatest"),
                tr("Of weights and latents: rank-normalised and split; below 1.01 (1.05 for the greatest of thousands of latents) the "
                   "chains agree")},
               {"ess", tr("ESS, least"),
                tr("Effective sample size, bulk or tail, of weights and latents; above 400 (100 for the least of thousands of latents) "
                   "means and quantiles are "
                   "worth something")},
               {"divergences", tr("Divergent"),
                tr("Transitions after warm-up whose energy error exploded: the step is too large for some corner of the posterior")},
               {"rate", tr("ESS a second"), tr("Least bulk ESS for each second of running")},
               {"iteration", tr("Transitions"), tr("Of each chain, warm-up included")},
               {"eta", tr("Time left"), tr("Until the last draw; once it has ended, how long it took")}};
  for (const auto& c : cells) {
    auto* title = new QLabel(c.title);
    title->setForegroundRole(QPalette::PlaceholderText);
    QFont small = title->font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    title->setFont(small);
    Cell made{QString::fromLatin1(c.id), new StateMark, new QLabel};
    made.value->setObjectName(QStringLiteral("strip_") + made.id);
    made.value->setFont(bold);
    made.value->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("00000")));
    made.value->setToolTip(c.tip), title->setToolTip(c.tip);
    made.value->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* column = new QVBoxLayout;
    column->setSpacing(1);
    column->addWidget(title);
    auto* line = new QHBoxLayout;
    line->setSpacing(4);
    line->addWidget(made.mark);
    line->addWidget(made.value, 1);
    column->addLayout(line);
    row->addLayout(column);
    cells_ << made;
  }
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  all->setSpacing(0);
  all->addLayout(row);
  all->addWidget(bar_);
  connect(runner, &ChainRunner::updated, this, &LiveStrip::follow);
  connect(runner, &ChainRunner::stateChanged, this, &LiveStrip::follow);
  connect(runner, &ChainRunner::pictureChanged, this, &LiveStrip::follow);
  follow();
}

LiveStrip::Cell& LiveStrip::cell(const QString& id) {
  return *std::find_if(cells_.begin(), cells_.end(), [&](const Cell& c) { return c.id == id; });
}

void LiveStrip::set(const QString& id, const QString& text, StateMark::Kind kind) {
  Cell& c = cell(id);
  c.value->setText(text);
  c.mark->setVisible(kind != StateMark::Kind::rest);
  c.mark->setKind(kind);
}

QString LiveStrip::verdict() const { return verdict_->text(); }
QString LiveStrip::value(const QString& id) const { return const_cast<LiveStrip*>(this)->cell(id).value->text(); }

void LiveStrip::follow() {
  using State = ChainRunner::State;
  using Kind = StateMark::Kind;
  const McmcUpdate& now = runner_->latest();
  const State state = runner_->state();
  const bool busy = runner_->busy(), any = now.iteration > 0;
  const McmcResult* ended = !busy && !runner_->result().run_folder.empty() ? &runner_->result() : nullptr;
  const ChainVerdict judged = judgeChains(now, ended, mixingOf(now.latents), std::sqrt(runner_->options().gt_eps_mvn));
  const Mixing &w = judged.weights, &z = judged.latents;
  const bool known = w.known();
  const double rhat = z.known() ? std::max(w.rhat, z.rhat) : w.rhat, ess = z.known() ? std::min(w.ess, z.ess) : w.ess;
  const bool agree = w.rhat < kGoodRhat && !(z.rhat >= kGoodLatentRhat), enough = w.ess > kGoodEss && !(z.ess <= kGoodLatentEss);
  const QString none = QStringLiteral("\u2013");
  set("rhat", known ? number(rhat, 3) : none, !known ? Kind::rest : agree ? Kind::good : Kind::attention);
  set("ess", known ? number(ess, 0) : none, !known ? Kind::rest : enough ? Kind::good : Kind::attention);
  const bool counted = any && !now.weights.empty();
  set("divergences", counted ? QString::number(now.divergences) : none,
      !counted               ? Kind::rest
      : now.divergences == 0 ? Kind::good
                             : Kind::attention);
  set("rate", now.essPerSecond > 0 ? number(now.essPerSecond, now.essPerSecond < 10 ? 1 : 0) : none, Kind::rest);
  set("iteration", any ? tr("%1 / %2").arg(now.iteration).arg(now.total) : none, Kind::rest);
  const double seconds = runner_->result().seconds > 0 ? runner_->result().seconds : now.seconds;
  set("eta",
      busy          ? (now.etaSeconds >= 0 ? durationText(now.etaSeconds) : none)
      : seconds > 0 ? tr("took %1").arg(durationText(seconds))
                    : none,
      Kind::rest);

  bar_->setVisible(busy || state == State::paused);
  bar_->setValue(now.total > 0 && any ? static_cast<int>(1000 * now.iteration / now.total)
                                      : static_cast<int>(1000 * runner_->progress().fraction()));
  Kind kind = Kind::rest;
  QString words, detail;
  if (any) {
    words = judged.words;
    kind = judged.kind == ChainVerdict::Kind::good ? Kind::good : judged.kind == ChainVerdict::Kind::busy ? Kind::busy : Kind::attention;
  } else if (busy) {
    const QString stage = QString::fromStdString(runner_->progress().stage), eta = etaText(runner_->progress().etaSeconds);
    words = stage.isEmpty() ? tr("Starting\u2026")
                            : stage.left(1).toUpper() + stage.mid(1) + (eta.isEmpty() ? QString() : QStringLiteral(", ") + eta);
    detail = localeText(QString::fromStdString(runner_->progress().message));
    kind = Kind::busy;
  } else {
    words = tr("No chains yet");
    detail = tr("Run chains, or open a run from before");
  }
  switch (state) {
    case State::pausing:
      detail = tr("Pausing: writing a checkpoint\u2026");
      break;
    case State::paused:
      detail = tr("Paused; the draws so far are kept");
      break;
    case State::keeping:
      detail = tr("Stopping: the draws are kept\u2026");
      break;
    case State::cancelling:
      detail = tr("Cancelling\u2026");
      break;
    case State::running:
      if (any && !now.weights.empty())
        detail = tr("E-BFMI %1").arg(std::isfinite(now.ebfmi) ? number(now.ebfmi, 2) : none);
      else if (any)
        detail = tr("Warm-up: step size and metric are still being adapted");
      break;
    case State::idle:
      if (!runner_->result().run_folder.empty()) {
        const TableReport& table = runner_->result().table;
        const QString how = runner_->opened() ? tr("Opened again") : runner_->result().stopped ? tr("Stopped and kept") : tr("Done");
        detail = table.cells > 0 ? tr("%1; map: %2 cells, error mean %3, at most %4")
                                       .arg(how)
                                       .arg(table.cells)
                                       .arg(number(table.mean, -2), number(table.max, -2))
                                 : how;
        if (z.known()) detail += tr("; latents: R-hat at most %1, ESS at least %2").arg(number(z.rhat, 3), number(z.ess, 0));
      } else if (any) {
        detail = tr("Ended early; these are the draws until then");
      }
      break;
  }
  mark_->setKind(kind);
  for (auto [label, text] : {std::pair{verdict_, words}, std::pair{detail_, detail}}) {
    label->setText(text);
    label->setToolTip(text);
  }
  setAccessibleName(tr("%1. R-hat %2, least ESS %3, %4 divergent").arg(words, value("rhat"), value("ess"), value("divergences")));
}

}  // namespace inflaton::ui
