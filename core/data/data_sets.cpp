#include "core/api/data_sets.h"

#include <algorithm>
#include <mutex>

#include "core/data/random.h"
#include "core/data/toy_sets.h"

namespace inflaton {
namespace {

class Registry {
 public:
  Registry() {
    for (DataSet& set : toySetRows()) add(std::move(set));
  }

  void add(DataSet set) {
    const std::lock_guard lock(mutex_);
    check(set);
    sets_.push_back(std::move(set));
  }

  void freeze() {
    const std::lock_guard lock(mutex_);
    if (frozen_) return;
    for (const DataSet& set : sets_) infos_.push_back(set.info);
    frozen_ = true;
  }

  // Only to be read once frozen: nothing changes after that.
  const std::vector<DataSet>& sets() const { return sets_; }
  const std::vector<ToySetInfo>& infos() const { return infos_; }

 private:
  void check(const DataSet& set) const {
    const std::string& id = set.info.id;
    const auto refuse = [&](const std::string& why) { throw Error(ErrorCode::usage, "data set \"" + id + "\" " + why); };
    const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
    if (id.empty() || !std::all_of(id.begin(), id.end(), plain)) refuse("has no proper id; allowed: letters, digits and '_'");
    if (id == "file") refuse("has the id that stands for the user's own points");
    if (!set.shape && !set.draw) refuse("has neither a shape nor a draw");
    if (set.shape && !set.shape->centre) refuse("has a shape without a centre");
    if (set.shape && (set.shape->parts < 1 || set.shape->parameters < 1 || set.shape->parameters > 2))
      refuse("has a shape of " + std::to_string(set.shape->parts) + " parts and " + std::to_string(set.shape->parameters) +
             " parameters; allowed: at least 1 part, and 1 or 2 parameters");
    const int most = set.shape ? 3 : kMostToyDims;
    if (set.info.dim < 2 || set.info.dim > most)
      refuse("has " + std::to_string(set.info.dim) + " dimensions; allowed: 2 to " + std::to_string(most) +
             (set.shape ? " for a set with a shape" : ""));
    for (const std::uint32_t taken : {stream::resampling, stream::embeddingMap, stream::embeddingNoise})
      if (set.stream == taken) refuse("has the random stream " + std::to_string(taken) + ", which belongs to resampling or embedding");
    for (const DataSet& other : sets_) {
      if (other.info.id == id) refuse("is there already");
      if (other.stream == set.stream) refuse("has the random stream " + std::to_string(set.stream) + " of \"" + other.info.id + "\"");
    }
    if (frozen_) refuse("is registered too late: options and lists of the data sets have been made");
  }

  std::mutex mutex_;
  std::vector<DataSet> sets_;
  std::vector<ToySetInfo> infos_;
  bool frozen_ = false;
};

Registry& registry() {
  static Registry all;
  return all;
}

const Registry& frozenRegistry() {
  static const Registry& all = (registry().freeze(), registry());
  return all;
}

}  // namespace

void registerDataSet(DataSet set) { registry().add(std::move(set)); }
void freezeDataSets() { frozenRegistry(); }
const std::vector<DataSet>& dataSets() { return frozenRegistry().sets(); }
const std::vector<ToySetInfo>& toySets() { return frozenRegistry().infos(); }

const DataSet* findDataSet(const std::string& id) {
  const auto& all = dataSets();
  const auto it = std::find_if(all.begin(), all.end(), [&](const DataSet& set) { return set.info.id == id; });
  return it == all.end() ? nullptr : &*it;
}

}  // namespace inflaton
