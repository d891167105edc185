#pragma once
// How every chart is dressed: axes, legend and lines in the colours of the theme.
#include <QAbstractAxis>
#include <QChart>
#include <QLineSeries>
#include <QLogValueAxis>
#include <QPainter>
#include <QScatterSeries>
#include <QValueAxis>
#include <memory>

#include "ui/style/colors.h"

namespace inflaton::ui {

std::unique_ptr<QChart> emptyChart(const Theme&, const QFont&, bool compact);
void dressAxis(QAbstractAxis*, const QString& title, const Theme&, const QFont&);
/// From low to high with ticks at round numbers.
QValueAxis* plainAxis(double low, double high, int ticks, const QString& title, const Theme&, const QFont&);
/// Whole decades around low..high, both > 0.
QLogValueAxis* decadeAxis(double low, double high, const QString& title, const Theme&, const QFont&);
/// Line and marker number k of a family: colour, dash and shape differ.
QPen curvePen(int k, const Theme&);
QScatterSeries::MarkerShape curveMarker(int k);
/// Adds to the chart's axes, which must be there; an empty name keeps it out of the legend.
void addCurve(QChart&, QXYSeries*, const QString& name, const Theme&);
/// The time cursor of a chart over t: an upright line, where it falls into the plot.
void drawCursor(QPainter&, QChart&, double t, const Theme&);

}  // namespace inflaton::ui
