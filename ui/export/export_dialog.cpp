#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QStandardPaths>

#include "ui/export/figure_export.h"
#include "ui/style/decimal_box.h"

namespace inflaton::ui {
namespace {
const char* const kSuffix[] = {".png", ".svg", ".pdf", ""};
/// What was used last, for this run of the program.
ExportOptions& last() {
  static ExportOptions o = [] {
    ExportOptions first;
    first.format = FigureFormat::pdf;
    return first;
  }();
  return o;
}
}  // namespace

struct ExportFigureDialog::Impl {
  Figure& figure;
  ViewState& state;
  QComboBox *format = nullptr, *theme = nullptr;
  QDoubleSpinBox *width = nullptr, *height = nullptr, *dpi = nullptr, *from = nullptr, *to = nullptr;
  QSpinBox* frames = nullptr;
  QCheckBox* csv = nullptr;
  QLineEdit* path = nullptr;
  QLabel *pixels = nullptr, *error = nullptr;
  QProgressBar* progress = nullptr;
  QDialogButtonBox* buttons = nullptr;
  QFormLayout* form = nullptr;
  std::unique_ptr<SequenceExport> sequence{};
};

ExportFigureDialog::ExportFigureDialog(Figure& figure, ViewState& state, QWidget* parent)
    : QDialog(parent), impl_(new Impl{figure, state}) {
  auto& m = *impl_;
  setWindowTitle(tr("Export %1").arg(figure.figureTitle()));
  const auto box = [this](double low, double high, double step, int decimals, const QString& suffix, const QString& name,
                          const QString& tip) {
    auto* b = new DecimalBox(this);
    b->setRange(low, high), b->setSingleStep(step), b->setDecimals(decimals), b->setSuffix(suffix), b->setObjectName(name),
        b->setToolTip(tip);
    return b;
  };
  m.format = new QComboBox(this);
  m.format->setObjectName("format");
  m.format->addItems({tr("PNG picture"), tr("SVG, vectors"), tr("PDF, vectors"), tr("PNG for every frame")});
  m.theme = new QComboBox(this);
  m.theme->setObjectName("theme");
  m.theme->addItems({tr("Light, for paper"), tr("Dark, for slides")});
  m.width = box(10, 1000, 10, 1, tr(" mm"), "width", tr("Width of the figure, 10 to 1000 mm"));
  m.height = box(10, 1000, 10, 1, tr(" mm"), "height", tr("Height of the figure, 10 to 1000 mm"));
  m.dpi = box(30, 1200, 50, 0, tr(" dpi"), "dpi", tr("Pixels per inch, 30 to 1200"));
  const double first = state.frameTime(0), end = std::max(first, state.frameTime(std::max(0, state.frameCount() - 1)));
  m.from = box(first, end, 0.1, 3, {}, "from", tr("First time t"));
  m.to = box(first, end, 0.1, 3, {}, "to", tr("Last time t"));
  m.to->setValue(end);
  m.frames = new QSpinBox(this);
  m.frames->setObjectName("frames");
  m.frames->setRange(0, 10000);
  m.frames->setSpecialValueText(tr("as stored"));
  m.frames->setToolTip(tr("Number of pictures, evenly spaced in t; as stored: one for each stored frame"));
  m.csv = new QCheckBox(tr("Also the plotted numbers, as CSV beside it"), this);
  m.csv->setObjectName("csv");
  m.path = new QLineEdit(this);
  m.path->setObjectName("path");
  m.path->setMinimumWidth(fontMetrics().averageCharWidth() * 44);
  auto* browse = new QPushButton(tr("Browse…"), this);
  m.pixels = new QLabel(this);
  m.error = new QLabel(this);
  m.error->setObjectName("error");
  m.error->setWordWrap(true);
  m.error->setTextFormat(Qt::PlainText);
  m.error->hide();
  m.progress = new QProgressBar(this);
  m.progress->hide();

  const auto pair = [](QWidget* a, const QString& between, QWidget* b) {
    auto* row = new QHBoxLayout;
    row->addWidget(a), row->addWidget(new QLabel(between)), row->addWidget(b), row->addStretch(1);
    return row;
  };
  m.form = new QFormLayout;
  m.form->addRow(tr("&Format"), m.format);
  auto* size = pair(m.width, QStringLiteral("×"), m.height);
  m.form->addRow(tr("&Size"), size);
  auto* resolution = new QHBoxLayout;
  resolution->addWidget(m.dpi), resolution->addWidget(m.pixels), resolution->addStretch(1);
  auto* resolutionBox = new QWidget(this);
  resolution->setContentsMargins(0, 0, 0, 0);
  resolutionBox->setLayout(resolution);
  m.form->addRow(tr("&Resolution"), resolutionBox);
  auto* rangeBox = new QWidget(this);
  auto* range = pair(m.from, tr("to"), m.to);
  range->setContentsMargins(0, 0, 0, 0);
  rangeBox->setLayout(range);
  m.form->addRow(tr("&Time t"), rangeBox);
  m.form->addRow(tr("&Pictures"), m.frames);
  m.form->addRow(tr("T&heme"), m.theme);
  m.form->addRow(QString(), m.csv);
  auto* where = new QHBoxLayout;
  where->addWidget(m.path, 1), where->addWidget(browse);
  m.form->addRow(tr("F&ile"), where);
  for (const auto& [row, field] : {std::pair<QLayout*, QWidget*>{size, m.width}, {where, m.path}})
    if (auto* label = qobject_cast<QLabel*>(m.form->labelForField(row))) label->setBuddy(field);
  for (const auto& [row, field] : {std::pair<QWidget*, QWidget*>{resolutionBox, m.dpi}, {rangeBox, m.from}})
    if (auto* label = qobject_cast<QLabel*>(m.form->labelForField(row))) label->setBuddy(field);

  m.buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
  m.buttons->addButton(tr("Export"), QDialogButtonBox::AcceptRole)->setDefault(true);
  connect(m.buttons, &QDialogButtonBox::accepted, this, &ExportFigureDialog::accept);
  connect(m.buttons, &QDialogButtonBox::rejected, this, &ExportFigureDialog::reject);
  auto* all = new QVBoxLayout(this);
  all->addLayout(m.form);
  all->addWidget(m.error);
  all->addWidget(m.progress);
  all->addWidget(m.buttons);

  const auto show = [this, &m, resolutionBox, rangeBox] {
    const auto format = static_cast<FigureFormat>(m.format->currentIndex());
    const bool raster = format == FigureFormat::png || format == FigureFormat::pngSequence, film = format == FigureFormat::pngSequence;
    for (QWidget* w : {resolutionBox, rangeBox, static_cast<QWidget*>(m.frames), static_cast<QWidget*>(m.csv)}) {
      const bool on = w == resolutionBox ? raster : w == m.csv ? !film : film;
      w->setVisible(on);
      if (auto* label = m.form->labelForField(w)) label->setVisible(on);
    }
    m.pixels->setText(
        tr("%1 × %2 pixels").arg(qRound(m.width->value() / 25.4 * m.dpi->value())).arg(qRound(m.height->value() / 25.4 * m.dpi->value())));
    // The suffix follows the format; the name stays.
    QString path = m.path->text();
    for (const char* s : {".png", ".svg", ".pdf"})
      if (path.endsWith(QLatin1String(s), Qt::CaseInsensitive)) path.chop(4);
    if (!path.isEmpty()) m.path->setText(path + QLatin1String(kSuffix[static_cast<int>(format)]));
    adjustSize();
  };
  connect(m.format, &QComboBox::currentIndexChanged, this, show);
  for (auto* b : {m.width, m.height, m.dpi}) connect(b, &QDoubleSpinBox::valueChanged, this, show);
  connect(browse, &QPushButton::clicked, this, [this, &m] {
    const auto k = m.format->currentIndex();
    const QString chosen =
        k == 3 ? QFileDialog::getExistingDirectory(this, tr("Folder for the pictures"), QFileInfo(m.path->text()).path())
               : QFileDialog::getSaveFileName(this, tr("Export figure"), m.path->text(), QStringLiteral("*%1").arg(kSuffix[k]));
    if (!chosen.isEmpty()) m.path->setText(chosen);
  });

  ExportOptions o = last();
  QString folder = o.path.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::PicturesLocation) : QFileInfo(o.path).path();
  if (folder.isEmpty() || !QDir(folder).exists()) folder = QDir::homePath();
  const QString set = state.simulation() ? QString::fromStdString(state.simulation()->data_name) : QStringLiteral("inflaton");
  o.path = folder + QStringLiteral("/%1-%2-t%3").arg(set, figure.figureName(), QString::number(state.time(), 'f', 2)) +
           kSuffix[static_cast<int>(o.format)];
  o.tFrom = first, o.tTo = end;
  setOptions(o);
  show();
}

