#include <vector>

#include "op.h"
#include "parallel.h"
#include "rows.h"
#include "shapes.h"

namespace paretoscope::kernels {
namespace {

class LayerNormOp {
 public:
  explicit LayerNormOp(const Attributes& attributes) : epsilon_(attributes.Float("epsilon")) {}
  void Compute(Call& call) const {
    const Shape& shape = call.shape(0);
    const int64_t width = shape.last();
    call.Require(shape.rank >= 1, "x must have rows");
    call.Require(call.shape(1) == Shape{width} && call.shape(2) == Shape{width},
                 "gamma and beta must have one value for each of a row's");
    float* y = call.Output(0, shape);
    float* means = call.Output(1, shape.leading());
    float* inverses = call.Output(2, shape.leading());
    const float *x = call.Floats(0), *gamma = call.Floats(1), *beta = call.Floats(2);
    const Blocks blocks = CutBlocks(shape.rows(), 3 * width, kBlockWork, 256);
    ParallelBlocks(blocks.blocks, [&](int64_t b) {
      RowKernelsOfProcessor().layerNorm(x, gamma, beta, y, means, inverses, width, epsilon_, blocks.begin(b),
                                        blocks.end(b));
    });
  }

 private:
  float epsilon_;
};

class LayerNormGradientOp {
 public:
  explicit LayerNormGradientOp(const Attributes&) {}
  void Compute(Call& call) const {
    const Shape& shape = call.shape(1);
    const int64_t width = shape.last();
    call.Require(shape.rank >= 1 && call.shape(0) == shape, "dy must have x's shape");
    call.Require(call.shape(2) == Shape{width}, "gamma must have one value for each of a row's");
    call.Require(call.shape(3).count() == shape.rows() && call.shape(4).count() == shape.rows(),
                 "mean and inverse must have one value for each row");
    float* dx = call.OutputFrom(0, {0});
    float* dGamma = call.Output(1, call.shape(2));
    float* dBeta = call.Output(2, call.shape(2));
    const float *dy = call.Floats(0), *x = call.Floats(1), *gamma = call.Floats(2);
    const float *means = call.Floats(3), *inverses = call.Floats(4);
    const Blocks blocks = CutBlocks(shape.rows(), 4 * width, kBlockWork, 64);
    const int64_t lanes = RowKernelsOfProcessor().lanes;
    const int64_t padded = (width + lanes - 1) / lanes * lanes;
    std::vector<float> partial(2 * padded * blocks.blocks);
    ParallelBlocks(blocks.blocks, [&](int64_t b) {
      float* own = partial.data() + 2 * padded * b;
      RowKernelsOfProcessor().layerNormGradient(dy, x, gamma, means, inverses, dx, own, own + padded, width,
                                                blocks.begin(b), blocks.end(b));
    });
    for (int64_t c = 0; c < width; c++) {
      double sums[2] = {0, 0};
      for (int64_t b = 0; b < blocks.blocks; b++) {
        for (int list = 0; list < 2; list++) sums[list] += partial[(2 * b + list) * padded + c];
      }
      dGamma[c] = static_cast<float>(sums[0]);
      dBeta[c] = static_cast<float>(sums[1]);
    }
  }
};

// Mean and inverse: x without its last axis.
void InferLayerNorm(TF_ShapeInferenceContext* context, TF_Status* status) {
  ShapeInference shapes(context, status);
  shapes.Output(0, shapes.Input(0));
  shapes.Output(1, shapes.Axes(0, 0, -1));
  shapes.Output(2, shapes.Axes(0, 0, -1));
}

}  // namespace

void RegisterLayerNorm() {
  RegisterOp<LayerNormOp>({"LabLayerNorm",
                           {"x: float", "gamma: float", "beta: float"},
                           {"y: float", "mean: float", "inverse: float"},
                           {"epsilon: float"},
                           InferLayerNorm});
  RegisterOp<LayerNormGradientOp>({"LabLayerNormGradient",
                                   {"dy: float", "x: float", "gamma: float", "mean: float", "inverse: float"},
                                   {"dx: float", "d_gamma: float", "d_beta: float"},
                                   {},
                                   OutputsLike<1, 2, 2>});
}

}  // namespace paretoscope::kernels
