#include "optimizers.h"

#include <atomic>

#include "op.h"
#include "parallel.h"
#include "shapes.h"

#define LAB_BODY "optimizers.inc"
#include "variants.h"

namespace paretoscope::kernels {
namespace {

const OptimizerKernels& Kernels() {
  static const OptimizerKernels& kernels = LAB_PICK(kOptimizers);
  return kernels;
}

// Numbers that change from step to step come in one vector: learning rate, L2, L1, EMA decay, 1 - EMA decay, then
// `own` ones of the optimiser.
constexpr int kShared = 5;

UpdateFactors Shared(const float* hyper) { return {hyper[0], hyper[1], hyper[2], hyper[3], hyper[4]}; }

// How many updates were made in the place of variables.
std::atomic<int64_t> updatesInPlace{0};

// Successors come in the places of inputs that nobody else needs; with `isInPlace` in those of the variables
// themselves.
float* Successor(Call& call, int output, int input, bool isInPlace) {
  return isInPlace ? call.OutputIn(output, input) : call.OutputFrom(output, {input, 1});
}

// Reads the inputs variable, gradient, `slots` slots, the shadow if there is one, hyper; makes their successors.
class UpdateCall {
 public:
  UpdateCall(Call& call, int slots, bool hasShadow, int own, bool isInPlace) {
    if (isInPlace) updatesInPlace++;
    const int hyperIndex = 2 + slots + (hasShadow ? 1 : 0);
    const Shape& shape = call.shape(0);
    for (int input = 1; input < hyperIndex; input++) {
      call.Require(call.shape(input) == shape, "gradient, slots and shadow must have the variable's shape");
    }
    call.Require(call.shape(hyperIndex) == Shape{kShared + own}, "hyper must be a vector of the optimiser's numbers");
    count = shape.count();
    Slot* list[] = {&update.weight, &update.first, &update.second};
    update.weight.to = Successor(call, 0, 0, isInPlace);
    for (int slot = 0; slot < slots; slot++) list[1 + slot]->to = Successor(call, 1 + slot, 2 + slot, isInPlace);
    if (hasShadow) update.shadow.to = Successor(call, 1 + slots, 2 + slots, isInPlace);
    update.weight.from = call.Floats(0);
    update.gradient = call.Floats(1);
    for (int slot = 0; slot < slots; slot++) list[1 + slot]->from = call.Floats(2 + slot);
    if (hasShadow) update.shadow.from = call.Floats(2 + slots);
    hyper = call.Floats(hyperIndex);
    factors = Shared(hyper);
    own_ = hyper + kShared;
  }

  float own(int index) const { return own_[index]; }

  template <typename Factors>
  void Run(void (*kernel)(Update, UpdateFactors, Factors, int64_t, int64_t), const Factors& own) const {
    const Blocks blocks = CutBlocks(count, 4, kBlockWork, 256);
    ParallelBlocks(blocks.blocks, [&](int64_t b) { kernel(update, factors, own, blocks.begin(b), blocks.end(b)); });
  }

  Update update = {};
  UpdateFactors factors;
  const float* hyper;
  int64_t count;

 private:
  const float* own_;
};

template <bool hasShadow>
class SgdOp {
 public:
  explicit SgdOp(const Attributes& attributes)
      : isNesterov_(attributes.Bool("nesterov")), isInPlace_(attributes.Bool("in_place")) {}
  void Compute(Call& call) const {
    const UpdateCall update(call, 1, hasShadow, 1, isInPlace_);
    update.Run(Kernels().sgd, SgdFactors{update.own(0), isNesterov_});
  }

 private:
  bool isNesterov_;
  bool isInPlace_;
};

template <bool hasShadow>
class RmsPropOp {
 public:
  explicit RmsPropOp(const Attributes& attributes)
      : epsilon_(attributes.Float("epsilon")),
        isRateOnGradient_(attributes.Bool("rate_on_gradient")),
        isInPlace_(attributes.Bool("in_place")) {}
  void Compute(Call& call) const {
    const UpdateCall u(call, 2, hasShadow, 3, isInPlace_);
    u.Run(Kernels().rmsProp, RmsPropFactors{u.own(0), u.own(1), u.own(2), epsilon_, isRateOnGradient_});
  }