ExportFigureDialog::~ExportFigureDialog() = default;

ExportOptions ExportFigureDialog::options() const {
  const auto& m = *impl_;
  ExportOptions o;
  o.format = static_cast<FigureFormat>(m.format->currentIndex());
  o.path = m.path->text().trimmed();
  o.sizeMm = {m.width->value(), m.height->value()};
  o.dpi = m.dpi->value();
  o.darkTheme = m.theme->currentIndex() == 1;
  o.csv = m.csv->isChecked();
  o.tFrom = m.from->value();
  o.tTo = m.to->value();
  o.frames = m.frames->value();
  return o;
}

void ExportFigureDialog::setOptions(const ExportOptions& o) {
  auto& m = *impl_;
  m.path->setText(o.path);
  m.format->setCurrentIndex(static_cast<int>(o.format));
  m.width->setValue(o.sizeMm.width());
  m.height->setValue(o.sizeMm.height());
  m.dpi->setValue(o.dpi);
  m.theme->setCurrentIndex(o.darkTheme ? 1 : 0);
  m.csv->setChecked(o.csv);
  m.frames->setValue(o.frames);
  if (o.tTo >= o.tFrom) m.from->setValue(o.tFrom), m.to->setValue(o.tTo);
}

void ExportFigureDialog::accept() {
  auto& m = *impl_;
  if (m.sequence) return;
  const auto o = options();
  const auto fail = [this](const QString& message) {
    impl_->error->setText(message);
    impl_->error->show();
    adjustSize();
  };
  m.error->hide();
  if (o.format != FigureFormat::pngSequence) {
    if (const auto ok = exportFigure(m.figure, m.state, o); !ok)
      return fail(QString::fromStdString(ok.error().message + (ok.error().hint.empty() ? "" : "\n" + ok.error().hint)));
    last() = o;
    Q_EMIT exported(o.path);
    return QDialog::accept();
  }
  m.sequence = std::make_unique<SequenceExport>(m.figure, m.state, o);
  m.progress->show();
  connect(m.sequence.get(), &SequenceExport::progress, m.progress, [bar = m.progress](int done, int total) {
    bar->setMaximum(total);
    bar->setValue(done);
  });
  connect(m.sequence.get(), &SequenceExport::finished, this, [this, o, fail](const QString& error) {
    impl_->progress->hide();
    impl_->sequence.release()->deleteLater();
    if (error == QLatin1String("cancelled")) return fail(tr("Cancelled; the pictures made so far stay in %1").arg(o.path));
    if (!error.isEmpty()) return fail(error);
    last() = o;
    Q_EMIT exported(o.path);
    QDialog::accept();
  });
  m.sequence->start();
}

void ExportFigureDialog::reject() {
  if (impl_->sequence) return impl_->sequence->cancel();
  QDialog::reject();
}

}  // namespace inflaton::ui
