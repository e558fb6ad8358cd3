// Non-linearities, as in engine/backend/ops/activation.ts.
#ifndef PARETOSCOPE_KERNELS_ACTIVATION_H_
#define PARETOSCOPE_KERNELS_ACTIVATION_H_

#include <cstdint>

namespace paretoscope::kernels {

class Attributes;

enum ActivationKind { kNone, kRelu, kRelu6, kSwish, kSigmoid, kHardSigmoid, kHardSwish, kGelu, kTanh };

// From the attribute `kind`, a name such as "hard-swish". Throws Failure for another one.
ActivationKind ActivationOf(const Attributes& attributes);

// Elements begin..end - 1; y may be x, dx may be dy or x.
struct ActivationKernels {
  void (*activate)(const float* x, float* y, ActivationKind kind, int64_t begin, int64_t end);
  void (*gradient)(const float* dy, const float* x, float* dx, ActivationKind kind, int64_t begin, int64_t end);
};

// Registers LabActivation and LabActivationGradient.
void RegisterActivation();

}  // namespace paretoscope::kernels

#endif  // PARETOSCOPE_KERNELS_ACTIVATION_H_
