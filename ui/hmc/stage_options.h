#pragma once
// Options of the stage: what the session's experiment gives, what the stage's own forms give, and how the latter are remembered.
#include <QSettings>

#include "core/api/json_text.h"
#include "core/api/mcmc.h"
#include "ui/forms/parameter_form.h"
#include "ui/session/session.h"

namespace inflaton::ui {

/// Data set, schedule, score, network, device and threads become those of the session; the seed stays the form's.
template <class O>
O withExperiment(O own, const Session& session) {
  const auto seed = own.seed;
  static_cast<DenoiserOptions&>(own) = session.experiment().flow;
  own.seed = seed;
  return own;
}

/// Without the fields that no form of the stage shows: they are the experiment's, or the window's.
FormLayout stageLayout();

/// "circles, PRP, exact score of 1000 points".
QString subjectOf(const Session&);
/// The experiment of the latents needs a plane.
bool isPlane(const Session&);

template <class O>
void rememberOptions(QSettings& ini, const QString& key, const O& o) {
  ini.setValue(key, QString::fromStdString(jsonText(toJson(o))));
}
/// As remembered; the defaults where nothing is, or nothing that still can be, option by option.
template <class O>
O rememberedOptions(const QSettings& ini, const QString& key) {
  O o;
  salvage(o, jsonOrNull(ini.value(key).toString().toStdString()));
  return o;
}

}  // namespace inflaton::ui
