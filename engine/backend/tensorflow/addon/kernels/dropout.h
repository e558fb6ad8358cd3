// Dropout whose mask follows from (seed, element index) alone, as in engine/backend/ops/dropout.ts.
#ifndef PARETOSCOPE_KERNELS_DROPOUT_H_
#define PARETOSCOPE_KERNELS_DROPOUT_H_

#include <cstdint>

namespace paretoscope::kernels {

struct DropoutKernels {
  // y = x * factor where the element's 32 random bits reach `limit`, else 0; elements begin..end - 1; y may be x.
  void (*dropout)(const float* x, float* y, uint32_t seed, uint32_t limit, float factor, int64_t begin, int64_t end);
};

// Registers LabDropout and LabDeriveSeed.
void RegisterDropout();

}  // namespace paretoscope::kernels

#endif  // PARETOSCOPE_KERNELS_DROPOUT_H_
