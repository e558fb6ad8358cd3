// What an op of our own needs of TensorFlow's C API: its definition, its attributes, and one execution of its kernel.
#ifndef PARETOSCOPE_KERNELS_OP_H_
#define PARETOSCOPE_KERNELS_OP_H_

#include <initializer_list>
#include <string>
#include <vector>

#include "../tf_api.h"

namespace paretoscope::kernels {

struct Shape {
  static constexpr int kMostAxes = 8;
  int rank = 0;
  int64_t sizes[kMostAxes] = {};

  Shape() = default;
  Shape(std::initializer_list<int64_t> list);
  int64_t count() const;
  // Size of the last axis; 1 of a scalar.
  int64_t last() const { return rank > 0 ? sizes[rank - 1] : 1; }
  // Size of all axes but the last.
  int64_t rows() const;
  // Without the last axis.
  Shape leading() const;
  bool operator==(const Shape& other) const;
  bool operator!=(const Shape& other) const { return !(*this == other); }
  std::string text() const;
};

// Inputs, outputs and attributes in TensorFlow's notation: "x: float", "kind: string".
struct OpDefinition {
  const char* name;
  std::vector<const char*> inputs;
  std::vector<const char*> outputs;
  std::vector<const char*> attributes;
  void (*inferShapes)(TF_ShapeInferenceContext*, TF_Status*);
};

// The attributes of a node. Every function throws Failure when there is no such attribute of that type.
class Attributes {
 public:
  explicit Attributes(TF_OpKernelConstruction* construction) : construction_(construction) {}
  int64_t Int(const char* name) const;
  float Float(const char* name) const;
  bool Bool(const char* name) const;
  std::string Text(const char* name) const;
  std::vector<int32_t> Ints(const char* name) const;

 private:
  TF_OpKernelConstruction* construction_;
};

// One execution. Outputs come before inputs: a buffer whose address was asked for cannot become an output.
class Call {
 public:
  Call(TF_OpKernelContext* context, const OpDefinition& definition);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  const Shape& shape(int input) const { return shapes_[input]; }
  // Throws Failure with `expectation`, the names of all inputs and their shapes, unless `holds`.
  void Require(bool holds, const char* expectation) const;

  float* Output(int index, const Shape& shape);
  int32_t* IntOutput(int index, const Shape& shape);
  // In the place of the first of the inputs that nobody else needs, all of one shape; else new.
  float* OutputFrom(int index, std::initializer_list<int> inputs);

  // In the place of an input, whoever else holds it: the caller knows that nobody reads it any more.
  float* OutputIn(int index, int input);

  const float* Floats(int input) { return static_cast<const float*>(Data(input)); }
  const int32_t* Ints(int input) { return static_cast<const int32_t*>(Data(input)); }

 private:
  const void* Data(int input);
  void* Allocate(int index, TF_DataType type, const Shape& shape);
  void* Keep(TF_Tensor* tensor);
  void Check() const;

  TF_OpKernelContext* context_;
  const OpDefinition& definition_;
  TF_Status* status_;
  std::vector<Shape> shapes_;
  std::vector<TF_Tensor*> tensors_;
};

// Used by RegisterOp.
using CreateFunction = void* (*)(TF_OpKernelConstruction*);
using ComputeFunction = void (*)(void*, TF_OpKernelContext*);
using DeleteFunction = void (*)(void*);
const OpDefinition* KeepDefinition(OpDefinition definition);
void RegisterWithTensorFlow(const OpDefinition& definition, CreateFunction create, ComputeFunction compute,
                            DeleteFunction remove);
void FailConstruction(TF_OpKernelConstruction* construction);
void FailCall(TF_OpKernelContext* context);

template <typename Kernel>
struct RegisteredOp {
  static inline const OpDefinition* definition = nullptr;

  static void* Create(TF_OpKernelConstruction* construction) {
    try {
      return new Kernel(Attributes(construction));
    } catch (...) {
      FailConstruction(construction);
      return nullptr;
    }
  }
  static void Compute(void* kernel, TF_OpKernelContext* context) {
    try {
      Call call(context, *definition);
      static_cast<const Kernel*>(kernel)->Compute(call);
    } catch (...) {
      FailCall(context);
    }
  }
  static void Delete(void* kernel) { delete static_cast<Kernel*>(kernel); }
};

// Kernel: a constructor that takes Attributes, and `void Compute(Call&) const`, which several threads may call at once;
// what they throw becomes an INVALID_ARGUMENT status. One class an op.
template <typename Kernel>
void RegisterOp(OpDefinition definition) {
  using Op = RegisteredOp<Kernel>;
  Op::definition = KeepDefinition(std::move(definition));
  RegisterWithTensorFlow(*Op::definition, &Op::Create, &Op::Compute, &Op::Delete);
}

// Names of all ops registered so far.
std::vector<std::string> RegisteredNames();

}  // namespace paretoscope::kernels

#endif  // PARETOSCOPE_KERNELS_OP_H_
