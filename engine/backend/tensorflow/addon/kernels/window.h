// Geometry of a window over a map [batch, height, width, channels], and which taps reach the map from where.
#ifndef PARETOSCOPE_KERNELS_WINDOW_H_
#define PARETOSCOPE_KERNELS_WINDOW_H_

#include <cstdint>
#include <vector>

#include "op.h"

namespace paretoscope::kernels {

// One axis of a window: tap t of place p lies at p * stride + t * dilation - padding of the map.
struct WindowAxis {
  int64_t map;
  int64_t taps;
  int64_t stride;
  int64_t dilation;
  int64_t before;
  int64_t after;

  int64_t places() const { return (map + before + after - dilation * (taps - 1) - 1) / stride + 1; }
  bool fits() const { return map + before + after >= dilation * (taps - 1) + 1; }
};

// Places of one map that are reached by the same taps of the other: places first, first + step, …; taps and positions
// on the other map in even steps, too. No taps: nothing is reached.
struct Run {
  int64_t first;
  int64_t step;
  int64_t count;
  int64_t firstTap;
  int64_t tapStep;
  int64_t taps;
  // On the other map: of the first tap at the first place; steps to the next tap and to the next place.
  int64_t other;
  int64_t otherTapStep;
  int64_t otherPlaceStep;
};

// The places of the window, each with the taps that lie on the map.
std::vector<Run> RunsOfPlaces(const WindowAxis& axis);
// The positions of the map, each with the taps that some place of the window has on them.
std::vector<Run> RunsOfMap(const WindowAxis& axis);

// From the attributes strides, padding, dilations. Throws Failure for lists of another length or values out of range.
struct WindowAttributes {
  explicit WindowAttributes(const Attributes& attributes);
  int64_t strides[2];
  int64_t dilations[2];
  // top, bottom, left, right
  int64_t padding[4];

  WindowAxis rows(int64_t map, int64_t taps) const {
    return {map, taps, strides[0], dilations[0], padding[0], padding[1]};
  }
  WindowAxis columns(int64_t map, int64_t taps) const {
    return {map, taps, strides[1], dilations[1], padding[2], padding[3]};
  }
};

}  // namespace paretoscope::kernels

#endif  // PARETOSCOPE_KERNELS_WINDOW_H_
