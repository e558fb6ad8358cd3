// Resizing of maps: every output row and column mixes two of the input's (engine/backend/ops/resize.ts).
#ifndef PARETOSCOPE_KERNELS_RESIZE_H_
#define PARETOSCOPE_KERNELS_RESIZE_H_

#include <cstdint>

namespace paretoscope::kernels {

// Where one axis takes its values from: terms first[i] .. first[i + 1] - 1 give place i.
struct MixList {
  const int32_t* first;
  const int32_t* from;
  const float* share;
};

struct ResizeKernels {
  // to = sum of share * rows[from] over the terms of `place`; rows are `rowSize` floats apart, `count` floats long.
  void (*mixRows)(const MixList& mix, int64_t place, const float* rows, int64_t rowSize, float* to, int64_t count);
  // The same for all pixels of a row of `places` pixels.
  void (*mixPixels)(const MixList& mix, int64_t places, const float* row, float* to, int64_t channels);
};

// Registers LabResize and LabResizeGradient.
void RegisterResize();

}  // namespace paretoscope::kernels

#endif  // PARETOSCOPE_KERNELS_RESIZE_H_
