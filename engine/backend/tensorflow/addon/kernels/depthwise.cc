#include "depthwise.h"

#include <algorithm>
#include <numeric>

#include "op.h"
#include "parallel.h"
#include "shapes.h"
#include "window.h"

#define LAB_BODY "depthwise.inc"
#include "variants.h"

namespace paretoscope::kernels {
namespace {

const DepthwiseKernels& Kernels() {
  static const DepthwiseKernels& kernels = LAB_PICK(kDepthwise);
  return kernels;
}

// Runs along both axes of the map that is walked, row by row; the other map lies under the taps.
struct Plan {
  std::vector<Run> columns;
  // The run of each row, with count 1.
  std::vector<Run> rows;
  int64_t channels;
  int64_t period;
  int64_t kernelColumns;
  // Floats of a row of the walked and of the other map.
  int64_t rowSize;
  int64_t otherRowSize;
  int64_t otherHeight;

  Plan(const std::vector<Run>& rowRuns, std::vector<Run> columnRuns, int64_t channelCount, int64_t kernelWidth)
      : columns(std::move(columnRuns)), channels(channelCount), kernelColumns(kernelWidth) {
    period = std::lcm(std::max<int64_t>(1, channels), Kernels().lanes);
    int64_t height = 0, width = 0;
    for (const Run& run : columns) width += run.count;
    for (const Run& run : rowRuns) height += run.count;
    rowSize = width * channels;
    rows.resize(height);
    for (const Run& run : rowRuns) {
      for (int64_t i = 0; i < run.count; i++) {
        Run one = run;
        one.other += i * run.otherPlaceStep;
        rows[run.first + i * run.step] = one;
      }
    }
  }

  void SetOther(int64_t height, int64_t width) {
    otherHeight = height;
    otherRowSize = width * channels;
  }

  int64_t height() const { return static_cast<int64_t>(rows.size()); }

  // Whether the next row is reached by the same taps, one row of the other map further down.
  bool isPair(int64_t row) const {
    if (row + 1 >= height()) return false;
    const Run &a = rows[row], &b = rows[row + 1];
    return a.taps > 0 && a.taps == b.taps && a.firstTap == b.firstTap && a.tapStep == b.tapStep &&
           b.other == a.other + (a.taps > 1 ? a.otherTapStep : 1);
  }

  // Calls f(grid, tap, start) for the runs of a row (and the next one if `isTwo`) of image `image`: `tap` is the offset
  // of the first tap in a list of [taps, period], `start` that of the first place in the row. A run without taps has
  // grid.rows or grid.columns 0.
  template <typename F>
  void ForRuns(int64_t row, bool isTwo, const float* image, F&& f) const {
    const Run& r = rows[row];
    for (const Run& c : columns) {
      TapGrid grid = {};
      grid.rows = r.taps;
      grid.columns = c.taps;
      grid.map = image + r.other * otherRowSize + c.other * channels;
      grid.mapRow = (r.taps > 1 ? r.otherTapStep : 1) * otherRowSize;
      grid.otherRow = isTwo ? rowSize : 0;
      grid.mapColumn = c.otherTapStep * channels;
      grid.tapRow = r.tapStep * kernelColumns * period;
      grid.tapColumn = c.tapStep * period;
      const int64_t tap = (r.firstTap * kernelColumns + c.firstTap) * period;
      const int64_t start = c.first * channels;
      if (c.step == 1 && c.otherPlaceStep == 1) {
        // Neighbours on both maps: as many pixels at once as a period has.
        const int64_t values = c.count * channels;
        grid.mapPlace = grid.otherPlace = grid.width = period;
        grid.count = values / period;
        const int64_t whole = grid.count * period;
        if (grid.count > 0) f(grid, tap, start);
        grid.map += whole;
        grid.width = values - whole;
        grid.count = 1;
        if (grid.width > 0) f(grid, tap, start + whole);
      } else {
        grid.width = channels;
        grid.count = c.count;
        grid.mapPlace = c.otherPlaceStep * channels;
        grid.otherPlace = c.step * channels;
        f(grid, tap, start);
      }
    }
  }
};

// [kernelHeight, kernelWidth, channels] -> [kernelHeight, kernelWidth, period]
std::vector<float> RepeatWeights(const float* kernel, int64_t taps, const Plan& plan) {
  std::vector<float> weights(taps * plan.period);
  for (int64_t tap = 0; tap < taps; tap++) {
    float* to = weights.data() + tap * plan.period;
    std::copy_n(kernel + tap * plan.channels, plan.channels, to);
    for (int64_t i = plan.channels; i < plan.period; i++) to[i] = to[i - plan.channels];
  }
  return weights;
}

void SetZero(const TapGrid& grid, float* to) {
  for (int64_t place = 0; place < grid.count; place++) {
    std::fill_n(to + place * grid.otherPlace, grid.width, 0.0f);
    if (grid.otherRow != 0) std::fill_n(to + place * grid.otherPlace + grid.otherRow, grid.width, 0.0f);
  }
}

// Calls f(row, isTwo) for rows begin..end - 1 of a batch, in pairs where they allow it.
template <typename F>
void ForRows(const Plan& plan, int64_t begin, int64_t end, F&& f) {
  for (int64_t i = begin, step; i < end; i += step) {
    const bool isTwo = i + 1 < end && plan.isPair(i % plan.height());
    f(i, isTwo);
    step = isTwo ? 2 : 1;
  }
}

// Every value of `to` [batch, height, width, channels] as the sum of the taps on `from`.
void SumTapsOfMap(const Plan& plan, int64_t batch, const float* from, const float* kernel, int64_t taps, float* to) {
  const std::vector<float> weights = RepeatWeights(kernel, taps, plan);
  const int64_t work = plan.rowSize * std::max<int64_t>(2, taps / 2);
  const Blocks blocks = CutBlocks(batch * plan.height(), work, 4 * kBlockWork, 256);
  ParallelBlocks(blocks.blocks, [&](int64_t block) {
    ForRows(plan, blocks.begin(block), blocks.end(block), [&](int64_t i, bool isTwo) {
      const float* image = from + i / plan.height() * plan.otherHeight * plan.otherRowSize;
      float* row = to + i * plan.rowSize;
      plan.ForRuns(i % plan.height(), isTwo, image, [&](const TapGrid& grid, int64_t tap, int64_t start) {
        if (grid.rows == 0 || grid.columns == 0) {
          SetZero(grid, row + start);
        } else {
          Kernels().sumTaps(grid, weights.data() + tap, row + start);
        }
      });
    });
  });
}

// x, kernel and the places of the window, checked against the shapes of a call.
struct Window {
  WindowAxis rows;
  WindowAxis columns;
  int64_t batch;
  int64_t channels;

