// Optimiser steps on arrays; arithmetic in float32 as in engine/backend/ops/optimizers.ts.
#ifndef PARETOSCOPE_KERNELS_OPTIMIZERS_H_
#define PARETOSCOPE_KERNELS_OPTIMIZERS_H_

#include <cstdint>

namespace paretoscope::kernels {

// What every update adds to the gradient, and how the shadow follows the new weight.
struct UpdateFactors {
  float rate;
  float l2;
  float l1;
  float emaDecay;
  float emaRest;
};

// One array in, its successor out; they may be the same array.
struct Slot {
  const float* from;
  float* to;
};

// `shadow.to` is null when there is none.
struct Update {
  Slot weight;
  const float* gradient;
  Slot first;
  Slot second;
  Slot shadow;
};

struct SgdFactors {
  float momentum;
  bool isNesterov;
};

struct RmsPropFactors {
  float decay;
  float decayRest;
  float momentum;
  float epsilon;
  bool isRateOnGradient;
};

struct AdamFactors {
  float beta1;
  float beta1Rest;
  float beta2;
  float beta2Rest;
  // rate / (1 - beta1 ^ t)
  float firstScale;
  // 1 - beta2 ^ t
  float secondCorrection;
  // 1 - rate * decoupled weight decay
  float shrink;
  float epsilon;
};

// Elements begin..end - 1. Structures are passed by value: behind an address they would be read again for each element.
struct OptimizerKernels {
  void (*sgd)(Update, UpdateFactors, SgdFactors, int64_t begin, int64_t end);
  void (*rmsProp)(Update, UpdateFactors, RmsPropFactors, int64_t begin, int64_t end);
  void (*adam)(Update, UpdateFactors, AdamFactors, int64_t begin, int64_t end);
  void (*ema)(Slot shadow, const float* value, float decay, float rest, int64_t begin, int64_t end);
};

// How many updates with in_place have begun in this process.
int64_t UpdatesInPlace();

// Registers LabUpdateSgd, LabUpdateRmsProp, LabUpdateAdamW, each also with a shadow (…Ema), and LabUpdateEma.
void RegisterOptimizers();

}  // namespace paretoscope::kernels

#endif  // PARETOSCOPE_KERNELS_OPTIMIZERS_H_
