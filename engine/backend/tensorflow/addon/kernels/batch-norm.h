// Batch normalisation of [rows, channels] with the activation behind it, as in engine/backend/ops/batch-norm.ts.
#ifndef PARETOSCOPE_KERNELS_BATCH_NORM_H_
#define PARETOSCOPE_KERNELS_BATCH_NORM_H_

#include <cstdint>

#include "activation.h"

namespace paretoscope::kernels {

// Works on whole vectors whatever the number of channels: several rows are seen as one period, whose width is a
// multiple of the vectors' lanes; values by channel are repeated to that width. Arrays hold `count` values from a
// period's beginning on; the last period may be cut off. Sums are float64 and start at 0.
struct BatchNormKernels {
  int64_t lanes;
  // sums = sum of x - pivot, squares = sum of its squares
  void (*sumShifted)(const float* x, const float* pivot, int64_t count, int64_t width, double* sums, double* squares);
  // y = activation((x - mean) * scale + beta)
  void (*normalise)(const float* x, const float* mean, const float* scale, const float* beta, float* y, int64_t count,
                    int64_t width, ActivationKind kind);
  // dz = dy * activation'(…); sums = sum of dz, products = sum of dz * (x - mean). Activations that are dear leave dz
  // in `dz`, which may be dy.
  void (*sumGradients)(const float* dy, const float* x, const float* mean, const float* scale, const float* beta,
                       float* dz, int64_t count, int64_t width, ActivationKind kind, double* sums, double* products);
  // dx = a * dz + b * (x - mean) + c, dz as above; dx may be dy.
  void (*combine)(const float* dy, const float* x, const float* mean, const float* a, const float* b, const float* c,
                  const float* scale, const float* beta, float* dx, int64_t count, int64_t width, ActivationKind kind);
};

// Registers LabBatchNormTrain, LabBatchNormTrainGradient and LabBatchNormInference.
void RegisterBatchNorm();

}  // namespace paretoscope::kernels

#endif  // PARETOSCOPE_KERNELS_BATCH_NORM_H_
