#include "conv2d.h"

#include <algorithm>
#include <cstring>

#include "gemm.h"
#include "op.h"
#include "shapes.h"
#include "window.h"

namespace paretoscope::kernels {
namespace {

// Along one axis: tap u of place q lies at base + q * placeStep + u * tapStep of the map that is read, which has `size`
// positions; place q is first + q * step of the map that is written.
struct Walk {
  int64_t count;
  int64_t first;
  int64_t step;
  // Indices in the kernel.
  std::vector<int64_t> taps;
  int64_t base;
  int64_t placeStep;
  int64_t tapStep;
  int64_t size;
};

// The places of the window over the map.
Walk WalkOfPlaces(const WindowAxis& axis) {
  Walk walk = {axis.places(), 0, 1, {}, -axis.before, axis.stride, axis.dilation, axis.map};
  for (int64_t tap = 0; tap < axis.taps; tap++) walk.taps.push_back(tap);
  return walk;
}

// Positions phase, phase + stride, … of the map, under which the same taps of the window come to lie; taps are in the
// order of the places that they belong to.
Walk WalkOfPhase(const WindowAxis& axis, int64_t phase) {
  Walk walk = {(axis.map - phase + axis.stride - 1) / axis.stride, phase, axis.stride, {}, 0, 1, 1, axis.places()};
  std::vector<int64_t> at;
  for (int64_t tap = axis.taps - 1; tap >= 0; tap--) {
    const int64_t distance = phase + axis.before - tap * axis.dilation;
    if (distance % axis.stride != 0) continue;
    walk.taps.push_back(tap);
    at.push_back(distance / axis.stride);
  }
  if (!at.empty()) walk.base = at[0];
  if (at.size() > 1) walk.tapStep = at[1] - at[0];
  return walk;
}

// Places of a window over a map [batch, height, width, channels]. Taps that are neighbours in a row are one segment;
// one that crosses the edge is put together from the map and zeros.
class WindowPlaces final : public Places {
 public:
  // `to`: of the written map, [batch, toHeight, toWidth, toChannels]; may be null.
  WindowPlaces(const Walk& rows, const Walk& columns, int64_t batch, const float* from, int64_t channels)
      : rows_(rows), columns_(columns), from_(from), channels_(channels) {
    isJoined_ = columns.tapStep == 1 || columns.taps.size() == 1;
    span_ = isJoined_ ? static_cast<int64_t>(columns.taps.size()) : 1;
    rowSegments_ = isJoined_ ? 1 : static_cast<int64_t>(columns.taps.size());
    count = batch * rows.count * columns.count;
    segments = static_cast<int64_t>(rows.taps.size()) * rowSegments_;
    length = span_ * channels;
    zeros_.resize(length);
  }

  void SetWritten(float* to, int64_t height, int64_t width, int64_t channels) {
    to_ = to;
    toHeight_ = height;
    toWidth_ = width;
    toChannels_ = channels;
  }

  void Fill(int64_t begin, int64_t end, int64_t firstSegment, int64_t endSegment, PlaceTable& table) const override {
    float* copies = table.copies.Get(isJoined_ ? (end - begin) * (endSegment - firstSegment) * length : 0);
    for (int64_t i = 0; i < end - begin;) {
      const int64_t column = (begin + i) % columns_.count, line = (begin + i) / columns_.count;
      const int64_t row = line % rows_.count, image = line / rows_.count;
      const int64_t run = std::min(columns_.count - column, end - begin - i);
      if (to_) {
        const int64_t toRow = image * toHeight_ + rows_.first + row * rows_.step;
        float* to = to_ + (toRow * toWidth_ + columns_.first + column * columns_.step) * toChannels_;
        for (int64_t j = 0; j < run; j++) table.to[i + j] = to + j * columns_.step * toChannels_;
      }
      for (int64_t s = firstSegment; s < endSegment; s++) {
        const float** rows = table.rows.data() + (s - firstSegment) * table.count + i;
        FillRun(image, row, column, run, s, rows, copies);
      }
      i += run;
    }
  }

  // Sets the result of every place to zero.
  void SetZero() const {
    PlaceTable table;
    table.count = count;
    table.to.resize(count);
    Fill(0, count, 0, 0, table);
    for (float* to : table.to) std::fill_n(to, toChannels_, 0.0f);
  }

