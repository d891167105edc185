// The table of colourings: its words are in exported files, its numbers in settings.
#include "ui/style/color_modes.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/ui/synthetic_flow.h"
#include "ui/model/point_values.h"

namespace inflaton::ui {
namespace {

using test::SyntheticFlow;

TEST(ColorModes, WordsAndNumbersAreFrozen) {
  const char* const words[] = {"class", "radius", "speed", "round_trip_error", "stretch", "log_density"};
  ASSERT_GE(colorModes().size(), std::size(words));
  for (std::size_t i = 0; i < std::size(words); ++i) EXPECT_STREQ(colorModes()[i].id, words[i]);
  std::set<std::string> ids;
  for (std::size_t i = 0; i < colorModes().size(); ++i) {
    const ColorMode& mode = colorModes()[i];
    EXPECT_EQ(static_cast<std::size_t>(mode.by), i);
    EXPECT_TRUE(ids.insert(mode.id).second) << mode.id;
    EXPECT_FALSE(mode.label.isEmpty() || mode.action.isEmpty());
    EXPECT_EQ(&colorMode(mode.by), &mode);
    EXPECT_EQ(&colorModeNumbered(static_cast<int>(i)), &mode);
  }
  EXPECT_EQ(colorModeNumbered(-3).by, colorModes().front().by);
  EXPECT_EQ(colorModeNumbered(99).by, colorModes().back().by);
}

TEST(ColorModes, EveryOneColoursEveryPointWithWhatItNeedsAndWithout) {
  const auto sim = SyntheticFlow{.n = 100}.make();
  for (const ColorMode& mode : colorModes()) {
    SCOPED_TRACE(mode.id);
    ViewState s;
    s.setSimulation(sim);
    s.setColorBy(mode.by);
    s.setTime(3);
    const auto bare = colorsOf(s, Theme::light());
    ASSERT_EQ(bare.rgb.size(), 100u);
    EXPECT_FALSE(bare.title.isEmpty());
    const auto differ = [](const PointColors& c) { return std::set<QRgb>(c.rgb.begin(), c.rgb.end()).size() > 1; };
    EXPECT_EQ(differ(bare), mode.needs != ColorNeeds::pointValues);
    PointValues values;
    values.simulation = sim;
    for (int i = 0; i < 100; ++i)
      values.logDensity.push_back(-0.1f * static_cast<float>(i)), values.stretch.push_back(1 + static_cast<float>(i));
    s.setPointValues(std::make_shared<const PointValues>(values));
    EXPECT_TRUE(differ(colorsOf(s, Theme::light())));
    const auto before = colorsOf(s, Theme::light()).rgb;
    s.setTime(6.5);
    EXPECT_EQ(colorsOf(s, Theme::light()).rgb != before, mode.followsTime);
  }
}

}  // namespace
}  // namespace inflaton::ui