  // x and y are shapes of maps; those that an op computes come from `size`, [height, width, 0].
  Window(const Call& call, const WindowAttributes& attributes, const Shape& x, const Shape& y, const Shape& kernel)
      : rows(attributes.rows(x.sizes[1], kernel.sizes[0])), columns(attributes.columns(x.sizes[2], kernel.sizes[1])) {
    batch = x.sizes[0];
    channels = x.sizes[3];
    call.Require(rows.taps >= 1 && columns.taps >= 1, "the window must not be empty");
    call.Require(rows.fits() && columns.fits(), "the window must fit the padded input");
    call.Require(y == Shape{batch, rows.places(), columns.places(), channels},
                 "sizes of the maps must agree with strides, padding and dilations");
  }
  int64_t taps() const { return rows.taps * columns.taps; }
};

void RequireRanks(const Call& call, int64_t map, int64_t kernel) {
  call.Require(call.shape(map).rank == 4, "maps must be [batch, height, width, channels]");
  if (kernel >= 0) {
    const Shape& shape = call.shape(kernel);
    call.Require(shape.rank == 4 && shape.sizes[3] == 1 && shape.sizes[2] == call.shape(map).sizes[3],
                 "the kernel must be [kernelHeight, kernelWidth, channels, 1] with the map's channels");
  }
  call.Require(call.shape(2).rank == 3, "size must be [rows, columns, 0]");
}

class DepthwiseOp {
 public:
  explicit DepthwiseOp(const Attributes& attributes) : attributes_(attributes) {}
  void Compute(Call& call) const {
    RequireRanks(call, 0, 1);
    const Shape &x = call.shape(0), &size = call.shape(2);
    const Shape y = {x.sizes[0], size.sizes[0], size.sizes[1], x.sizes[3]};
    const Window window(call, attributes_, x, y, call.shape(1));
    Plan plan(RunsOfPlaces(window.rows), RunsOfPlaces(window.columns), window.channels, window.columns.taps);
    plan.SetOther(x.sizes[1], x.sizes[2]);
    float* to = call.Output(0, y);
    SumTapsOfMap(plan, window.batch, call.Floats(0), call.Floats(1), window.taps(), to);
  }

 private:
  WindowAttributes attributes_;
};

class DepthwiseInputGradientOp {
 public:
  explicit DepthwiseInputGradientOp(const Attributes& attributes) : attributes_(attributes) {}
  void Compute(Call& call) const {
    RequireRanks(call, 0, 1);
    const Shape &dy = call.shape(0), &size = call.shape(2);
    const Shape dx = {dy.sizes[0], size.sizes[0], size.sizes[1], dy.sizes[3]};
    const Window window(call, attributes_, dx, dy, call.shape(1));
    Plan plan(RunsOfMap(window.rows), RunsOfMap(window.columns), window.channels, window.columns.taps);
    plan.SetOther(dy.sizes[1], dy.sizes[2]);
    float* to = call.Output(0, dx);
    SumTapsOfMap(plan, window.batch, call.Floats(0), call.Floats(1), window.taps(), to);
  }

