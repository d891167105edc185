// Frames per second while the time cursor moves: 3D at 20 000 and 200 000 points, 2D likewise. Each line: name, value, unit.
#include <QApplication>
#include <QElapsedTimer>
#include <algorithm>
#include <cstdio>
#include <vector>

#include "tests/ui/synthetic_flow.h"
#include "ui/views/canvas_2d.h"
#include "ui/views/particles_3d.h"

using namespace inflaton;
using namespace inflaton::ui;

namespace {

void settle(int ms) {
  QElapsedTimer clock;
  for (clock.start(); clock.elapsed() < ms;) QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
}

/// Moves the cursor to and fro by less than a frame at a time, as a hand does.
struct Hand {
  ViewState& state;
  double t = 0, step = 0.043;
  void move() {
    t += step;
    if (t > 7 || t < 0) step = -step, t += 2 * step;
    state.setTime(t);
  }
};

/// Frames a second that Qt 3D draws, each with a new time; and the longest gap between two, in ms.
std::pair<double, double> scrub3d(int n) {
  ViewState state;
  state.setSimulation(test::SyntheticFlow{.n = n, .dim = 3, .keep = 3, .allLanes = false, .slopes = true}.make());
  Particles3D view(&state);
  view.resize(1000, 700);
  view.show();
  settle(2500);
  Hand hand{state};
  int frames = 0;
  qint64 longest = 0, before = 0;
  QElapsedTimer clock;
  QObject::connect(&view, &Particles3D::frameDrawn, &view, [&] {
    if (frames++ == 0)
      clock.start();
    else
      longest = std::max(longest, clock.nsecsElapsed() - before);
    before = clock.isValid() ? clock.nsecsElapsed() : 0;
    hand.move();
  });
  settle(5000);
  return {frames > 1 ? (frames - 1) * 1e9 / double(before) : 0, double(longest) * 1e-6};
}

double scrub2d(int n) {
  ViewState state;
  state.setSimulation(test::SyntheticFlow{.n = n, .allLanes = false, .slopes = true}.make());
  Canvas2D view(&state, Canvas2D::Kind::data);
  view.resize(1000, 700);
  view.show();
  settle(800);
  Hand hand{state};
  int frames = 0;
  QElapsedTimer clock;
  for (clock.start(); clock.elapsed() < 3000; ++frames) {
    hand.move();
    view.repaint();
    QCoreApplication::processEvents();
  }
  return frames * 1000.0 / double(clock.elapsed());
}

}  // namespace

int main(int argc, char** argv) {
  QApplication app(argc, argv);
  for (const int n : {20000, 200000}) {
    const auto [fps, gap] = scrub3d(n);
    std::printf("scrub_3d_%d\t%.1f\tframes/s\n", n, fps);
    std::printf("scrub_3d_%d_longest_frame\t%.1f\tms\n", n, gap);
    std::fflush(stdout);
  }
  for (const int n : {20000, 200000}) {
    std::printf("scrub_2d_%d\t%.1f\tframes/s\n", n, scrub2d(n));
    std::fflush(stdout);
  }
  return 0;
}
