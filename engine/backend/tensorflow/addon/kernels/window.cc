#include "window.h"

#include <algorithm>

#include "../failure.h"

namespace paretoscope::kernels {
namespace {

// The taps of one position and where they lie on the other map.
Run RunOfOne(int64_t first, int64_t step, int64_t otherPlaceStep,
             const std::vector<std::pair<int64_t, int64_t>>& taps) {
  Run run = {first, step, 1, 0, 1, static_cast<int64_t>(taps.size()), 0, 0, otherPlaceStep};
  if (!taps.empty()) {
    run.firstTap = taps[0].first;
    run.other = taps[0].second;
  }
  if (taps.size() > 1) {
    run.tapStep = taps[1].first - taps[0].first;
    run.otherTapStep = taps[1].second - taps[0].second;
  }
  return run;
}

// Adds it to the last run when it goes on with the same taps.
void Append(std::vector<Run>& runs, const Run& one) {
  if (!runs.empty()) {
    Run& last = runs.back();
    const bool isNext = one.first == last.first + last.count * last.step && one.step == last.step;
    const bool hasSameTaps = one.firstTap == last.firstTap && one.taps == last.taps && one.tapStep == last.tapStep;
    if (isNext && hasSameTaps) {
      last.count++;
      return;
    }
  }
  runs.push_back(one);
}

void Read(const Attributes& attributes, const char* name, int64_t* to, size_t count, int64_t least) {
  const std::vector<int32_t> values = attributes.Ints(name);
  if (values.size() != count || *std::min_element(values.begin(), values.end()) < least) {
    throw Failure("bad-attribute", std::string("attribute ") + name + ": expected " + std::to_string(count) +
                                       " whole numbers of at least " + std::to_string(least) + ".");
  }
  std::copy(values.begin(), values.end(), to);
}

}  // namespace

std::vector<Run> RunsOfPlaces(const WindowAxis& axis) {
  std::vector<Run> runs;
  std::vector<std::pair<int64_t, int64_t>> taps;
  for (int64_t place = 0; place < axis.places(); place++) {
    taps.clear();
    for (int64_t tap = 0; tap < axis.taps; tap++) {
      const int64_t at = place * axis.stride + tap * axis.dilation - axis.before;
      if (at >= 0 && at < axis.map) taps.emplace_back(tap, at);
    }
    Append(runs, RunOfOne(place, 1, axis.stride, taps));
  }
  return runs;
}

std::vector<Run> RunsOfMap(const WindowAxis& axis) {
  std::vector<Run> runs;
  std::vector<std::pair<int64_t, int64_t>> taps;
  for (int64_t phase = 0; phase < axis.stride; phase++) {
    for (int64_t at = phase; at < axis.map; at += axis.stride) {
      taps.clear();
      for (int64_t tap = 0; tap < axis.taps; tap++) {
        const int64_t distance = at + axis.before - tap * axis.dilation;
        if (distance >= 0 && distance % axis.stride == 0 && distance / axis.stride < axis.places()) {
          taps.emplace_back(tap, distance / axis.stride);
        }
      }
      Append(runs, RunOfOne(at, axis.stride, 1, taps));
    }
  }
  return runs;
}

WindowAttributes::WindowAttributes(const Attributes& attributes) {
  Read(attributes, "strides", strides, 2, 1);
  Read(attributes, "dilations", dilations, 2, 1);
  Read(attributes, "padding", padding, 4, 0);
}

}  // namespace paretoscope::kernels
