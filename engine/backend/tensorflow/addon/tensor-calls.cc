#include <algorithm>
#include <cstring>

#include "attributes.h"
#include "calls.h"
#include "environment.h"
#include "failure.h"
#include "tensor-values.h"

namespace paretoscope {
namespace {

// int32 and strings are kept in the memory of the host, where TensorFlow's kernels for GPUs want them too.
bool BelongsOnGpu(TF_DataType type) { return type != TF_INT32 && type != TF_STRING; }

// Runs the op of a call whose first arguments are its name and attributes, and whose fourth is the number of outputs.
std::vector<OwnedHandle> Execute(const Call& call, const int32_t* ids, size_t count) {
  Environment& environment = call.environment();
  TFE_Context* context = environment.Context(call.name());
  const std::string name = call.Text(0);
  std::vector<TFE_TensorHandle*> inputs(count);
  for (size_t i = 0; i < count; ++i) inputs[i] = environment.tensors().Get(ids[i], call.name());
  const Status status;
  const auto check = [&] {
    if (!status.ok()) Check(status, "executeOp " + name + "(" + Describe(inputs) + ")");
  };
  const OwnedOp op(Tf().TFE_NewOp(context, name.c_str(), status.get()));
  check();
  for (TFE_TensorHandle* input : inputs) {
    Tf().TFE_OpAddInput(op.get(), input, status.get());
    check();
  }
  SetAttributes(call.env(), call[1], op.get(), name);
  int made = call.Count(3);
  std::vector<TFE_TensorHandle*> outputs(made);
  Tf().TFE_Execute(op.get(), outputs.data(), &made, status.get());
  check();
  return std::vector<OwnedHandle>(outputs.begin(), outputs.begin() + made);
}

OwnedTensor CopyOf(const TF_Tensor* tensor) {
  std::vector<int64_t> shape(Tf().TF_NumDims(tensor));
  for (size_t axis = 0; axis < shape.size(); ++axis) shape[axis] = Tf().TF_Dim(tensor, static_cast<int>(axis));
  const size_t bytes = Tf().TF_TensorByteSize(tensor);
  OwnedTensor copy(
      Tf().TF_AllocateTensor(Tf().TF_TensorType(tensor), shape.data(), static_cast<int>(shape.size()), bytes));
  if (!copy)
    throw Failure("resource-exhausted", "ownTensors: no room for a copy of " + std::to_string(bytes) + " bytes");
  std::memcpy(Tf().TF_TensorData(copy.get()), Tf().TF_TensorData(tensor), bytes);
  return copy;
}

OwnedHandle HandleOf(const TF_Tensor* tensor, const char* user) {
  const Status status;
  OwnedHandle handle(Tf().TFE_NewTensorHandle(tensor, status.get()));
  Check(status, user);
  return handle;
}

// After it nothing but the table holds the buffer: whether something else did is only seen while the table lets go. A
// number takes the place meanwhile.
void OwnTensor(TensorTable& table, int32_t id, const char* user) {
  const Status status;
  OwnedTensor tensor(Tf().TFE_TensorHandleResolve(table.Get(id, user), status.get()));
  Check(status, user);
  const OwnedTensor number(Tf().TF_AllocateTensor(TF_FLOAT, nullptr, 0, sizeof(float)));
  table.Exchange(id, HandleOf(number.get(), user), user).reset();
  const bool is_alone = Tf().TF_TensorMaybeMove(tensor.get()) != nullptr;
  try {
    if (!is_alone) tensor = CopyOf(tensor.get());
  } catch (...) {
    table.Exchange(id, HandleOf(tensor.get(), user), user);
    throw;
  }
  table.Exchange(id, HandleOf(tensor.get(), user), user);
}

}  // namespace

napi_value CreateTensor(Call& call) {
  Environment& environment = call.environment();
  TFE_Context* context = environment.Context(call.name());
  const auto type = static_cast<TF_DataType>(call.Int(1));
  const OwnedTensor tensor = TensorFrom(call.env(), call.Shape(0), type, call[2], call.name());
  const Status status;
  OwnedHandle handle(Tf().TFE_NewTensorHandle(tensor.get(), status.get()));
  Check(status, call.name());
  if (!environment.gpu().empty() && BelongsOnGpu(type)) {
    handle.reset(Tf().TFE_TensorHandleCopyToDevice(handle.get(), context, environment.gpu().c_str(), status.get()));
    Check(status, std::string(call.name()) + ": copying to " + environment.gpu());
  }
  return Number(call.env(), environment.tensors().Add(std::move(handle)));
}

napi_value DeleteTensor(Call& call) {
  call.environment().Context(call.name());
  call.environment().tensors().Delete(call.Int(0), call.name());
  return Undefined(call.env());
}

napi_value TensorDataSync(Call& call) {
  call.environment().Context(call.name());
  TFE_TensorHandle* handle = call.environment().tensors().Get(call.Int(0), call.name());
  const Status status;
  const OwnedTensor tensor(Tf().TFE_TensorHandleResolve(handle, status.get()));
  Check(status, std::string(call.name()) + " of " + Describe(handle));
  return ValuesOf(call.env(), tensor.get());
}

napi_value ExecuteOp(Call& call) {
  const std::vector<int32_t> inputs = call.Ints(2);
  std::vector<OwnedHandle> outputs = Execute(call, inputs.data(), inputs.size());
  std::vector<std::vector<int64_t>> shapes;
  std::vector<TF_DataType> types;
  for (const OwnedHandle& output : outputs) {
    shapes.push_back(ShapeOf(output.get()));
    types.push_back(Tf().TFE_TensorHandleDataType(output.get()));
  }
  const std::vector<int32_t> ids = call.environment().tensors().AddAll(std::move(outputs), call.name());
  const napi_value results = Array(call.env(), ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    SetElement(call.env(), results, i, DescribedTensor(call.env(), ids[i], shapes[i], types[i]));
  }
  return results;
}

napi_value ExecuteWith(Call& call) {
  call.environment().Context(call.name());
  const ArrayView exchange = call.Int32Array(4);
  auto* room = static_cast<int32_t*>(exchange.data);
  const size_t inputs = call.Count(2);
  if (inputs > exchange.length) {
    throw Failure("wrong-argument", "executeWith: there are more inputs than the array holds");
  }
  std::vector<OwnedHandle> outputs = Execute(call, room, inputs);
  size_t place = outputs.size();
  for (const OwnedHandle& output : outputs) {
    const std::vector<int64_t> shape = ShapeOf(output.get());
    if (place + 2 + shape.size() > exchange.length) {
      throw Failure("wrong-argument", "executeWith: no room for the results");
    }
    room[place++] = Tf().TFE_TensorHandleDataType(output.get());
    room[place++] = static_cast<int32_t>(shape.size());
    for (const int64_t size : shape) room[place++] = static_cast<int32_t>(size);
  }
  const std::vector<int32_t> ids = call.environment().tensors().AddAll(std::move(outputs), call.name());
  std::copy(ids.begin(), ids.end(), room);
  return Number(call.env(), static_cast<double>(ids.size()));
}

napi_value OwnTensors(Call& call) {
  call.environment().Context(call.name());
  for (const int32_t id : call.Ints(0)) OwnTensor(call.environment().tensors(), id, call.name());
  return Undefined(call.env());
}

}  // namespace paretoscope
