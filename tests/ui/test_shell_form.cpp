// The form is what the table says, and refuses what the table refuses.
#include <gtest/gtest.h>

#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QSignalSpy>
#include <QTest>

#include "core/api/options.h"
#include "ui/forms/number_box.h"
#include "ui/forms/parameter_form.h"

namespace inflaton::ui {
namespace {

template <class T>
T* editor(ParameterForm& form, const char* name) {
  ParameterField* field = form.field(name);
  return field ? qobject_cast<T*>(field->editor()) : nullptr;
}

void type(QWidget* box, const char* text) {
  auto* line = box->findChild<QLineEdit*>();
  line->selectAll();
  QTest::keyClicks(line, text);
  QTest::keyClick(line, Qt::Key_Return);
}

class Form : public testing::Test {
 protected:
  Form() : form(ParameterForm::make(ToyTrainOptions{})) { form->show(); }
  const ToyTrainOptions& options() { return form->options<ToyTrainOptions>(); }
  std::unique_ptr<ParameterForm> form;
};

TEST_F(Form, HasAFieldForEachParameterWithToolTipAndRange) {
  for (const Parameter& p : parameterTable<ToyTrainOptions>().parameters) {
    ParameterField* field = form->field(QString::fromStdString(p.name));
    ASSERT_TRUE(field) << p.name;
    const QString tip = field->editor()->toolTip();
    EXPECT_TRUE(tip.contains("--" + QString::fromStdString(p.name))) << p.name;
    EXPECT_TRUE(tip.contains(QString::fromStdString(p.help).toHtmlEscaped())) << p.name;
    EXPECT_TRUE(tip.contains(QString::fromStdString(p.unit))) << p.name;
  }
}

TEST_F(Form, EditsReachTheOptionsAndAreAnnouncedOnce) {
  QSignalSpy edited(form.get(), &ParameterForm::edited);
  type(editor<NumberBox>(*form, "batch"), "512");
  EXPECT_EQ(options().batch, 512);
  ASSERT_EQ(edited.count(), 1);
  EXPECT_EQ(edited[0][0].toString(), "batch");
}

TEST_F(Form, RefusesWhatIsOutOfRangeWithTheTablesWordsAndKeepsTheValue) {
  QSignalSpy edited(form.get(), &ParameterForm::edited);
  const auto before = options();
  type(editor<NumberBox>(*form, "lr"), "-1");
  EXPECT_EQ(options(), before);
  EXPECT_EQ(edited.count(), 0);
  EXPECT_FALSE(form->valid());
  EXPECT_TRUE(form->field("lr")->message()->isVisible());
  EXPECT_TRUE(form->field("lr")->message()->text().contains("lr")) << form->field("lr")->message()->text().toStdString();
  type(editor<NumberBox>(*form, "lr"), "banana");
  EXPECT_EQ(options(), before);
  EXPECT_FALSE(form->valid());
  type(editor<NumberBox>(*form, "lr"), "0.001");
  EXPECT_TRUE(form->valid());
  EXPECT_DOUBLE_EQ(options().lr, 0.001);
}

TEST_F(Form, CrossCheckIsShown) {
  ToyTrainOptions o;
  o.dims_to_keep = 3;  // circles have two
  form->setOptions(o);
  EXPECT_FALSE(form->valid());
  EXPECT_TRUE(form->problem().contains("dims_to_keep")) << form->problem().toStdString();
}

TEST_F(Form, ResetDotAppearsWithAChangeAndTakesItBack) {
  ParameterField* field = form->field("batch");
  EXPECT_FALSE(field->resetDot()->isVisible());
  type(field->editor(), "512");
  ASSERT_TRUE(field->resetDot()->isVisible());
  QTest::mouseClick(field->resetDot(), Qt::LeftButton);
  EXPECT_EQ(options().batch, ToyTrainOptions{}.batch);
  EXPECT_FALSE(field->resetDot()->isVisible());
}

TEST_F(Form, FlagsAndChoices) {
  form->setAdvancedShown(true);
  auto* cosine = editor<QCheckBox>(*form, "lr_cosine");
  ASSERT_TRUE(cosine);
  cosine->click();
  EXPECT_FALSE(options().lr_cosine);
  auto* type = editor<QComboBox>(*form, "g_type");
  ASSERT_TRUE(type);
  type->setCurrentIndex(1);
  Q_EMIT type->activated(1);
  EXPECT_EQ(options().g_type, "constant_inflation_gap");
}

TEST_F(Form, AdvancedIsFoldedAndSearchable) {
  EXPECT_FALSE(form->field("depth")->editor()->isVisible());
  form->search("residual blocks");
  EXPECT_TRUE(form->field("depth")->editor()->isVisible());
  EXPECT_FALSE(form->field("ema")->editor()->isVisible());
}

TEST_F(Form, ShowsAFieldOnlyWhileItMatters) {
  form->setAdvancedShown(true);
  const auto shown = [&](const char* name) { return form->field(name)->editor()->isVisible(); };
  EXPECT_TRUE(shown("width"));
  EXPECT_FALSE(shown("img_res"));
  EXPECT_FALSE(shown("target_references"));
  ToyTrainOptions o;
  o.arch = "ToySongUNet", o.targets = "mean";
  form->setOptions(o);
  EXPECT_FALSE(shown("width"));
  EXPECT_TRUE(shown("img_res"));
  EXPECT_TRUE(shown("target_references"));
}

TEST(FormLayouts, HidesWholeGroupsButForTheFieldsNamed) {
  FormLayout layout;
  layout.front = {"data_name", "batch"};
  layout.hiddenGroups = {"Data", "Records"};
  layout.shown = {"augment_to"};
  layout.hidden = {"gamma0"};
  const std::unique_ptr<ParameterForm> form(ParameterForm::make(ToyTrainOptions{}, layout));
  for (const char* name : {"data_name", "batch", "augment_to", "rho", "seed"}) EXPECT_TRUE(form->field(name)) << name;
  for (const char* name : {"data_file", "standardize", "augment_noise", "outdir", "tick", "gamma0"})
    EXPECT_FALSE(form->field(name)) << name;
}

TEST_F(Form, SettingOptionsEmitsNothing) {
  QSignalSpy edited(form.get(), &ParameterForm::edited);
  ToyTrainOptions o;
  o.batch = 64;
  form->setOptions(o);
  EXPECT_EQ(edited.count(), 0);
  EXPECT_EQ(editor<NumberBox>(*form, "batch")->value(), ParameterValue(std::int64_t{64}));
}

TEST(NumberBox, LogarithmicStepsClimbOneTwoFive) {
  EXPECT_DOUBLE_EQ(logStep(1, 1), 2);
  EXPECT_DOUBLE_EQ(logStep(2, 1), 5);
  EXPECT_DOUBLE_EQ(logStep(5, 1), 10);
  EXPECT_DOUBLE_EQ(logStep(1, -1), 0.5);
  EXPECT_DOUBLE_EQ(logStep(1e-4, 1), 2e-4);
  EXPECT_DOUBLE_EQ(logStep(0.003, 1), 0.005);
  EXPECT_DOUBLE_EQ(logStep(0.003, -1), 0.002);
  EXPECT_DOUBLE_EQ(logStep(1000, 3), 10000);
  EXPECT_DOUBLE_EQ(logStep(0, 1), 0);
}

TEST(NumberBox, StaysInRangeWhenSteppedAndOpenEndsStayOpen) {
  ParameterInfo info;
  info.name = "x";
  info.kind = ParameterKind::real;
  info.min = 0;
  info.max = 1;
  info.openMin = true;
  info.step = 0.3;
  NumberBox box(info);
  box.setValue(0.2);
  box.stepBy(-5);
  EXPECT_GT(std::get<double>(box.value()), 0);
  box.stepBy(50);
  EXPECT_DOUBLE_EQ(std::get<double>(box.value()), 1);
}

TEST(NumberBox, WheelChangesNothingWithoutFocus) {
  ParameterInfo info;
  info.kind = ParameterKind::integer;
  NumberBox box(info);
  box.setValue(std::int64_t{5});
  QWheelEvent wheel({5, 5}, {5, 5}, {}, {0, 120}, Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
  QApplication::sendEvent(&box, &wheel);
  EXPECT_EQ(std::get<std::int64_t>(box.value()), 5);
}

}  // namespace
}  // namespace inflaton::ui
