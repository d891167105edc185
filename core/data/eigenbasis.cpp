#include <Eigen/Eigenvalues>

#include "core/api/points.h"

namespace inflaton {
namespace {

constexpr double kEmbeddedFloor = 1e-6;  // far below any noise that matters, far above rounding

}  // namespace

Eigenbasis eigenbasisOf(const PointSet& p) {
  if (p.n < 2) throw Error(ErrorCode::usage, "an eigenbasis needs at least 2 points, there are " + std::to_string(p.n));
  const Eigen::MatrixXd x =
      Eigen::Map<const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>(p.values.data(), p.n, p.dim).cast<double>();
  const Eigen::RowVectorXd mean = x.colwise().mean();
  const Eigen::MatrixXd centred = x.rowwise() - mean;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(centred.transpose() * centred / static_cast<double>(p.n - 1));
  Eigenbasis b;
  b.dim = p.dim;
  b.mean.assign(mean.data(), mean.data() + p.dim);
  b.eigenvalues.resize(static_cast<std::size_t>(p.dim));
  b.W.resize(static_cast<std::size_t>(p.dim * p.dim));
  for (int k = 0; k < p.dim; ++k) {
    const int from = p.dim - 1 - k;  // the solver sorts ascending
    Eigen::VectorXd column = solver.eigenvectors().col(from);
    Eigen::Index largest = 0;
    column.cwiseAbs().maxCoeff(&largest);
    if (column[largest] < 0) column = -column;
    b.eigenvalues[static_cast<std::size_t>(k)] = solver.eigenvalues()[from];
    for (int i = 0; i < p.dim; ++i) b.W[static_cast<std::size_t>(i * p.dim + k)] = column[i];
  }
  if (p.embeddedFrom > 0)
    for (double& v : b.eigenvalues) v = std::max(v, kEmbeddedFloor * b.eigenvalues.front());
  if (!(b.eigenvalues.back() > 1e-12 * b.eigenvalues.front()))
    throw Error(ErrorCode::failed,
                p.name + ": the points lie in fewer than " + std::to_string(p.dim) + " dimensions (smallest covariance eigenvalue " +
                    std::to_string(b.eigenvalues.back()) + ")",
                "Remove columns that are constant or copies of others.");
  return b;
}

}  // namespace inflaton
