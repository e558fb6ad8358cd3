#include <algorithm>

#include "gemm.h"
#include "op.h"
#include "parallel.h"
#include "shapes.h"

namespace paretoscope::kernels {
namespace {

// The rows of a matrix.
class MatrixRows final : public Places {
 public:
  MatrixRows(const float* values, int64_t rows, int64_t width, float* to, int64_t toWidth)
      : values_(values), to_(to), toWidth_(toWidth) {
    count = rows;
    length = width;
  }
  void Fill(int64_t begin, int64_t end, int64_t, int64_t, PlaceTable& table) const override {
    for (int64_t i = begin; i < end; i++) {
      table.rows[i - begin] = values_ + i * length;
      table.to[i - begin] = to_ + i * toWidth_;
    }
  }

 private:
  const float* values_;
  float* to_;
  int64_t toWidth_;
};

// Multiplications of a block of small products, and blocks that are worth the while of several threads.
constexpr int64_t kBlockProducts = 1 << 18;
constexpr int64_t kEnoughBlocks = 16;

// How many matrices a stack holds.
int64_t MatricesOf(const Shape& shape) { return shape.leading().leading().count(); }

// Which matrix of the stack `from` belongs to matrix `index` of the stack `to`, over whose leading axes it is repeated.
int64_t MatrixOf(const Shape& from, const Shape& to, int64_t index) {
  int64_t place = 0, step = 1;
  for (int back = 3; back <= from.rank; back++) {
    const int64_t size = to.sizes[to.rank - back], own = from.sizes[from.rank - back];
    if (own > 1) place += index % size * step;
    index /= size;
    step *= own;
  }
  return place;
}

bool IsRepeatedOver(const Shape& from, const Shape& to) {
  if (from.rank > to.rank) return false;
  for (int back = 3; back <= from.rank; back++) {
    const int64_t size = from.sizes[from.rank - back];
    if (size != 1 && size != to.sizes[to.rank - back]) return false;
  }
  return true;
}

class MatMulOp {
 public:
  explicit MatMulOp(const Attributes& attributes)
      : transposeA_(attributes.Bool("transpose_a")), transposeB_(attributes.Bool("transpose_b")) {}

  void Compute(Call& call) const {
    const Shape &a = call.shape(0), &b = call.shape(1), result = call.shape(2).leading();
    call.Require(a.rank >= 2 && b.rank >= 2 && result.rank >= 2, "a and b must be matrices or stacks of them");
    const int64_t m = Rows(a, transposeA_), k = Rows(a, !transposeA_), n = Rows(b, !transposeB_);
    call.Require(k == Rows(b, transposeB_), "inner sizes must be equal");
    call.Require(
        Rows(result, false) == m && Rows(result, true) == n && IsRepeatedOver(a, result) && IsRepeatedOver(b, result),
        "size must be that of the product, and 0");
    float* to = call.Output(0, result);
    if (k == 0 || result.count() == 0) {
      std::fill_n(to, result.count(), 0.0f);
      return;
    }
    const float *left = call.Floats(0), *right = call.Floats(1);
    const int64_t matrices = MatricesOf(result);
    if (matrices == 1) return MultiplyOne(left, right, to, m, k, n);
    // Blocks are some whole small products, or some rows of a large one.
    const Blocks blocks = CutBlocks(matrices, m * k * n, kBlockProducts, 256);
    const int64_t parts = blocks.size > 1 ? 1 : std::clamp<int64_t>(kEnoughBlocks / matrices, 1, (m + 23) / 24);
    ParallelBlocks(blocks.blocks * parts, [&](int64_t block) {
      const int64_t part = block % parts, begin = m * part / parts, end = m * (part + 1) / parts;
      for (int64_t i = blocks.begin(block / parts); i < blocks.end(block / parts); i++) {
        const float* a0 = left + MatrixOf(a, result, i) * m * k;
        const float* b0 = right + MatrixOf(b, result, i) * k * n;
        MultiplyPart(a0, b0, to + i * m * n, m, k, n, begin, end);
      }
    });
  }

 private:
  // Of the last two axes the first, or of the transposed matrix.
  static int64_t Rows(const Shape& shape, bool isTransposed) { return shape.sizes[shape.rank - 2 + isTransposed]; }

  Columns Right(const float* right, int64_t k, int64_t n) const {
    return {{right}, k, transposeB_ ? 1 : n, transposeB_ ? k : 1, n};
  }

  void MultiplyOne(const float* left, const float* right, float* to, int64_t m, int64_t k, int64_t n) const {
    if (transposeA_) {
      SumOverPlaces(MatrixRows(left, k, m, nullptr, 0), Right(right, k, n), to);
    } else {
      MultiplyRows(MatrixRows(left, m, k, to, n), Right(right, k, n));
    }
  }

  // Rows begin..end - 1 of one product of a stack.
  void MultiplyPart(const float* left, const float* right, float* to, int64_t m, int64_t k, int64_t n, int64_t begin,
                    int64_t end) const {
    if (transposeA_) {
      SumPlacesAlone(MatrixRows(left, k, m, nullptr, 0), Right(right, k, n), begin, end, to + begin * n);
    } else {
      MultiplyRowsAlone(MatrixRows(left, m, k, to, n), Right(right, k, n), begin, end);
    }
  }

  bool transposeA_;
  bool transposeB_;
};

// a, b, size [..., rows, columns, 0] -> [..., rows, columns]
void InferProduct(TF_ShapeInferenceContext* context, TF_Status* status) {
  ShapeInference shapes(context, status);
  shapes.Output(0, shapes.Axes(2, 0, -1));
}

}  // namespace

void RegisterMatMul() {
  RegisterOp<MatMulOp>({"LabMatMul",
                        {"a: float", "b: float", "size: float"},
                        {"product: float"},
                        {"transpose_a: bool", "transpose_b: bool"},
                        InferProduct});
}

}  // namespace paretoscope::kernels