 private:
  float epsilon_;
  bool isRateOnGradient_;
  bool isInPlace_;
};

template <bool hasShadow>
class AdamOp {
 public:
  explicit AdamOp(const Attributes& attributes)
      : epsilon_(attributes.Float("epsilon")),
        isCoupled_(attributes.Bool("coupled")),
        isInPlace_(attributes.Bool("in_place")) {}
  void Compute(Call& call) const {
    UpdateCall u(call, 2, hasShadow, 6, isInPlace_);
    AdamFactors a = {u.own(0), u.own(1), u.own(2), u.own(3), 0, u.own(5), 1, epsilon_};
    const double rate = u.factors.rate;
    a.firstScale = static_cast<float>(rate / u.own(4));
    if (!isCoupled_) {
      a.shrink = static_cast<float>(1 - rate * u.factors.l2);
      u.factors.l2 = 0;
    }
    u.Run(Kernels().adam, a);
  }

 private:
  float epsilon_;
  bool isCoupled_;
  bool isInPlace_;
};

class EmaOp {
 public:
  explicit EmaOp(const Attributes& attributes) : isInPlace_(attributes.Bool("in_place")) {}
  void Compute(Call& call) const {
    call.Require(call.shape(0) == call.shape(1), "the value must have the shadow's shape");
    call.Require(call.shape(2) == Shape{2}, "hyper must be decay and 1 - decay");
    if (isInPlace_) updatesInPlace++;
    float* to = Successor(call, 0, 0, isInPlace_);
    const Slot shadow = {call.Floats(0), to};
    const float* value = call.Floats(1);
    const float* hyper = call.Floats(2);
    const Blocks blocks = CutBlocks(call.shape(0).count(), 2, kBlockWork, 256);
    ParallelBlocks(blocks.blocks, [&](int64_t b) {
      Kernels().ema(shadow, value, hyper[0], hyper[1], blocks.begin(b), blocks.end(b));
    });
  }

 private:
  bool isInPlace_;
};

using Names = std::vector<const char*>;

Names With(Names list, Names more) {
  list.insert(list.end(), more.begin(), more.end());
  return list;
}

// The op and its form with a shadow.
template <typename Plain, typename WithShadow>
void RegisterPair(const char* name, const char* nameWithShadow, Names slots, Names newSlots, Names own) {
  const Names attributes = With(own, {"in_place: bool = false"});
  const bool hasTwo = slots.size() == 2;
  const Names inputs = With({"variable: float", "gradient: float"}, slots);
  const Names outputs = With({"new_variable: float"}, newSlots);
  RegisterOp<Plain>(
      {name, With(inputs, {"hyper: float"}), outputs, attributes, hasTwo ? OutputsLike<0, 2, 3> : OutputsLike<0, 2>});
  RegisterOp<WithShadow>({nameWithShadow, With(inputs, {"shadow: float", "hyper: float"}),
                          With(outputs, {"new_shadow: float"}), attributes,
                          hasTwo ? OutputsLike<0, 2, 3, 4> : OutputsLike<0, 2, 3>});
}

}  // namespace

int64_t UpdatesInPlace() { return updatesInPlace; }

void RegisterOptimizers() {
  RegisterPair<SgdOp<false>, SgdOp<true>>("LabUpdateSgd", "LabUpdateSgdEma", {"velocity: float"},
                                          {"new_velocity: float"}, {"nesterov: bool = false"});
  RegisterPair<RmsPropOp<false>, RmsPropOp<true>>(
      "LabUpdateRmsProp", "LabUpdateRmsPropEma", {"mean_square: float", "velocity: float"},
      {"new_mean_square: float", "new_velocity: float"}, {"epsilon: float", "rate_on_gradient: bool = false"});
  RegisterPair<AdamOp<false>, AdamOp<true>>(
      "LabUpdateAdamW", "LabUpdateAdamWEma", {"first_moment: float", "second_moment: float"},
      {"new_first_moment: float", "new_second_moment: float"}, {"epsilon: float", "coupled: bool = false"});
  RegisterOp<EmaOp>({"LabUpdateEma",
                     {"shadow: float", "value: float", "hyper: float"},
                     {"new_shadow: float"},
                     {"in_place: bool = false"},
                     OutputsLike<0>});
}

}  // namespace paretoscope::kernels
