#include "resize.h"

#include <algorithm>
#include <vector>

#include "op.h"
#include "parallel.h"
#include "shapes.h"

#define LAB_BODY "resize.inc"
#include "variants.h"

namespace paretoscope::kernels {
namespace {

const ResizeKernels& Kernels() {
  static const ResizeKernels& kernels = LAB_PICK(kResize);
  return kernels;
}

// The terms of one axis.
class Mixes {
 public:
  // `pairs` [to, 2] are the two input positions of each output position, `shares` [to] the second one's share. As they
  // are: terms of the outputs. `isTurned`: terms of the `from` input positions, for the gradient.
  Mixes(const int32_t* pairs, const float* shares, int64_t to, int64_t from, bool isTurned)
      : first_((isTurned ? from : to) + 1) {
    std::vector<std::vector<std::pair<int32_t, float>>> terms(first_.size() - 1);
    for (int64_t i = 0; i < to; i++) {
      for (int side = 0; side < 2; side++) {
        const float share = side == 0 ? 1 - shares[i] : shares[i];
        if (share == 0) continue;
        const int32_t position = pairs[2 * i + side];
        if (isTurned) {
          terms[position].emplace_back(static_cast<int32_t>(i), share);
        } else {
          terms[i].emplace_back(position, share);
        }
      }
    }
    for (size_t place = 0; place < terms.size(); place++) {
      for (const auto& [position, share] : terms[place]) {
        from_.push_back(position);
        share_.push_back(share);
      }
      first_[place + 1] = static_cast<int32_t>(from_.size());
    }
  }
  MixList list() const { return {first_.data(), from_.data(), share_.data()}; }
  int64_t places() const { return static_cast<int64_t>(first_.size()) - 1; }

 private:
  std::vector<int32_t> first_;
  std::vector<int32_t> from_;
  std::vector<float> share_;
};

// [batch, height, width, channels] of `from` -> [batch, rows' places, columns' places, channels] of `to`
void Resize(const Mixes& rows, const Mixes& columns, const Shape& shape, const float* from, float* to) {
  const int64_t height = shape.sizes[1], width = shape.sizes[2], channels = shape.sizes[3];
  const int64_t rowSize = width * channels, newRowSize = columns.places() * channels, newHeight = rows.places();
  const Blocks blocks = CutBlocks(shape.sizes[0] * newHeight, 2 * (rowSize + newRowSize), kBlockWork, 256);
  ParallelBlocks(blocks.blocks, [&](int64_t block) {
    std::vector<float> mixed(rowSize);
    for (int64_t i = blocks.begin(block); i < blocks.end(block); i++) {
      const float* image = from + i / newHeight * height * rowSize;
      Kernels().mixRows(rows.list(), i % newHeight, image, rowSize, mixed.data(), rowSize);
      Kernels().mixPixels(columns.list(), columns.places(), mixed.data(), to + i * newRowSize, channels);
    }
  });
}

void RequireMix(const Call& call, int pairs, int shares) {
  const Shape &list = call.shape(pairs), &share = call.shape(shares);
  call.Require(share.rank == 1 && list == Shape{share.sizes[0], 2},
               "rows and columns must be pairs of positions [size, 2] with shares [size]");
}

void RequireInside(const Call& call, const int32_t* pairs, int64_t count, int64_t size) {
  call.Require(std::all_of(pairs, pairs + 2 * count, [=](int32_t at) { return at >= 0 && at < size; }),
               "positions must lie on the input");
}

template <bool isGradient>
class ResizeOp {
 public:
  explicit ResizeOp(const Attributes&) {}
  void Compute(Call& call) const {
    const Shape& from = call.shape(0);
    call.Require(from.rank == 4, "maps must be [batch, height, width, channels]");
    RequireMix(call, 1, 2);
    RequireMix(call, 3, 4);
    const int64_t rows = call.shape(2).sizes[0], columns = call.shape(4).sizes[0];
    int64_t height = from.sizes[1], width = from.sizes[2];
    if (isGradient) {
      call.Require(height == rows && width == columns, "dy must have as many rows and columns as there are mixes");
      call.Require(call.shape(5).rank == 3, "size must be [height, width, 0]");
      height = call.shape(5).sizes[0];
      width = call.shape(5).sizes[1];
    }
    const Shape to = {from.sizes[0], isGradient ? height : rows, isGradient ? width : columns, from.sizes[3]};
    float* y = call.Output(0, to);
    const int32_t *rowPairs = call.Ints(1), *columnPairs = call.Ints(3);
    RequireInside(call, rowPairs, rows, height);
    RequireInside(call, columnPairs, columns, width);
    Resize(Mixes(rowPairs, call.Floats(2), rows, height, isGradient),
           Mixes(columnPairs, call.Floats(4), columns, width, isGradient), from, call.Floats(0), y);
  }
};

// [batch, rows, columns, channels]
void InferResize(TF_ShapeInferenceContext* context, TF_Status* status) {
  ShapeInference shapes(context, status);
  shapes.Output(0, shapes.Join({shapes.Axes(0, 0, 1), shapes.Input(2), shapes.Input(4), shapes.Axes(0, 3, 4)}));
}

void InferGradient(TF_ShapeInferenceContext* context, TF_Status* status) {
  ShapeInference shapes(context, status);
  shapes.Output(0, shapes.Join({shapes.Axes(0, 0, 1), shapes.Axes(5, 0, 2), shapes.Axes(0, 3, 4)}));
}

}  // namespace

void RegisterResize() {
  RegisterOp<ResizeOp<false>>(
      {"LabResize",
       {"x: float", "rows: int32", "row_shares: float", "columns: int32", "column_shares: float"},
       {"y: float"},
       {},
       InferResize});
  RegisterOp<ResizeOp<true>>(
      {"LabResizeGradient",
       {"dy: float", "rows: int32", "row_shares: float", "columns: int32", "column_shares: float", "size: float"},
       {"dx: float"},
       {},
       InferGradient});
}

}  // namespace paretoscope::kernels