 private:
  // A segment of `run` neighbouring places.
  void FillRun(int64_t image, int64_t row, int64_t column, int64_t run, int64_t segment, const float** rows,
               float*& copies) const {
    const int64_t y = rows_.base + row * rows_.placeStep + segment / rowSegments_ * rows_.tapStep;
    if (y < 0 || y >= rows_.size) {
      std::fill_n(rows, run, zeros_.data());
      return;
    }
    const float* line = from_ + (image * rows_.size + y) * columns_.size * channels_;
    int64_t x = columns_.base + column * columns_.placeStep + segment % rowSegments_ * columns_.tapStep;
    for (int64_t j = 0; j < run; j++, x += columns_.placeStep) {
      rows[j] = x >= 0 && x + span_ <= columns_.size ? line + x * channels_ : AtEdge(line, x, copies);
    }
  }

  // A segment that lies beyond the edge in part, in room of `copies`.
  const float* AtEdge(const float* line, int64_t x, float*& copies) const {
    const int64_t first = std::max<int64_t>(0, x), end = std::min(columns_.size, x + span_);
    if (first >= end) return zeros_.data();
    float* copy = copies;
    copies += length;
    std::fill_n(copy, (first - x) * channels_, 0.0f);
    std::copy_n(line + first * channels_, (end - first) * channels_, copy + (first - x) * channels_);
    std::fill_n(copy + (end - x) * channels_, (x + span_ - end) * channels_, 0.0f);
    return copy;
  }

  Walk rows_;
  Walk columns_;
  const float* from_;
  int64_t channels_;
  bool isJoined_;
  // Taps of a segment, and segments of a row of taps.
  int64_t span_;
  int64_t rowSegments_;
  std::vector<float> zeros_;
  float* to_ = nullptr;
  int64_t toHeight_ = 0;
  int64_t toWidth_ = 0;
  int64_t toChannels_ = 0;
};

// The window, checked against the shapes of a call; those that an op computes come from `size`.
struct Window {
  WindowAxis rows;
  WindowAxis columns;
  int64_t batch;
  int64_t inChannels;
  int64_t outChannels;

  Window(const Call& call, const WindowAttributes& attributes, const Shape& x, const Shape& y, const Shape& kernel)
      : rows(attributes.rows(x.sizes[1], kernel.sizes[0])), columns(attributes.columns(x.sizes[2], kernel.sizes[1])) {
    batch = x.sizes[0];
    inChannels = kernel.sizes[2];
    outChannels = kernel.sizes[3];
    call.Require(rows.taps >= 1 && columns.taps >= 1, "the window must not be empty");
    call.Require(rows.fits() && columns.fits(), "the window must fit the padded input");
    call.Require(x.sizes[3] == inChannels, "channels of map and kernel must be equal");
    call.Require(y == Shape{batch, rows.places(), columns.places(), outChannels},
                 "sizes of the maps must agree with strides, padding and dilations");
  }
};

void RequireRanks(const Call& call) {
  call.Require(call.shape(0).rank == 4 && call.shape(1).rank == 4,
               "maps must be [batch, height, width, channels], kernels [kernelHeight, kernelWidth, in, out]");
  call.Require(call.shape(2).rank == 3, "size must be [rows, columns, 0]");
}

class ConvolutionOp {
 public:
  explicit ConvolutionOp(const Attributes& attributes) : attributes_(attributes) {}
  void Compute(Call& call) const {
    RequireRanks(call);
    const Shape &x = call.shape(0), &kernel = call.shape(1), &size = call.shape(2);
    const Shape y = {x.sizes[0], size.sizes[0], size.sizes[1], kernel.sizes[3]};
    const Window w(call, attributes_, x, y, kernel);
    float* to = call.Output(0, y);
    WindowPlaces places(WalkOfPlaces(w.rows), WalkOfPlaces(w.columns), w.batch, call.Floats(0), w.inChannels);
    places.SetWritten(to, y.sizes[1], y.sizes[2], w.outChannels);
    MultiplyRows(places, {{call.Floats(1)}, places.terms(), w.outChannels, 1, w.outChannels});
  }

