#include <algorithm>
#include <cmath>
#include <vector>

#include "op.h"
#include "parallel.h"
#include "rows.h"
#include "shapes.h"

namespace paretoscope::kernels {
namespace {

struct Labels {
  const int32_t* values;
  int64_t classes;
  int64_t ignored;
  // Whether the row counts: labels out of range do not.
  bool counts(int64_t row) const { return values[row] >= 0 && values[row] < classes && values[row] != ignored; }
};

class LossOp {
 protected:
  explicit LossOp(const Attributes& attributes)
      : ignored_(attributes.Int("ignore_label")), smoothing_(attributes.Float("smoothing")) {}
  static void RequireShapes(const Call& call, int logits, int labels) {
    call.Require(call.shape(logits).rank == 2, "logits must be [rows, classes]");
    call.Require(call.shape(labels) == call.shape(logits).leading(), "there must be one label for each row");
  }
  int64_t ignored_;
  float smoothing_;
};

class CrossEntropyOp : LossOp {
 public:
  explicit CrossEntropyOp(const Attributes& attributes)
      : LossOp(attributes), isMeanOverValid_(attributes.Bool("mean_over_valid")) {}

  void Compute(Call& call) const {
    RequireShapes(call, 0, 1);
    const int64_t rows = call.shape(0).sizes[0], classes = call.shape(0).sizes[1];
    float* loss = call.Output(0, {});
    float* expSums = call.Output(1, call.shape(1));
    float* weight = call.Output(2, {});
    const float* logits = call.Floats(0);
    const Labels labels = {call.Ints(1), classes, ignored_};
    const Blocks blocks = CutBlocks(rows, 8 * classes, kBlockWork, 256);
    std::vector<double> sums(blocks.blocks);
    std::vector<int64_t> valid(blocks.blocks);
    ParallelBlocks(blocks.blocks, [&](int64_t b) {
      const int64_t begin = blocks.begin(b), end = blocks.end(b);
      std::vector<float> largest(end - begin);
      RowKernelsOfProcessor().sumExp(logits, expSums, largest.data(), classes, begin, end);
      std::vector<float> rowSums(smoothing_ != 0 ? end - begin : 0);
      if (smoothing_ != 0) {
        RowKernelsOfProcessor().sum(logits + begin * classes, rowSums.data(), classes, 0, end - begin);
      }
      for (int64_t i = begin; i < end; i++) {
        if (!labels.counts(i)) continue;
        double target = logits[i * classes + labels.values[i]];
        if (smoothing_ != 0) target += smoothing_ * (static_cast<double>(rowSums[i - begin]) / classes - target);
        // a sum of the largest value and the logarithm, rounded to float32, would cost digits that the difference keeps
        sums[b] += largest[i - begin] - target + std::log(static_cast<double>(expSums[i]));
        valid[b]++;
      }
    });
    double total = 0;
    int64_t count = 0;
    for (int64_t b = 0; b < blocks.blocks; b++) {
      total += sums[b];
      count += valid[b];
    }
    const double share = 1.0 / static_cast<double>(std::max<int64_t>(1, isMeanOverValid_ ? count : rows));
    *loss = static_cast<float>(total * share);
    *weight = static_cast<float>(share);
  }

 private:
  bool isMeanOverValid_;
};

class CrossEntropyGradientOp : LossOp {
 public:
  explicit CrossEntropyGradientOp(const Attributes& attributes) : LossOp(attributes) {}

  // (softmax - target) * dy * weight, zeros in rows that do not count
  void Compute(Call& call) const {
    RequireShapes(call, 1, 2);
    call.Require(call.shape(3) == call.shape(2), "per_row must be the forward pass's");
    call.Require(call.shape(0).count() == 1 && call.shape(4).count() == 1, "dy and weight must be single numbers");
    const int64_t rows = call.shape(1).sizes[0], classes = call.shape(1).sizes[1];
    float* dLogits = call.OutputFrom(0, {1});
    const float factor = call.Floats(0)[0] * call.Floats(4)[0];
    const float *logits = call.Floats(1), *expSums = call.Floats(3);
    const Labels labels = {call.Ints(2), classes, ignored_};
    const float even = smoothing_ / static_cast<float>(classes);
    const Blocks blocks = CutBlocks(rows, 6 * classes, kBlockWork, 256);
    ParallelBlocks(blocks.blocks, [&](int64_t b) {
      for (int64_t i = blocks.begin(b); i < blocks.end(b); i++) {
        float* to = dLogits + i * classes;
        if (!labels.counts(i)) {
          std::fill_n(to, classes, 0.0f);
          continue;
        }
        RowKernelsOfProcessor().softmaxFromSum(logits + i * classes, expSums[i], factor, even, to, classes);
        to[labels.values[i]] -= factor * (1 - smoothing_);
      }
    });
  }
};

}  // namespace

void RegisterCrossEntropy() {
  RegisterOp<CrossEntropyOp>({"LabCrossEntropy",
                              {"logits: float", "labels: int32"},
                              {"loss: float", "per_row: float", "weight: float"},
                              {"ignore_label: int", "smoothing: float", "mean_over_valid: bool"},
                              OutputsLike<kScalar, 1, kScalar>});
  RegisterOp<CrossEntropyGradientOp>(
      {"LabCrossEntropyGradient",
       {"dy: float", "logits: float", "labels: int32", "per_row: float", "weight: float"},
       {"d_logits: float"},
       {"ignore_label: int", "smoothing: float"},
       OutputsLike<1>});
}

}  // namespace paretoscope::kernels
