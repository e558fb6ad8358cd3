#include "op.h"

#include <deque>
#include <exception>
#include <new>

#include "../failure.h"

namespace paretoscope::kernels {
namespace {

std::deque<OpDefinition>& Definitions() {
  static std::deque<OpDefinition> list;
  return list;
}

// A status of TensorFlow's that frees itself.
class Status {
 public:
  Status() : status_(Tf().TF_NewStatus()) {}
  ~Status() { Tf().TF_DeleteStatus(status_); }
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;
  operator TF_Status*() const { return status_; }
  bool ok() const { return Tf().TF_GetCode(status_) == TF_OK; }
  std::string message() const { return Tf().TF_Message(status_); }

  // From the exception that is being handled.
  void Take() {
    try {
      throw;
    } catch (const std::bad_alloc&) {
      Tf().TF_SetStatus(status_, TF_RESOURCE_EXHAUSTED, "out of memory");
    } catch (const std::exception& error) {
      Tf().TF_SetStatus(status_, TF_INVALID_ARGUMENT, error.what());
    }
  }

 private:
  TF_Status* status_;
};

void CheckAttribute(const Status& status, const char* name) {
  if (!status.ok()) throw Failure("bad-attribute", std::string("attribute ") + name + ": " + status.message());
}

std::string ArgumentName(const char* notation) {
  const std::string text = notation;
  return text.substr(0, text.find(':'));
}

}  // namespace

Shape::Shape(std::initializer_list<int64_t> list) : rank(static_cast<int>(list.size())) {
  int axis = 0;
  for (const int64_t size : list) sizes[axis++] = size;
}

int64_t Shape::count() const {
  int64_t product = 1;
  for (int axis = 0; axis < rank; axis++) product *= sizes[axis];
  return product;
}

int64_t Shape::rows() const { return leading().count(); }

Shape Shape::leading() const {
  Shape result = *this;
  if (result.rank > 0) result.rank--;
  return result;
}

bool Shape::operator==(const Shape& other) const {
  if (rank != other.rank) return false;
  for (int axis = 0; axis < rank; axis++) {
    if (sizes[axis] != other.sizes[axis]) return false;
  }
  return true;
}

std::string Shape::text() const {
  std::string result = "[";
  for (int axis = 0; axis < rank; axis++) result += (axis > 0 ? ", " : "") + std::to_string(sizes[axis]);
  return result + "]";
}

int64_t Attributes::Int(const char* name) const {
  Status status;
  int64_t value = 0;
  Tf().TF_OpKernelConstruction_GetAttrInt64(construction_, name, &value, status);
  CheckAttribute(status, name);
  return value;
}

float Attributes::Float(const char* name) const {
  Status status;
  float value = 0;
  Tf().TF_OpKernelConstruction_GetAttrFloat(construction_, name, &value, status);
  CheckAttribute(status, name);
  return value;
}

bool Attributes::Bool(const char* name) const {
  Status status;
  TF_Bool value = 0;
  Tf().TF_OpKernelConstruction_GetAttrBool(construction_, name, &value, status);
  CheckAttribute(status, name);
  return value != 0;
}

std::string Attributes::Text(const char* name) const {
  Status status;
  int32_t entries = 0;
  int32_t length = 0;
  Tf().TF_OpKernelConstruction_GetAttrSize(construction_, name, &entries, &length, status);
  CheckAttribute(status, name);
  std::string value(static_cast<size_t>(length) + 1, '\0');
  Tf().TF_OpKernelConstruction_GetAttrString(construction_, name, value.data(), value.size(), status);
  CheckAttribute(status, name);
  value.resize(static_cast<size_t>(length));
  return value;
}

std::vector<int32_t> Attributes::Ints(const char* name) const {
  Status status;
  int32_t entries = 0;
  int32_t length = 0;
  Tf().TF_OpKernelConstruction_GetAttrSize(construction_, name, &entries, &length, status);
  CheckAttribute(status, name);
  std::vector<int32_t> values(static_cast<size_t>(entries));
  Tf().TF_OpKernelConstruction_GetAttrInt32List(construction_, name, values.data(), entries, status);
  CheckAttribute(status, name);
  return values;
}

Call::Call(TF_OpKernelContext* context, const OpDefinition& definition)
    : context_(context), definition_(definition), status_(Tf().TF_NewStatus()) {
  const int inputs = static_cast<int>(definition.inputs.size());
  shapes_.resize(inputs);
  tensors_.reserve(inputs + definition.outputs.size());
  for (int input = 0; input < inputs; input++) {
    TF_Tensor* tensor = nullptr;
    Tf().TF_GetInput(context_, input, &tensor, status_);
    Check();
    Shape& shape = shapes_[input];
    const int rank = Tf().TF_NumDims(tensor);
    shape.rank = rank < Shape::kMostAxes ? rank : Shape::kMostAxes;
    for (int axis = 0; axis < shape.rank; axis++) shape.sizes[axis] = Tf().TF_Dim(tensor, axis);
    Tf().TF_DeleteTensor(tensor);
    Require(rank <= Shape::kMostAxes, "tensors may have up to 8 axes");
  }
}

Call::~Call() {
  for (TF_Tensor* tensor : tensors_) Tf().TF_DeleteTensor(tensor);
  Tf().TF_DeleteStatus(status_);
}

void Call::Require(bool holds, const char* expectation) const {
  if (holds) return;
  std::string message = std::string(definition_.name) + ": " + expectation + "; got ";
  for (size_t input = 0; input < shapes_.size(); input++) {
    message += (input > 0 ? ", " : "") + ArgumentName(definition_.inputs[input]) + " " + shapes_[input].text();
  }
  throw Failure("bad-shape", message + ".");
}

float* Call::Output(int index, const Shape& shape) { return static_cast<float*>(Allocate(index, TF_FLOAT, shape)); }

int32_t* Call::IntOutput(int index, const Shape& shape) {
  return static_cast<int32_t*>(Allocate(index, TF_INT32, shape));
}

float* Call::OutputFrom(int index, std::initializer_list<int> inputs) {
  const Shape& shape = shapes_[*inputs.begin()];
  TF_Tensor* tensor = Tf().TF_ForwardInputOrAllocateOutput(context_, inputs.begin(), static_cast<int>(inputs.size()),
                                                           index, shape.sizes, shape.rank, nullptr, status_);
  return static_cast<float*>(Keep(tensor));
}

float* Call::OutputIn(int index, int input) {
  TF_Tensor* tensor = nullptr;
  Tf().TF_GetInput(context_, input, &tensor, status_);
  void* data = Keep(tensor);
  Tf().TF_SetOutput(context_, index, tensor, status_);
  Check();
  return static_cast<float*>(data);
}

const void* Call::Data(int input) {
  TF_Tensor* tensor = nullptr;
  Tf().TF_GetInput(context_, input, &tensor, status_);
  return Keep(tensor);
}

void* Call::Allocate(int index, TF_DataType type, const Shape& shape) {
  const size_t bytes = static_cast<size_t>(shape.count()) * Tf().TF_DataTypeSize(type);
  return Keep(Tf().TF_AllocateOutput(context_, index, type, shape.sizes, shape.rank, bytes, status_));
}

void* Call::Keep(TF_Tensor* tensor) {
  Check();
  tensors_.push_back(tensor);
  return Tf().TF_TensorData(tensor);
}

void Call::Check() const {
  if (Tf().TF_GetCode(status_) != TF_OK) {
    throw Failure("tensorflow", std::string(definition_.name) + ": " + Tf().TF_Message(status_));
  }
}

const OpDefinition* KeepDefinition(OpDefinition definition) {
  Definitions().push_back(std::move(definition));
  return &Definitions().back();
}

void RegisterWithTensorFlow(const OpDefinition& definition, CreateFunction create, ComputeFunction compute,
                            DeleteFunction remove) {
  const TfApi& tf = Tf();
  Status status;
  TF_OpDefinitionBuilder* op = tf.TF_NewOpDefinitionBuilder(definition.name);
  for (const char* input : definition.inputs) tf.TF_OpDefinitionBuilderAddInput(op, input);
  for (const char* output : definition.outputs) tf.TF_OpDefinitionBuilderAddOutput(op, output);
  for (const char* attribute : definition.attributes) tf.TF_OpDefinitionBuilderAddAttr(op, attribute);
  tf.TF_OpDefinitionBuilderSetShapeInferenceFunction(op, definition.inferShapes);
  tf.TF_RegisterOpDefinition(op, status);
  if (status.ok()) {
    TF_KernelBuilder* kernel = tf.TF_NewKernelBuilder(definition.name, "CPU", create, compute, remove);
    tf.TF_RegisterKernelBuilder(definition.name, kernel, status);
  }
  if (!status.ok()) throw Failure("register", std::string("registering ") + definition.name + ": " + status.message());
}

void FailConstruction(TF_OpKernelConstruction* construction) {
  Status status;
  status.Take();
  Tf().TF_OpKernelConstruction_Failure(construction, status);
}

void FailCall(TF_OpKernelContext* context) {
  Status status;
  status.Take();
  Tf().TF_OpKernelContext_Failure(context, status);
}

std::vector<std::string> RegisteredNames() {
  std::vector<std::string> names;
  for (const OpDefinition& definition : Definitions()) names.push_back(definition.name);
  return names;
}

}  // namespace paretoscope::kernels
