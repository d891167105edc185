#include "core/nets/conv_unet/toy_conv_unet_axis.h"

#include <cmath>
#include <stdexcept>

namespace inflaton {
namespace {

struct Matrix {
  int rows, columns;
  std::vector<double> values;
  Matrix(int r, int c) : rows(r), columns(c), values(static_cast<std::size_t>(r) * static_cast<std::size_t>(c)) {}
  Matrix(int r, int c, std::vector<double> v) : rows(r), columns(c), values(std::move(v)) {}
  double& operator()(int r, int c) { return values[static_cast<std::size_t>(r * columns + c)]; }
  double operator()(int r, int c) const { return values[static_cast<std::size_t>(r * columns + c)]; }
};

Matrix operator*(const Matrix& a, const Matrix& b) {
  Matrix m(a.rows, b.columns);
  for (int i = 0; i < m.rows; ++i)
    for (int j = 0; j < m.columns; ++j)
      for (int k = 0; k < a.columns; ++k) m(i, j) += a(i, k) * b(k, j);
  return m;
}

Matrix transpose(const Matrix& a) {
  Matrix m(a.columns, a.rows);
  for (int i = 0; i < a.rows; ++i)
    for (int j = 0; j < a.columns; ++j) m(j, i) = a(i, j);
  return m;
}

/// x with x a = b; a square and regular.
Matrix solveLeft(Matrix a, Matrix b) {
  a = transpose(a), b = transpose(b);  // a x = b by elimination
  for (int c = 0; c < a.rows; ++c) {
    int pivot = c;
    for (int r = c; r < a.rows; ++r)
      if (std::abs(a(r, c)) > std::abs(a(pivot, c))) pivot = r;
    if (std::abs(a(pivot, c)) < 1e-12) throw std::logic_error("products of a ConvAxis depend on each other");
    for (int k = 0; k < a.columns; ++k) std::swap(a(c, k), a(pivot, k));
    for (int k = 0; k < b.columns; ++k) std::swap(b(c, k), b(pivot, k));
    for (int r = 0; r < a.rows; ++r) {
      const double f = r == c ? 0 : a(r, c) / a(c, c);
      for (int k = 0; k < a.columns; ++k) a(r, k) -= f * a(c, k);
      for (int k = 0; k < b.columns; ++k) b(r, k) -= f * b(c, k);
    }
  }
  for (int r = 0; r < a.rows; ++r)
    for (int k = 0; k < b.columns; ++k) b(r, k) /= a(r, r);
  return transpose(b);
}

/// Where polynomials (values as coefficients) are evaluated: at reals, at infinity, and modulo x^2 - s x + 1, whose roots are a
/// complex pair on the unit circle; a product modulo that takes three real ones (Karatsuba).
struct Points {
  std::vector<double> reals;
  bool infinity = false;
  std::vector<double> pairs;  ///< s
};

Matrix evaluation(int n, const Points& points) {
  std::vector<double> rows;
  for (const double p : points.reals)
    for (int i = 0; i < n; ++i) rows.push_back(std::pow(p, i));
  if (points.infinity)
    for (int i = 0; i < n; ++i) rows.push_back(i == n - 1);
  for (const double s : points.pairs) {
    std::vector<double> zeroth, first, both;
    for (double a = 1, b = 0; static_cast<int>(zeroth.size()) < n;) {  // x^i = a + b x
      zeroth.push_back(a), first.push_back(b), both.push_back(s > 0 ? a - b : a + b);
      const double a1 = -b, b1 = a + s * b;
      a = a1, b = b1;
    }
    for (const auto* row : {&zeroth, &first, &both}) rows.insert(rows.end(), row->begin(), row->end());
  }
  Matrix m(static_cast<int>(rows.size()) / n, n, rows);
  for (int r = 0; r < m.rows; ++r) {  // powers of two keep it exact
    double square = 0;
    for (int c = 0; c < n; ++c) square += m(r, c) * m(r, c);
    for (int c = 0; c < n; ++c) m(r, c) *= std::exp2(-std::round(0.5 * std::log2(square)));
  }
  return m;
}

Matrix resampling(int in, bool up, int stride) {
  Matrix m(up ? (in - 1) * stride + 2 : (in - 2) / stride + 1, in);
  for (int k = 0; k < (up ? m.columns : m.rows); ++k)
    for (const int shift : {0, 1}) {
      if (up)
        m(k * stride + shift, k) += 1;
      else
        m(k, k * stride + shift) += 0.5;
    }
  return m;
}

std::vector<float> floats(const Matrix& m) { return {m.values.begin(), m.values.end()}; }

}  // namespace

std::vector<float> transposed(const std::vector<float>& matrix, int rows, int columns) {
  std::vector<float> t(matrix.size());
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c) t[static_cast<std::size_t>(c * rows + r)] = matrix[static_cast<std::size_t>(r * columns + c)];
  return t;
}

ConvAxis::ConvAxis(int in_, bool up, int stride) : in(in_) {
  const Matrix sampled = resampling(in, up, stride);
  out = sampled.rows;
  // Going up the products act on the few values before resampling, going down on the few after it.
  const int n = up ? in : out;
  Matrix to(0, n), taps(0, 3);
  if (n == 2 &&
      up) {  // out = (q+ a, q- a, w0 a + w2 b, q+ b, q- b) with q+ = w1 + w2, q- = w0 + w1, and w0 a + w2 b = w0 (a + b) + q+ b - q- b
    to = {5, 2, {1, 0, 1, 0, 0, 1, 0, 1, 1, 1}};
    taps = {5, 3, {0, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0, 0}};
  } else if (n == 2) {  // w1 (a + b) is in both outputs
    to = {3, 2, {1, 1, 0, 1, 1, 0}};
    taps = {3, 3, {0, 1, 0, 0, -1, 1, 1, -1, 0}};
  } else {
    Points points;
    if (n == 5 && !up)
      points = {{1, -1}, false, {1, -1}};  // sixth roots of one: what wraps around falls on outputs nobody wants
    else if (n == 5)
      points = {{0.45, -0.45, 1.3, -1.3}, true, {0}};
    else if (n == 6)
      points = {{0, 0.6, -0.6, 1.5, -1.5}, true, {0}};
    else
      throw std::logic_error("ConvAxis knows no such size");
    to = evaluation(n, points);
    const Matrix reversed = evaluation(3, points);  // a convolution layer slides its kernel unreversed
    taps = Matrix(reversed.rows, 3);
    for (int p = 0; p < taps.rows; ++p)
      for (int k = 0; k < 3; ++k) taps(p, k) = reversed(p, 2 - k);
  }
  products = to.rows;

  // What is to come out, and what each product gives, for every pair of an input and a tap; then the combination of least norm.
  Matrix wanted(out, 3 * n), given(products, 3 * n);
  for (int o = 0; o < out; ++o)
    for (int k = 0; k < 3; ++k)
      for (int i = 0; i < n; ++i)
        if (const int at = o + k - 1; at >= 0 && at < out) wanted(o, 3 * i + k) = up ? sampled(at, i) : at == i;
  for (int p = 0; p < products; ++p)
    for (int i = 0; i < n; ++i)
      for (int k = 0; k < 3; ++k) given(p, 3 * i + k) = to(p, i) * taps(p, k);
  const Matrix from = solveLeft(given * transpose(given), wanted * transpose(given));
  toProducts = floats(up ? to : to * sampled);
  kernel = floats(taps);
  fromProducts = floats(from);
}

}  // namespace inflaton
