#include "ui/stages/gallery.h"

#include <QButtonGroup>
#include <QEvent>
#include <QFileInfo>
#include <QGridLayout>
#include <QToolButton>

#include "ui/jobs/background.h"
#include "ui/stages/thumbnail.h"
#include "ui/style/theme.h"

namespace inflaton::ui {

namespace {
constexpr QSize kPicture(64, 42);
constexpr std::int64_t kPoints = 500;
}  // namespace

Gallery::Gallery(Session* session, QWidget* parent) : QScrollArea(parent), session_(session) {
  setObjectName("gallery");
  setFrameShape(QFrame::NoFrame);
  setWidgetResizable(true);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  auto* page = new QWidget;
  setWidget(page);
  auto* grid = new QGridLayout(page);
  grid->setContentsMargins(4, 2, 4, 2);
  grid->setSpacing(2);

  int place = 0;
  const auto put = [&](QToolButton* tile) { grid->addWidget(tile, place / 2, place % 2), ++place; };
  for (const ToySetInfo& set : toySets()) {
    const QString id = QString::fromStdString(set.id);
    QToolButton* tile = addTile(id, QString::fromStdString(set.title),
                                QStringLiteral("%1 %2").arg(QString::fromStdString(set.about), tr("(%1D)").arg(set.dim)));
    put(tile);
    connect(tile, &QToolButton::clicked, this, [this, id] {
      session_->chooseSet(id);
      follow();
    });
  }
  QToolButton* own = addTile("file", tr("Own file"), tr("Your own points"));
  put(own);
  connect(own, &QToolButton::clicked, this, &Gallery::follow);  // it is the chosen one or hidden
  own->hide();
  auto* open =
      addTile("open", tr("Open\u2026"), tr("Your own points: .csv, .npy or .npz with 2 to 4096 columns. Or drop the file on the window."));
  auto* draw = addTile("draw", tr("Draw\u2026"), tr("Paint a data set with a brush"));
  grid->setRowMinimumHeight(place / 2, 4);
  for (QToolButton* b : {open, draw}) {
    b->setCheckable(false);
    b->setAutoRaise(false);
    b->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    b->setIconSize({16, 16});
    grid->addWidget(b, place / 2 + 1, b == draw);
  }
  connect(open, &QToolButton::clicked, this, &Gallery::openRequested);
  connect(draw, &QToolButton::clicked, this, &Gallery::drawRequested);
  grid->setRowStretch(grid->rowCount(), 1);

  connect(session_, &Session::experimentChanged, this, [this] {
    follow();
    this->draw();
    drawOwnFile();
  });
  follow();
}

QToolButton* Gallery::addTile(const QString& id, const QString& title, const QString& tip) {
  auto* tile = new QToolButton;
  tile->setObjectName("set_" + id);
  tile->setText(title);
  tile->setToolTip("<p>" + tip.toHtmlEscaped() + "</p>");
  tile->setAccessibleName(title);
  tile->setAccessibleDescription(tip);
  tile->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
  tile->setIconSize(kPicture);
  tile->setCheckable(true);
  tile->setAutoRaise(true);
  tile->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
  QFont small = tile->font();
  small.setPointSizeF(small.pointSizeF() * 0.92);
  tile->setFont(small);
  tiles_[id] = tile;
  return tile;
}

void Gallery::follow() {
  const QString id = QString::fromStdString(session_->experiment().data().data_name);
  for (auto it = tiles_.begin(); it != tiles_.end(); ++it)
    if (it.value()->isCheckable()) it.value()->setChecked(it.key() == id);
  tiles_["file"]->setVisible(id == "file");
  if (id == "file") tiles_["file"]->setText(fontMetrics().elidedText(session_->dataTitle(), Qt::ElideMiddle, kPicture.width() + 10));
}

void Gallery::draw() {
  const std::int64_t seed = session_->experiment().flow.seed;
  if (seed == drawnSeed_ || !isVisible()) return;
  drawnSeed_ = seed;
  const Theme theme = Theme::fromPalette(palette());
  const double ratio = devicePixelRatioF();
  for (const ToySetInfo& set : toySets()) {
    const std::string id = set.id;
    inBackground(
        this,
        [id, seed, theme, ratio] {
          const auto points = atEdge([&] { return sampleToy(id, kPoints, static_cast<std::uint64_t>(seed)); });
          return points ? thumbnail(*points, kPicture, ratio, theme) : QImage();
        },
        [this, id](const QImage& image) { tiles_[QString::fromStdString(id)]->setIcon(QIcon(QPixmap::fromImage(image))); });
  }
  tiles_["open"]->setIcon(themedIcon("folder", palette()));
  tiles_["draw"]->setIcon(themedIcon("brush", palette()));
}

void Gallery::drawOwnFile() {
  DataOptions of = session_->experiment().data();
  of.augment_to = 0;  // the picture is of the points themselves
  of.augment_noise = 0;
  const QString file = QString::fromStdString(of.data_file);
  if (of.data_name != "file" || file.isEmpty() || file == drawnFile_ || !isVisible()) return;
  drawnFile_ = file;
  const Theme theme = Theme::fromPalette(palette());
  const double ratio = devicePixelRatioF();
  inBackground(
      this,
      [of, theme, ratio] {
        const auto points = atEdge([&] { return makePoints(of, kPoints, 0); });
        return points ? thumbnail(*points, kPicture, ratio, theme) : QImage();
      },
      [this](const QImage& image) { tiles_["file"]->setIcon(QIcon(QPixmap::fromImage(image))); });
}

void Gallery::showEvent(QShowEvent* event) {
  QScrollArea::showEvent(event);
  draw();
  drawOwnFile();
}

void Gallery::changeEvent(QEvent* event) {
  QScrollArea::changeEvent(event);
  if (event->type() != QEvent::PaletteChange) return;
  drawnSeed_ = -1;
  drawnFile_.clear();
  draw();
  drawOwnFile();
}

}  // namespace inflaton::ui