 private:
  WindowAttributes attributes_;
};

class ConvolutionInputGradientOp {
 public:
  explicit ConvolutionInputGradientOp(const Attributes& attributes) : attributes_(attributes) {}
  void Compute(Call& call) const {
    RequireRanks(call);
    const Shape &dy = call.shape(0), &kernel = call.shape(1), &size = call.shape(2);
    const Shape dx = {dy.sizes[0], size.sizes[0], size.sizes[1], kernel.sizes[2]};
    const Window w(call, attributes_, dx, dy, kernel);
    float* to = call.Output(0, dx);
    const float *from = call.Floats(0), *weights = call.Floats(1);
    for (int64_t i = 0; i < std::min(w.rows.stride, w.rows.map); i++) {
      for (int64_t j = 0; j < std::min(w.columns.stride, w.columns.map); j++) {
        const Walk rows = WalkOfPhase(w.rows, i), columns = WalkOfPhase(w.columns, j);
        WindowPlaces places(rows, columns, w.batch, from, w.outChannels);
        places.SetWritten(to, dx.sizes[1], dx.sizes[2], w.inChannels);
        if (places.terms() == 0) {
          places.SetZero();
          continue;
        }
        Columns transposed = {{}, w.outChannels, 1, w.outChannels, w.inChannels};
        for (int64_t row : rows.taps) {
          for (int64_t column : columns.taps) {
            transposed.blocks.push_back(weights + (row * w.columns.taps + column) * w.inChannels * w.outChannels);
          }
        }
        MultiplyRows(places, transposed);
      }
    }
  }

 private:
  WindowAttributes attributes_;
};

class ConvolutionKernelGradientOp {
 public:
  explicit ConvolutionKernelGradientOp(const Attributes& attributes) : attributes_(attributes) {}
  void Compute(Call& call) const {
    RequireRanks(call);
    const Shape &dy = call.shape(0), &x = call.shape(1), &size = call.shape(2);
    const Shape kernel = {size.sizes[0], size.sizes[1], x.sizes[3], dy.sizes[3]};
    const Window w(call, attributes_, x, dy, kernel);
    float* to = call.Output(0, kernel);
    const WindowPlaces places(WalkOfPlaces(w.rows), WalkOfPlaces(w.columns), w.batch, call.Floats(1), w.inChannels);
    SumOverPlaces(places, {{call.Floats(0)}, places.count, w.outChannels, 1, w.outChannels}, to);
  }

 private:
  WindowAttributes attributes_;
};

// x, kernel, size [outHeight, outWidth, 0] -> [batch, outHeight, outWidth, out]
void InferOutput(TF_ShapeInferenceContext* context, TF_Status* status) {
  ShapeInference shapes(context, status);
  shapes.Output(0, shapes.Join({shapes.Axes(0, 0, 1), shapes.Axes(2, 0, 2), shapes.Axes(1, 3, 4)}));
}

// dy, kernel, size [height, width, 0] -> [batch, height, width, in]
void InferInputGradient(TF_ShapeInferenceContext* context, TF_Status* status) {
  ShapeInference shapes(context, status);
  shapes.Output(0, shapes.Join({shapes.Axes(0, 0, 1), shapes.Axes(2, 0, 2), shapes.Axes(1, 2, 3)}));
}

// dy, x, size [kernelHeight, kernelWidth, 0] -> [kernelHeight, kernelWidth, in, out]
void InferKernelGradient(TF_ShapeInferenceContext* context, TF_Status* status) {
  ShapeInference shapes(context, status);
  shapes.Output(0, shapes.Join({shapes.Axes(2, 0, 2), shapes.Axes(1, 3, 4), shapes.Axes(0, 3, 4)}));
}

}  // namespace

void RegisterConv2d() {
  const std::vector<const char*> attributes = {"strides: list(int)", "padding: list(int)", "dilations: list(int)"};
  RegisterOp<ConvolutionOp>(
      {"LabConv2d", {"x: float", "kernel: float", "size: float"}, {"y: float"}, attributes, InferOutput});
  RegisterOp<ConvolutionInputGradientOp>({"LabConv2dInputGradient",
                                          {"dy: float", "kernel: float", "size: float"},
                                          {"dx: float"},
                                          attributes,
                                          InferInputGradient});
  RegisterOp<ConvolutionKernelGradientOp>({"LabConv2dKernelGradient",
                                           {"dy: float", "x: float", "size: float"},
                                           {"d_kernel: float"},
                                           attributes,
                                           InferKernelGradient});
}

}  // namespace paretoscope::kernels
