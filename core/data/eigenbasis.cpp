#include <Eigen/Eigenvalues>
#include <algorithm>

#include "core/api/points.h"
#include "core/api/stop_scope.h"

namespace inflaton {
namespace {

constexpr double kEmbeddedFloor = 1e-6;                         // far below any noise that matters, far above rounding
constexpr std::int64_t kNumbersAtOnce = std::int64_t{1} << 23;  // converted to double precision: 64 MiB

/// Calls use(block), block [rows, dim] in double precision, for all points in turn. It may change the block.
template <class Use>
void forBlocks(const PointSet& p, const Use& use) {
  using Rows = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const std::int64_t atOnce = std::max<std::int64_t>(1, kNumbersAtOnce / p.dim);
  Eigen::MatrixXd block;
  for (std::int64_t from = 0; from < p.n; from += atOnce) {
    StopScope::look();
    block = Eigen::Map<const Rows>(p.values.data() + from * p.dim, std::min(atOnce, p.n - from), p.dim).cast<double>();
    use(block);
  }
}

/// In two passes: the mean first, so that nothing is a difference of large sums.
struct Moments {
  Eigen::RowVectorXd mean;
  Eigen::MatrixXd covariance;
  explicit Moments(const PointSet& p) : mean(Eigen::RowVectorXd::Zero(p.dim)), covariance(Eigen::MatrixXd::Zero(p.dim, p.dim)) {
    forBlocks(p, [&](const Eigen::MatrixXd& x) { mean += x.colwise().sum(); });
    mean /= static_cast<double>(p.n);
    forBlocks(p, [&](Eigen::MatrixXd& x) {
      x.rowwise() -= mean;
      covariance.noalias() += x.transpose() * x;
    });
    covariance /= static_cast<double>(p.n - 1);
  }
};

/// Fewer rows than columns and columns that say the same are two reasons why points do not fill their space.
[[noreturn]] void throwFlat(const PointSet& p, const std::vector<double>& eigenvalues) {
  const auto filled = std::count_if(eigenvalues.begin(), eigenvalues.end(), [&](double v) { return v > 1e-12 * eigenvalues.front(); });
  const std::string dims = std::to_string(p.dim) + " dimensions";
  if (p.n <= p.dim)
    throw Error(ErrorCode::failed,
                p.name + ": has " + std::to_string(p.n) + " rows and " + std::to_string(p.dim) +
                    " columns: so few points lie in fewer than " + dims + "; needed: at least " + std::to_string(p.dim + 1) + " rows",
                "Give more rows, or leave columns out.");
  throw Error(ErrorCode::failed,
              p.name + ": the points lie in fewer than " + dims + ": they fill " + std::to_string(filled) +
                  " of them, and vary by nothing but rounding in the others",
              "Remove columns that are constant or copies of others.");
}

}  // namespace

Eigenbasis eigenbasisOf(const PointSet& p) {
  if (p.n < 2) throw Error(ErrorCode::usage, "an eigenbasis needs at least 2 points, there are " + std::to_string(p.n));
  const Moments moments(p);
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(moments.covariance);
  Eigenbasis b;
  b.dim = p.dim;
  b.mean.assign(moments.mean.data(), moments.mean.data() + p.dim);
  b.eigenvalues.resize(static_cast<std::size_t>(p.dim));
  const auto D = static_cast<std::size_t>(p.dim);
  std::vector<double> W(D * D);
  for (int k = 0; k < p.dim; ++k) {
    const int from = p.dim - 1 - k;  // the solver sorts ascending
    Eigen::VectorXd column = solver.eigenvectors().col(from);
    Eigen::Index largest = 0;
    column.cwiseAbs().maxCoeff(&largest);
    if (column[largest] < 0) column = -column;
    b.eigenvalues[static_cast<std::size_t>(k)] = solver.eigenvalues()[from];
    for (std::size_t i = 0; i < D; ++i) W[i * D + static_cast<std::size_t>(k)] = column[static_cast<Eigen::Index>(i)];
  }
  b.W = std::move(W);
  if (p.embeddedFrom > 0)
    for (double& v : b.eigenvalues) v = std::max(v, kEmbeddedFloor * b.eigenvalues.front());
  if (!(b.eigenvalues.back() > 1e-12 * b.eigenvalues.front())) throwFlat(p, b.eigenvalues);
  return b;
}

}  // namespace inflaton
