#include "op.h"
#include "parallel.h"
#include "rows.h"
#include "shapes.h"

namespace paretoscope::kernels {
namespace {

class SoftmaxOp {
 public:
  explicit SoftmaxOp(const Attributes&) {}
  void Compute(Call& call) const {
    const Shape& shape = call.shape(0);
    call.Require(shape.rank >= 1, "x must have an axis");
    float* y = call.OutputFrom(0, {0});
    const float* x = call.Floats(0);
    const Blocks blocks = CutBlocks(shape.rows(), 8 * shape.last(), kBlockWork, 256);
    ParallelBlocks(blocks.blocks, [&](int64_t b) {
      RowKernelsOfProcessor().softmax(x, y, shape.last(), blocks.begin(b), blocks.end(b));
    });
  }
};

class SoftmaxGradientOp {
 public:
  explicit SoftmaxGradientOp(const Attributes&) {}
  void Compute(Call& call) const {
    const Shape& shape = call.shape(0);
    call.Require(shape.rank >= 1 && shape == call.shape(1), "dy must have y's shape");
    float* dx = call.OutputFrom(0, {0});
    const float *dy = call.Floats(0), *y = call.Floats(1);
    const Blocks blocks = CutBlocks(shape.rows(), 4 * shape.last(), kBlockWork, 256);
    ParallelBlocks(blocks.blocks, [&](int64_t b) {
      RowKernelsOfProcessor().softmaxGradient(dy, y, dx, shape.last(), blocks.begin(b), blocks.end(b));
    });
  }
};

}  // namespace

void RegisterSoftmax() {
  RegisterOp<SoftmaxOp>({"LabSoftmax", {"x: float"}, {"y: float"}, {}, OutputsLike<0>});
  RegisterOp<SoftmaxGradientOp>({"LabSoftmaxGradient", {"dy: float", "y: float"}, {"dx: float"}, {}, OutputsLike<0>});
}

}  // namespace paretoscope::kernels
