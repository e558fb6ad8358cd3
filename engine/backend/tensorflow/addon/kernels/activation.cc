#include "activation.h"

#include "../failure.h"
#include "op.h"
#include "parallel.h"
#include "shapes.h"

#define LAB_BODY "activation.inc"
#include "variants.h"

namespace paretoscope::kernels {
namespace {

const ActivationKernels& Kernels() {
  static const ActivationKernels& kernels = LAB_PICK(kActivation);
  return kernels;
}

class ActivationOp {
 public:
  explicit ActivationOp(const Attributes& attributes) : kind_(ActivationOf(attributes)) {}
  void Compute(Call& call) const {
    float* y = call.OutputFrom(0, {0});
    const float* x = call.Floats(0);
    const Blocks blocks = CutBlocks(call.shape(0).count(), kind_ > kRelu6 ? 8 : 2, kBlockWork, 256);
    ParallelBlocks(blocks.blocks, [&](int64_t b) { Kernels().activate(x, y, kind_, blocks.begin(b), blocks.end(b)); });
  }

 private:
  ActivationKind kind_;
};

class ActivationGradientOp {
 public:
  explicit ActivationGradientOp(const Attributes& attributes) : kind_(ActivationOf(attributes)) {}
  void Compute(Call& call) const {
    call.Require(call.shape(0) == call.shape(1), "dy must have x's shape");
    float* dx = call.OutputFrom(0, {0, 1});
    const float* dy = call.Floats(0);
    const float* x = call.Floats(1);
    const Blocks blocks = CutBlocks(call.shape(0).count(), kind_ > kRelu6 ? 8 : 3, kBlockWork, 256);
    ParallelBlocks(blocks.blocks,
                   [&](int64_t b) { Kernels().gradient(dy, x, dx, kind_, blocks.begin(b), blocks.end(b)); });
  }

 private:
  ActivationKind kind_;
};

}  // namespace

ActivationKind ActivationOf(const Attributes& attributes) {
  static const char* const names[] = {"none",         "relu",       "relu6", "swish", "sigmoid",
                                      "hard-sigmoid", "hard-swish", "gelu",  "tanh"};
  const std::string wanted = attributes.Text("kind");
  for (int kind = kNone; kind <= kTanh; kind++) {
    if (wanted == names[kind]) return static_cast<ActivationKind>(kind);
  }
  throw Failure("bad-attribute", "attribute kind: there is no activation '" + wanted + "'.");
}

void RegisterActivation() {
  RegisterOp<ActivationOp>({"LabActivation", {"x: float"}, {"y: float"}, {"kind: string"}, OutputsLike<0>});
  RegisterOp<ActivationGradientOp>(
      {"LabActivationGradient", {"dy: float", "x: float"}, {"dx: float"}, {"kind: string"}, OutputsLike<1>});
}

}  // namespace paretoscope::kernels
