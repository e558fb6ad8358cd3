#include "batch-norm.h"

#include <cmath>
#include <numeric>
#include <vector>

#include "op.h"
#include "parallel.h"
#include "shapes.h"

#define LAB_BODY "batch-norm.inc"
#include "variants.h"

namespace paretoscope::kernels {
namespace {

const BatchNormKernels& Kernels() {
  static const BatchNormKernels& kernels = LAB_PICK(kBatchNorm);
  return kernels;
}

// How x is cut: into periods of whole rows, and these into blocks.
struct Layout {
  int64_t count;
  int64_t channels;
  int64_t rows;
  int64_t width;
  Blocks periods;

  Layout(const Shape& x, int64_t most) : count(x.count()), channels(x.last()), rows(x.rows()) {
    const int64_t lanes = Kernels().lanes;
    width = channels > 0 ? std::lcm(channels, lanes) : lanes;
    while (width < 4 * lanes) width *= 2;
    periods = CutBlocks((count + width - 1) / width, width, kBlockWork, most);
  }
  int64_t begin(int64_t block) const { return periods.begin(block) * width; }
  int64_t size(int64_t block) const { return std::min(count, periods.end(block) * width) - begin(block); }
};

// Several lists of one value a channel, each repeated over a period.
class Repeated {
 public:
  Repeated(const Layout& layout, int lists) : layout_(layout), values_(layout.width * lists) {}
  // `from(channel)`
  template <typename F>
  const float* Fill(F&& from) {
    float* list = values_.data() + layout_.width * filled_++;
    for (int64_t c = 0; c < layout_.channels; c++) list[c] = static_cast<float>(from(c));
    for (int64_t i = layout_.channels; i < layout_.width; i++) list[i] = list[i - layout_.channels];
    return list;
  }