 private:
  WindowAttributes attributes_;
};

class DepthwiseKernelGradientOp {
 public:
  explicit DepthwiseKernelGradientOp(const Attributes& attributes) : attributes_(attributes) {}
  void Compute(Call& call) const {
    RequireRanks(call, 0, -1);
    const Shape &dy = call.shape(0), &x = call.shape(1), &size = call.shape(2);
    call.Require(x.rank == 4, "x must be [batch, height, width, channels]");
    const Shape kernel = {size.sizes[0], size.sizes[1], x.sizes[3], 1};
    const Window window(call, attributes_, x, dy, kernel);
    Plan plan(RunsOfPlaces(window.rows), RunsOfPlaces(window.columns), window.channels, window.columns.taps);
    plan.SetOther(x.sizes[1], x.sizes[2]);
    float* to = call.Output(0, kernel);
    Sum(plan, window, call.Floats(0), call.Floats(1), to);
  }

 private:
  // Sums over places: float32 within a block of rows, float64 over the blocks, in order.
  static void Sum(const Plan& plan, const Window& window, const float* dy, const float* x, float* to) {
    const int64_t taps = window.taps(), count = taps * plan.channels;
    const int64_t work = plan.rowSize * std::max<int64_t>(2, taps / 2);
    const Blocks blocks = CutBlocks(window.batch * plan.height(), work, 4 * kBlockWork, 64);
    std::vector<float> partial(count * blocks.blocks);
    ParallelBlocks(blocks.blocks, [&](int64_t block) {
      std::vector<float> sums(taps * plan.period);
      ForRows(plan, blocks.begin(block), blocks.end(block), [&](int64_t i, bool isTwo) {
        const float* image = x + i / plan.height() * plan.otherHeight * plan.otherRowSize;
        const float* row = dy + i * plan.rowSize;
        plan.ForRuns(i % plan.height(), isTwo, image, [&](const TapGrid& grid, int64_t tap, int64_t start) {
          if (grid.rows > 0 && grid.columns > 0) Kernels().sumPlaces(grid, sums.data() + tap, row + start);
        });
      });
      float* own = partial.data() + count * block;
      for (int64_t tap = 0; tap < taps; tap++) {
        const float* from = sums.data() + tap * plan.period;
        for (int64_t c = 0; c < plan.channels; c++) {
          double sum = 0;
          for (int64_t i = c; i < plan.period; i += plan.channels) sum += from[i];
          own[tap * plan.channels + c] = static_cast<float>(sum);
        }
      }
    });
    for (int64_t i = 0; i < count; i++) {
      double sum = 0;
      for (int64_t block = 0; block < blocks.blocks; block++) sum += partial[count * block + i];
      to[i] = static_cast<float>(sum);
    }
  }

  WindowAttributes attributes_;
};

// x or dy, kernel, size [height, width, 0] -> [batch, height, width, channels]
void InferMap(TF_ShapeInferenceContext* context, TF_Status* status) {
  ShapeInference shapes(context, status);
  shapes.Output(0, shapes.Join({shapes.Axes(0, 0, 1), shapes.Axes(2, 0, 2), shapes.Axes(0, 3, 4)}));
}

// dy, x, size [kernelHeight, kernelWidth, 0] -> [kernelHeight, kernelWidth, channels, 1]
void InferKernel(TF_ShapeInferenceContext* context, TF_Status* status) {
  ShapeInference shapes(context, status);
  shapes.Output(0, shapes.Join({shapes.Axes(2, 0, 2), shapes.Axes(1, 3, 4), shapes.One()}));
}

}  // namespace

void RegisterDepthwise() {
  const std::vector<const char*> attributes = {"strides: list(int)", "padding: list(int)", "dilations: list(int)"};
  RegisterOp<DepthwiseOp>(
      {"LabDepthwiseConv2d", {"x: float", "kernel: float", "size: float"}, {"y: float"}, attributes, InferMap});
  RegisterOp<DepthwiseInputGradientOp>({"LabDepthwiseConv2dInputGradient",
                                        {"dy: float", "kernel: float", "size: float"},
                                        {"dx: float"},
                                        attributes,
                                        InferMap});
  RegisterOp<DepthwiseKernelGradientOp>({"LabDepthwiseConv2dKernelGradient",
                                         {"dy: float", "x: float", "size: float"},
                                         {"d_kernel: float"},
                                         attributes,
                                         InferKernel});
}

}  // namespace paretoscope::kernels
