#include <algorithm>
#include <vector>

#include "op.h"
#include "parallel.h"
#include "rows.h"
#include "shapes.h"

namespace paretoscope::kernels {
namespace {

// So many rows are summed in float32 before they join the float64 sums.
constexpr int64_t kRun = 16;
// Narrower rows are taken several at a time, as one wide row.
constexpr int64_t kLeastWidth = 64;

// Adds rows begin..end - 1 of [rows, width].
void AddRows(const float* x, int64_t width, int64_t begin, int64_t end, double* sums) {
  std::vector<float> run(width);
  for (int64_t from = begin; from < end; from += kRun) {
    std::fill(run.begin(), run.end(), 0.0f);
    for (int64_t i = from; i < std::min(end, from + kRun); i++) {
      for (int64_t c = 0; c < width; c++) run[c] += x[i * width + c];
    }
    for (int64_t c = 0; c < width; c++) sums[c] += run[c];
  }
}

class ColumnSumsOp {
 public:
  explicit ColumnSumsOp(const Attributes&) {}
  void Compute(Call& call) const {
    const Shape& shape = call.shape(0);
    call.Require(shape.rank == 2, "x must be [rows, columns]");
    const int64_t columns = shape.last(), count = shape.count();
    float* to = call.Output(0, Shape{columns});
    if (columns == 0) return;
    const float* x = call.Floats(0);
    int64_t width = columns;
    while (width < kLeastWidth) width += columns;
    const Blocks blocks = CutBlocks(count / width, width, kBlockWork, 64);
    std::vector<double> partial(width * blocks.blocks);
    ParallelBlocks(blocks.blocks, [&](int64_t b) {
      AddRows(x, width, blocks.begin(b), blocks.end(b), partial.data() + b * width);
    });
    std::vector<double> sums(columns);
    for (size_t i = 0; i < partial.size(); i++) sums[i % columns] += partial[i];
    // what does not fill a wide row
    for (int64_t i = count / width * width; i < count; i++) sums[i % columns] += x[i];
    for (int64_t c = 0; c < columns; c++) to[c] = static_cast<float>(sums[c]);
  }
};

void ColumnsOfInput(TF_ShapeInferenceContext* context, TF_Status* status) {
  ShapeInference shapes(context, status);
  shapes.Output(0, shapes.Axes(0, 1, 2));
}

}  // namespace

void RegisterColumnSums() {
  RegisterOp<ColumnSumsOp>({"LabColumnSums", {"x: float"}, {"sums: float"}, {}, ColumnsOfInput});
}

}  // namespace paretoscope::kernels
