#include "ui/stages/draw_dialog.h"

#include <QDateTime>
#include <QDialogButtonBox>
#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QPushButton>
#include <QSaveFile>
#include <QSlider>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/style/colors.h"

namespace inflaton::ui {

namespace {
constexpr double kHalf = 2.0;  // the canvas shows -2..2
constexpr int kLeast = 50;     // fewer points make no flow worth looking at
constexpr int kMost = 20000;
}  // namespace

DrawCanvas::DrawCanvas(QWidget* parent) : QWidget(parent) {
  setObjectName("drawCanvas");
  setCursor(Qt::CrossCursor);
  setMinimumSize(280, 280);
  setAccessibleName(tr("Drawing"));
}

int DrawCanvas::count() const {
  std::size_t n = 0;
  for (const auto& stroke : strokes_) n += stroke.size();
  return static_cast<int>(n);
}

std::vector<std::pair<float, float>> DrawCanvas::points() const {
  std::vector<std::pair<float, float>> all;
  for (const auto& stroke : strokes_)
    for (const QPointF& p : stroke) all.emplace_back(static_cast<float>(p.x()), static_cast<float>(p.y()));
  return all;
}

void DrawCanvas::clear() {
  strokes_.clear();
  update();
  Q_EMIT changed();
}

void DrawCanvas::undoStroke() {
  if (!strokes_.empty()) strokes_.pop_back();
  update();
  Q_EMIT changed();
}

QPointF DrawCanvas::toData(QPointF p) const {
  const double unit = std::min(width(), height()) / (2 * kHalf);
  return {(p.x() - 0.5 * width()) / unit, (0.5 * height() - p.y()) / unit};
}

QPointF DrawCanvas::toScreen(QPointF p) const {
  const double unit = std::min(width(), height()) / (2 * kHalf);
  return {0.5 * width() + p.x() * unit, 0.5 * height() - p.y() * unit};
}

void DrawCanvas::spray(QPointF from, QPointF to) {
  const double length = std::hypot(to.x() - from.x(), to.y() - from.y());
  std::normal_distribution<double> jitter(0, width_);
  std::uniform_real_distribution<double> along(0, 1);
  owed_ += length * density_;
  for (; owed_ >= 1 && count() < kMost; owed_ -= 1) {
    const QPointF at = from + along(random_) * (to - from);
    strokes_.back().push_back(at + QPointF(jitter(random_), jitter(random_)));
  }
  update();
}

void DrawCanvas::mousePressEvent(QMouseEvent* event) {
  if (event->button() != Qt::LeftButton) return;
  strokes_.emplace_back();
  last_ = toData(event->position());
  owed_ = 8;  // a click alone leaves a dab
  std::normal_distribution<double> jitter(0, width_);
  for (; owed_ >= 1 && count() < kMost; owed_ -= 1) strokes_.back().push_back(last_ + QPointF(jitter(random_), jitter(random_)));
  update();
}

void DrawCanvas::mouseMoveEvent(QMouseEvent* event) {
  if (!(event->buttons() & Qt::LeftButton) || strokes_.empty()) return;
  const QPointF now = toData(event->position());
  spray(last_, now);
  last_ = now;
  Q_EMIT changed();
}

void DrawCanvas::mouseReleaseEvent(QMouseEvent*) { Q_EMIT changed(); }

void DrawCanvas::paintEvent(QPaintEvent*) {
  const Theme theme = Theme::fromPalette(palette());
  QPainter painter(this);
  painter.fillRect(rect(), theme.background);
  painter.setPen(theme.grid);
  for (int i = -1; i <= 1; ++i) {
    painter.drawLine(toScreen({double(i), -kHalf}), toScreen({double(i), kHalf}));
    painter.drawLine(toScreen({-kHalf, double(i)}), toScreen({kHalf, double(i)}));
  }
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  for (std::size_t s = 0; s < strokes_.size(); ++s) {
    painter.setBrush(classColor(0, theme));
    for (const QPointF& p : strokes_[s]) painter.drawEllipse(toScreen(p), 1.6, 1.6);
  }
  if (strokes_.empty()) {
    painter.setPen(theme.text);
    painter.drawText(rect(), Qt::AlignCenter, tr("Draw here: each stroke leaves points"));
  }
}

DrawDialog::DrawDialog(const QString& folder, QWidget* parent)
    : QDialog(parent), folder_(folder), canvas_(new DrawCanvas), message_(new QLabel) {
  setObjectName("drawDialog");
  setWindowTitle(tr("Draw a data set"));
  setAttribute(Qt::WA_DeleteOnClose);
  message_->setWordWrap(true);

  auto* width = new QSlider(Qt::Horizontal);
  width->setRange(1, 40);
  width->setValue(8);
  width->setToolTip(tr("Spread of the points around the stroke, data units"));
  auto* density = new QSlider(Qt::Horizontal);
  density->setRange(20, 600);
  density->setValue(120);
  density->setToolTip(tr("Points per unit of stroke length"));
  connect(width, &QSlider::valueChanged, this, [this](int v) { canvas_->setWidth(v / 100.0); });
  connect(density, &QSlider::valueChanged, this, [this](int v) { canvas_->setDensity(v); });

  auto* undo = new QPushButton(tr("Take back stroke"));
  auto* clear = new QPushButton(tr("Clear"));
  connect(undo, &QPushButton::clicked, canvas_, &DrawCanvas::undoStroke);
  connect(clear, &QPushButton::clicked, canvas_, &DrawCanvas::clear);

  auto* tools = new QHBoxLayout;
  tools->addWidget(new QLabel(tr("Brush")));
  tools->addWidget(width, 1);
  tools->addWidget(new QLabel(tr("Density")));
  tools->addWidget(density, 1);
  tools->addWidget(undo);
  tools->addWidget(clear);

  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
  use_ = buttons->addButton(tr("Use these points"), QDialogButtonBox::AcceptRole);
  use_->setObjectName("useDrawing");
  use_->setDefault(true);
  for (QPushButton* b : {undo, clear}) b->setAutoDefault(false);
  connect(buttons, &QDialogButtonBox::accepted, this, &DrawDialog::accept);
  connect(buttons, &QDialogButtonBox::rejected, this, &DrawDialog::reject);
  const auto update = [this] {
    const int n = canvas_->count();
    use_->setEnabled(n >= kLeast);
    message_->setText(n < kLeast   ? tr("%1 points; at least %2 are needed.").arg(n).arg(kLeast)
                      : n >= kMost ? tr("%1 points: that is the most.").arg(n)
                                   : tr("%1 points.").arg(n));
  };
  connect(canvas_, &DrawCanvas::changed, this, update);
  update();

  auto* column = new QVBoxLayout(this);
  column->addWidget(canvas_, 1);
  column->addLayout(tools);
  column->addWidget(message_);
  column->addWidget(buttons);
}

void DrawDialog::accept() {
  const QString path = QStringLiteral("%1/drawing-%2.csv").arg(folder_, QDateTime::currentDateTime().toString("yyyyMMdd-HHmmss"));
  QByteArray text = "x,y\n";
  for (const auto& [x, y] : canvas_->points()) text += QByteArray::number(x, 'g', 7) + ',' + QByteArray::number(y, 'g', 7) + '\n';
  QSaveFile file(path);
  if (!QDir().mkpath(folder_) || !file.open(QIODevice::WriteOnly) || file.write(text) != text.size() || !file.commit())
    return message_->setText(tr("%1 could not be written: %2").arg(path, file.errorString()));  // the drawing stays
  QDialog::accept();
  Q_EMIT drawn(path);
}

}  // namespace inflaton::ui
