#include "dropout.h"

#include "op.h"
#include "parallel.h"
#include "shapes.h"

#define LAB_BODY "dropout.inc"
#include "variants.h"

namespace paretoscope::kernels {
namespace {

class DropoutOp {
 public:
  explicit DropoutOp(const Attributes& attributes)
      : limit_(static_cast<uint32_t>(attributes.Int("limit"))), factor_(attributes.Float("factor")) {}
  void Compute(Call& call) const {
    static const DropoutKernels& kernels = LAB_PICK(kDropout);
    call.Require(call.shape(1).count() == 1, "seed must be one number");
    float* y = call.OutputFrom(0, {0});
    const float* x = call.Floats(0);
    const uint32_t seed = static_cast<uint32_t>(call.Ints(1)[0]);
    const Blocks blocks = CutBlocks(call.shape(0).count(), 4, kBlockWork, 256);
    ParallelBlocks(blocks.blocks,
                   [&](int64_t b) { kernels.dropout(x, y, seed, limit_, factor_, blocks.begin(b), blocks.end(b)); });
  }

 private:
  uint32_t limit_;
  float factor_;
};

// (seed ^ mask) * factor in 32 bits
class DeriveSeedOp {
 public:
  explicit DeriveSeedOp(const Attributes& attributes)
      : mask_(static_cast<uint32_t>(attributes.Int("mask"))),
        factor_(static_cast<uint32_t>(attributes.Int("factor"))) {}
  void Compute(Call& call) const {
    int32_t* derived = call.IntOutput(0, call.shape(0));
    const int32_t* seed = call.Ints(0);
    const int64_t count = call.shape(0).count();
    for (int64_t i = 0; i < count; i++) {
      derived[i] = static_cast<int32_t>((static_cast<uint32_t>(seed[i]) ^ mask_) * factor_);
    }
  }

 private:
  uint32_t mask_;
  uint32_t factor_;
};

}  // namespace

void RegisterDropout() {
  RegisterOp<DropoutOp>(
      {"LabDropout", {"x: float", "seed: int32"}, {"y: float"}, {"limit: int", "factor: float"}, OutputsLike<0>});
  RegisterOp<DeriveSeedOp>(
      {"LabDeriveSeed", {"seed: int32"}, {"derived: int32"}, {"mask: int", "factor: int"}, OutputsLike<0>});
}

}  // namespace paretoscope::kernels