 private:
  const Layout& layout_;
  std::vector<float> values_;
  int filled_ = 0;
};

// Two sums a channel over all rows: those of the blocks, added up in order.
template <typename F>
std::vector<double> SumPairs(const Layout& layout, F&& sumBlock) {
  const int64_t channels = layout.channels, width = layout.width;
  std::vector<double> partial(2 * channels * layout.periods.blocks);
  ParallelBlocks(layout.periods.blocks, [&](int64_t block) {
    std::vector<double> sums(2 * width);
    sumBlock(block, sums.data(), sums.data() + width);
    double* own = partial.data() + 2 * channels * block;
    for (int list = 0; list < 2; list++) {
      for (int64_t i = 0, c = 0; i < width; i++, c = c + 1 < channels ? c + 1 : 0) {
        own[list * channels + c] += sums[list * width + i];
      }
    }
  });
  std::vector<double> total(2 * channels);
  for (int64_t block = 0; block < layout.periods.blocks; block++) {
    for (int64_t i = 0; i < 2 * channels; i++) total[i] += partial[2 * channels * block + i];
  }
  return total;
}

// z = (x - mean) * scale + beta: unlike x * scale + shift it costs no digits when the mean is large.
struct Affine {
  const float* mean;
  const float* scale;
  const float* beta;
  Affine(Repeated& lists, const float* means, const float* variance, const float* gamma, const float* betas,
         double epsilon) {
    mean = lists.Fill([=](int64_t c) { return means[c]; });
    scale = lists.Fill([=](int64_t c) { return gamma[c] / std::sqrt(variance[c] + epsilon); });
    beta = lists.Fill([=](int64_t c) { return betas[c]; });
  }
};

void RequireChannels(const Call& call, int x, int from, int to) {
  call.Require(call.shape(x).rank >= 1, "x must have channels");
  for (int input = from; input < to; input++) {
    call.Require(call.shape(input) == Shape{call.shape(x).last()},
                 "gamma, beta and statistics must have one value for each of x's channels");
  }
}

void NormaliseAll(const Layout& layout, const float* x, const Affine& affine, float* y, ActivationKind kind) {
  ParallelBlocks(layout.periods.blocks, [&](int64_t block) {
    const int64_t at = layout.begin(block);
    Kernels().normalise(x + at, affine.mean, affine.scale, affine.beta, y + at, layout.size(block), layout.width, kind);
  });
}

class NormOp {
 protected:
  explicit NormOp(const Attributes& attributes)
      : epsilon_(attributes.Float("epsilon")), kind_(ActivationOf(attributes)) {}
  double epsilon_;
  ActivationKind kind_;
};

class BatchNormTrainOp : NormOp {
 public:
  explicit BatchNormTrainOp(const Attributes& attributes) : NormOp(attributes) {}
  void Compute(Call& call) const {
    RequireChannels(call, 0, 1, 3);
    const Layout layout(call.shape(0), 64);
    float* y = call.Output(0, call.shape(0));
    float* mean = call.Output(1, call.shape(1));
    float* variance = call.Output(2, call.shape(1));
    const float* x = call.Floats(0);
    // Statistics are those of x minus its first row, so that a large mean costs no digits.
    Repeated lists(layout, 4);
    const float* pivot = lists.Fill([&](int64_t c) { return layout.count > 0 ? x[c] : 0; });
    const std::vector<double> sums = SumPairs(layout, [&](int64_t block, double* sum, double* squares) {
      Kernels().sumShifted(x + layout.begin(block), pivot, layout.size(block), layout.width, sum, squares);
    });
    const double rows = static_cast<double>(std::max<int64_t>(1, layout.rows));
    for (int64_t c = 0; c < layout.channels; c++) {
      const double shifted = sums[c] / rows;
      mean[c] = static_cast<float>(shifted + pivot[c]);
      variance[c] = static_cast<float>(std::max(0.0, sums[layout.channels + c] / rows - shifted * shifted));
    }
    const Affine affine(lists, mean, variance, call.Floats(1), call.Floats(2), epsilon_);
    NormaliseAll(layout, x, affine, y, kind_);
  }
};

class BatchNormInferenceOp : NormOp {
 public:
  explicit BatchNormInferenceOp(const Attributes& attributes) : NormOp(attributes) {}
  void Compute(Call& call) const {
    RequireChannels(call, 0, 1, 5);
    const Layout layout(call.shape(0), 64);
    float* y = call.OutputFrom(0, {0});
    Repeated lists(layout, 3);
    const Affine affine(lists, call.Floats(1), call.Floats(2), call.Floats(3), call.Floats(4), epsilon_);
    NormaliseAll(layout, call.Floats(0), affine, y, kind_);
  }
};

class BatchNormTrainGradientOp : NormOp {
 public:
  explicit BatchNormTrainGradientOp(const Attributes& attributes) : NormOp(attributes) {}
  void Compute(Call& call) const {
    call.Require(call.shape(0) == call.shape(1), "dy must have x's shape");
    RequireChannels(call, 1, 2, 6);
    const Layout layout(call.shape(1), 64);
    float* dx = call.OutputFrom(0, {0});
    float* dGamma = call.Output(1, call.shape(2));
    float* dBeta = call.Output(2, call.shape(2));
    const float *dy = call.Floats(0), *x = call.Floats(1), *gamma = call.Floats(2), *beta = call.Floats(3);
    const float *mean = call.Floats(4), *variance = call.Floats(5);
    Repeated lists(layout, 6);
    const Affine affine(lists, mean, variance, gamma, beta, epsilon_);
    const std::vector<double> sums = SumPairs(layout, [&](int64_t block, double* sum, double* products) {
      const int64_t at = layout.begin(block);
      Kernels().sumGradients(dy + at, x + at, affine.mean, affine.scale, affine.beta, dx + at, layout.size(block),
                             layout.width, kind_, sum, products);
    });
    const double rows = static_cast<double>(std::max<int64_t>(1, layout.rows));
    std::vector<double> a(layout.channels), b(layout.channels), c0(layout.channels);
    for (int64_t c = 0; c < layout.channels; c++) {
      const double sum = sums[c], product = sums[layout.channels + c];
      const double inverse = 1 / std::sqrt(variance[c] + epsilon_);
      dBeta[c] = static_cast<float>(sum);
      dGamma[c] = static_cast<float>(product * inverse);
      a[c] = gamma[c] * inverse;
      b[c] = -a[c] * inverse * inverse * product / rows;
      c0[c] = -a[c] * sum / rows;
    }
    const float* slopes = lists.Fill([&](int64_t c) { return a[c]; });
    const float* xSlopes = lists.Fill([&](int64_t c) { return b[c]; });
    const float* offsets = lists.Fill([&](int64_t c) { return c0[c]; });
    // The dear activations have left dz in dx.
    const bool isKept = kind_ > kRelu6;
    ParallelBlocks(layout.periods.blocks, [&](int64_t block) {
      const int64_t at = layout.begin(block);
      Kernels().combine((isKept ? dx : dy) + at, x + at, affine.mean, slopes, xSlopes, offsets, affine.scale,
                        affine.beta, dx + at, layout.size(block), layout.width, isKept ? kNone : kind_);
    });
  }
};

}  // namespace

void RegisterBatchNorm() {
  const std::vector<const char*> attributes = {"epsilon: float", "kind: string"};
  RegisterOp<BatchNormTrainOp>({"LabBatchNormTrain",
                                {"x: float", "gamma: float", "beta: float"},
                                {"y: float", "mean: float", "variance: float"},
                                attributes,
                                OutputsLike<0, 1, 1>});
  RegisterOp<BatchNormTrainGradientOp>(
      {"LabBatchNormTrainGradient",
       {"dy: float", "x: float", "gamma: float", "beta: float", "mean: float", "variance: float"},
       {"dx: float", "d_gamma: float", "d_beta: float"},
       attributes,
       OutputsLike<1, 2, 2>});
  RegisterOp<BatchNormInferenceOp>({"LabBatchNormInference",
                                    {"x: float", "mean: float", "variance: float", "gamma: float", "beta: float"},
                                    {"y: float"},
                                    attributes,
                                    OutputsLike<0>});
}

}  // namespace paretoscope::kernels
