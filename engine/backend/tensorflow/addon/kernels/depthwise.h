// Depthwise convolution and its gradients, as in engine/backend/ops/depthwise-conv2d.ts.
#ifndef PARETOSCOPE_KERNELS_DEPTHWISE_H_
#define PARETOSCOPE_KERNELS_DEPTHWISE_H_

#include <cstdint>

namespace paretoscope::kernels {

// A grid of taps that is moved over `count` places. Arrays are walked in floats; at every place a run of `width` values
// (of one or several pixels) is worked on. Channels are innermost, so that a run needs no shuffles; values by channel
// (weights, sums) are repeated over a period, a whole number of vectors, and a run never exceeds it.
struct TapGrid {
  int64_t rows;
  int64_t columns;
  int64_t count;
  int64_t width;
  // The map under the taps: the value of tap (0, 0) at the first place, and the steps to the next tap and place.
  const float* map;
  int64_t mapRow;
  int64_t mapColumn;
  int64_t mapPlace;
  // Steps between the taps' values by channel.
  int64_t tapRow;
  int64_t tapColumn;
  // Step between the places of the other map.
  int64_t otherPlace;
  // Not 0: as many places again lie so far on, in the next row of the other map, whose taps lie one tap further down.
  // Two rows share what they load.
  int64_t otherRow;
};

struct DepthwiseKernels {
  int64_t lanes;
  // other = sum of map * weights over the taps
  void (*sumTaps)(const TapGrid& grid, const float* weights, float* other);
  // sums of each tap += sum of map * other over the places
  void (*sumPlaces)(const TapGrid& grid, float* sums, const float* other);
};

// Registers LabDepthwiseConv2d, LabDepthwiseConv2dInputGradient and LabDepthwiseConv2dKernelGradient.
void RegisterDepthwise();

}  // namespace paretoscope::kernels

#endif  // PARETOSCOPE_KERNELS_DEPTHWISE_H_
